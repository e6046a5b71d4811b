import type { HistorySeries } from '../../contract/history'
import type { GpuReading, Sample } from '../../contract/samples'

/** The readings of one node within one step, by the place of their series. */
export interface Tally {
  /** The begin of the step (epoch ms). */
  readonly atMs: number
  readonly sums: number[]
  /** 0: nothing was reported. */
  readonly counts: number[]
  readonly highest: number[]
}

/** Of every machine; after them come `gpu 0`, `vram 0`, `gpu 1`, `vram 1` … as far as there are GPUs. */
const MACHINE_SERIES: readonly Omit<HistorySeries, 'mean' | 'max'>[] = [
  { id: 'cpu', unit: '%' },
  { id: 'ram', unit: '%' },
  { id: 'disk', unit: '%' },
  { id: 'netReceived', unit: 'B/s' },
  { id: 'netSent', unit: 'B/s' },
  { id: 'diskRead', unit: 'B/s' },
  { id: 'diskWritten', unit: 'B/s' },
]
export const LEAST_SERIES = MACHINE_SERIES.length
/** More cards than any machine has: what a broken driver says must not make rows without end. */
const MOST_GPUS = 32
/** Mean and highest as 32-bit floats. */
const SERIES_BYTES = 8

export const newTally = (atMs: number): Tally => ({ atMs, sums: [], counts: [], highest: [] })

/** Name and unit of the series at this place. */
export function seriesAt(place: number): Omit<HistorySeries, 'mean' | 'max'> {
  const known = MACHINE_SERIES[place]
  if (known !== undefined) return known
  const card = Math.floor((place - LEAST_SERIES) / 2)
  return { id: `${(place - LEAST_SERIES) % 2 === 0 ? 'gpu' : 'vram'} ${card}`, unit: '%' }
}

/** Absent: null adds nothing. */
export function addSample(tally: Tally, sample: Sample): void {
  const { disk } = sample
  const readings = [
    sample.cpuPct,
    percentOf(sample.memUsedMiB, sample.memTotalMiB),
    disk === null ? null : percentOf(disk.usedMiB, disk.totalMiB),
    sample.netReceivedBytesPerS,
    sample.netSentBytesPerS,
    sample.diskReadBytesPerS,
    sample.diskWrittenBytesPerS,
  ]
  readings.forEach((reading, place) => add(tally, place, reading))
}

/** Absent: null adds nothing; a GPU that is not told of has no readings. */
export function addGpus(tally: Tally, { gpus }: GpuReading): void {
  for (const { index, utilPct, memUsedMiB, memTotalMiB } of gpus) {
    if (index < 0 || index >= MOST_GPUS) continue
    const place = LEAST_SERIES + 2 * index
    add(tally, place, utilPct)
    add(tally, place + 1, percentOf(memUsedMiB, memTotalMiB))
  }
}

function add(tally: Tally, place: number, reading: number | null): void {
  if (reading !== null && Number.isFinite(reading)) weigh(tally, place, reading, 1, reading)
}

/** Adds all that `other` counted. */
export function merge(tally: Tally, other: Tally): void {
  other.counts.forEach((count, place) => {
    if (count > 0) weigh(tally, place, other.sums[place] ?? 0, count, other.highest[place] ?? 0)
  })
}

function weigh({ sums, counts, highest }: Tally, place: number, sum: number, count: number, most: number) {
  while (counts.length <= place) {
    sums.push(0)
    counts.push(0)
    highest.push(0)
  }
  const before = counts[place] ?? 0
  sums[place] = (sums[place] ?? 0) + sum
  counts[place] = before + count
  highest[place] = before === 0 ? most : Math.max(highest[place] ?? most, most)
}

/** null: nothing was reported. */
export function meanOf({ sums, counts }: Tally, place: number): number | null {
  const count = counts[place] ?? 0
  return count === 0 ? null : (sums[place] ?? 0) / count
}
export const highestOf = ({ counts, highest }: Tally, place: number): number | null =>
  (counts[place] ?? 0) === 0 ? null : (highest[place] ?? null)

/** A step as it is kept. Shape: mean and highest of each series in its place. Absent: NaN. */
export function pack(tally: Tally): { readonly samples: number; readonly body: Buffer } {
  const body = Buffer.alloc(tally.counts.length * SERIES_BYTES)
  tally.counts.forEach((_count, place) => {
    body.writeFloatLE(meanOf(tally, place) ?? Number.NaN, place * SERIES_BYTES)
    body.writeFloatLE(highestOf(tally, place) ?? Number.NaN, place * SERIES_BYTES + 4)
  })
  return { samples: Math.max(0, ...tally.counts), body }
}

/** The reverse of `pack`; every series that has readings counts as many as the fullest had. */
export function unpack(atMs: number, samples: number, body: Buffer): Tally {
  const tally = newTally(atMs)
  for (let place = 0; (place + 1) * SERIES_BYTES <= body.length; place += 1) {
    const mean = body.readFloatLE(place * SERIES_BYTES)
    const most = body.readFloatLE(place * SERIES_BYTES + 4)
    if (!Number.isNaN(mean) && samples > 0) weigh(tally, place, mean * samples, samples, most)
  }
  return tally
}

const percentOf = (used: number | null, total: number | null): number | null =>
  used === null || total === null || total <= 0 ? null : (used / total) * 100
