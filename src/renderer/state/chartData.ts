import type { NodeHistory } from '../../contract/history'

/** What one line of a chart is made of. */
export interface ChartLine {
  readonly id: string
  readonly label: string
  /** A value a time; null is a gap. */
  readonly values: readonly (number | null)[]
  /** The highest within each step; null where a value is one reading. */
  readonly peaks: readonly (number | null)[] | null
}

/** What a chart draws. */
export interface ChartData {
  readonly fromMs: number
  readonly toMs: number
  /** Rising. A step stands at its middle. */
  readonly timesMs: readonly number[]
  readonly lines: readonly ChartLine[]
}

/** Two and a half samples missed: the line is broken there. */
const GAP_MS = 2_500

interface RecentLine {
  readonly id: string
  readonly label: string
  readonly ring: Float32Array | undefined
}

/**
 * Readings as they came, from the rings of one source.
 * Absent: NaN is null; where readings stopped for a while stands a null of its own, so that the line is broken.
 */
export function recentData(
  times: Float64Array | undefined,
  lines: readonly RecentLine[],
  fromMs: number,
  toMs: number,
): ChartData {
  const timesMs: number[] = []
  const values = lines.map((): (number | null)[] => [])
  for (let index = 0; index < (times?.length ?? 0); index += 1) {
    const atMs = times?.[index] ?? Number.NaN
    if (Number.isNaN(atMs) || atMs < fromMs || atMs > toMs) continue
    // A clock that was set back: what was measured since counts.
    while ((timesMs.at(-1) ?? 0) >= atMs) {
      timesMs.pop()
      values.forEach(line => line.pop())
    }
    const beforeMs = timesMs.at(-1)
    if (beforeMs !== undefined && atMs - beforeMs > GAP_MS) {
      timesMs.push(beforeMs + 1)
      values.forEach(line => line.push(null))
    }
    timesMs.push(atMs)
    values.forEach((line, at) => line.push(readingOf(lines[at]?.ring, index)))
  }
  return {
    fromMs,
    toMs,
    timesMs,
    lines: lines.map(({ id, label }, at) => ({ id, label, values: values[at] ?? [], peaks: null })),
  }
}

function readingOf(ring: Float32Array | undefined, index: number): number | null {
  const reading = ring?.[index] ?? Number.NaN
  return Number.isNaN(reading) ? null : reading
}

/** Steps as the engine kept them; a series that it does not know is all gaps. */
export function rolledData(
  history: NodeHistory,
  lines: readonly Pick<ChartLine, 'id' | 'label'>[],
): ChartData {
  const { fromMs, stepMs } = history
  const steps = history.series[0]?.mean.length ?? 0
  const gaps: readonly null[] = Array.from({ length: steps }, () => null)
  return {
    fromMs,
    toMs: fromMs + steps * stepMs,
    timesMs: Array.from({ length: steps }, (_, step) => fromMs + (step + 0.5) * stepMs),
    lines: lines.map(({ id, label }) => {
      const series = history.series.find(one => one.id === id)
      return { id, label, values: series?.mean ?? gaps, peaks: series?.max ?? gaps }
    }),
  }
}

export interface ChartSummary {
  readonly lowest: number
  readonly mean: number
  /** The highest reading, also one within a step. */
  readonly highest: number
}

/** Absent: null when there is no value at all; gaps do not count. */
export function summaryOf({ values, peaks }: ChartLine): ChartSummary | null {
  const known = values.filter(value => value !== null)
  if (known.length === 0) return null
  const tops = (peaks ?? known).filter(value => value !== null)
  return {
    lowest: known.reduce((least, value) => Math.min(least, value), Infinity),
    mean: known.reduce((sum, value) => sum + value, 0) / known.length,
    highest: tops.reduce((most, value) => Math.max(most, value), -Infinity),
  }
}

/** Where the newest value of any line stands; null without one. */
export function newestIndex({ lines, timesMs }: ChartData): number | null {
  for (let index = timesMs.length - 1; index >= 0; index -= 1) {
    if (lines.some(line => (line.values[index] ?? null) !== null)) return index
  }
  return null
}

/** The place whose time is nearest; null without any. */
export function indexAt({ timesMs }: ChartData, atMs: number): number | null {
  let nearest: number | null = null
  timesMs.forEach((timeMs, index) => {
    if (nearest === null || Math.abs(timeMs - atMs) < Math.abs((timesMs[nearest] ?? 0) - atMs))
      nearest = index
  })
  return nearest
}

/** The top of an axis that holds all values of all lines: 1, 2, 5, 10 … 500 of a power of 1024. */
export function axisTop(lines: readonly ChartLine[]): number {
  const highest = Math.max(0, ...lines.map(line => summaryOf(line)?.highest ?? 0))
  for (let power = 1024; ; power *= 1024) {
    for (const step of [1, 2, 4, 10, 20, 40, 100, 200, 400]) {
      if (highest <= step * power) return step * power
    }
  }
}

const MINUTE_MS = 60_000
/** The least distance of two times on the axis, by how much it shows. */
const SPLITS: readonly (readonly [spanMs: number, everyMs: number])[] = [
  [10 * MINUTE_MS, MINUTE_MS],
  [2 * 60 * MINUTE_MS, 10 * MINUTE_MS],
  [Infinity, 4 * 60 * MINUTE_MS],
]

/** Round times (UTC) between the two. */
export function timeSplits(fromMs: number, toMs: number): number[] {
  const everyMs = SPLITS.find(([spanMs]) => toMs - fromMs <= spanMs)?.[1] ?? MINUTE_MS
  const firstMs = Math.ceil(fromMs / everyMs) * everyMs
  return Array.from({ length: Math.floor((toMs - firstMs) / everyMs) + 1 }, (_, at) => firstMs + at * everyMs)
}
