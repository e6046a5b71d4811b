import type { HistorySpan, NodeHistory } from '../../contract/history'
import type { NodeName } from '../../contract/ids'
import type { GpuReading, Sample } from '../../contract/samples'
import { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import { createTaskGroup } from '../kernel/taskGroup'
import type { Store } from './store'
import type { SampleTable } from './sampleTable'
import {
  addGpus,
  addSample,
  highestOf,
  LEAST_SERIES,
  meanOf,
  merge,
  newTally,
  seriesAt,
  type Tally,
} from './sampleTally'

/** What is kept of every node: as many steps as a chart has room for. */
export const SPANS = {
  hour: { stepMs: 10_000, steps: 360 },
  day: { stepMs: 120_000, steps: 720 },
} as const satisfies Readonly<Record<HistorySpan, { readonly stepMs: number; readonly steps: number }>>
const SPAN_NAMES = ['hour', 'day'] as const satisfies readonly HistorySpan[]

const WRITE_EVERY_MS = 10_000
/** After a step has ended, so that its last samples are in. */
const AFTER_STEP_MS = 500
/** Steps in one transaction: what has gathered while the disk was full comes in parts, and a failure costs little. */
const MOST_AT_ONCE = 2_000

export interface SampleHistoryDeps {
  readonly store: Pick<Store, 'samples' | 'together'>
  readonly clock: Clock
  readonly hasNode: (node: NodeName) => boolean
  /** What could not be written; null when it could again. */
  readonly onStoreTrouble: (error: unknown) => void
  readonly onCrash: (name: string, error: unknown) => void
}

/** What was written for the same step before, by an earlier process or before the clock stepped back, is merged once. */
interface Step {
  readonly span: HistorySpan
  readonly node: NodeName
  readonly tally: Tally
  isMerged: boolean
}

/**
 * What every node measured over an hour and over a day: mean and highest of each step. Samples are counted in memory
 * and written every 10 s for all nodes in one transaction; a step without a reading has no row, and what is older than
 * its span is deleted. So the table never has more than 1,080 rows a node; twice as many after a clock was set back, for
 * what lies ahead of it may have been right. When it comes to those steps again, both are merged.
 *
 * Errors: none while counting and writing (they are told through `onStoreTrouble`, and what could not be written is
 * kept for its span); `not-found` from `read`.
 */
export function createSampleHistory(deps: SampleHistoryDeps) {
  const { clock, store } = deps
  const open = createOpenSteps()
  const background = createTaskGroup(deps.onCrash)
  background.start('the history of samples', async signal => {
    while (!signal.aborted) {
      await clock.sleep(WRITE_EVERY_MS - ((clock.nowMs() - AFTER_STEP_MS) % WRITE_EVERY_MS), signal)
      if (!signal.aborted) write()
    }
  })

  function write(): void {
    const nowMs = clock.nowMs()
    const due = open.ended(nowMs)
    // A crash costs no more than one short step: of a long one, what there is by now is written as well.
    if (save(deps, [...due, ...open.current('day')], nowMs)) open.forget(due)
  }

  return {
    addSample(sample: Sample): void {
      for (const span of SPAN_NAMES) addSample(open.tally(span, sample.node, sample.atMs), sample)
    },
    addGpu(reading: GpuReading): void {
      for (const span of SPAN_NAMES) addGpus(open.tally(span, reading.node, reading.atMs), reading)
    },
    /** Up to now, the step that goes on included. Errors: `not-found` for a node that the fleet has not. */
    read(node: NodeName, span: HistorySpan): NodeHistory {
      if (!deps.hasNode(node)) throw new AppError('not-found', `There is no node called ${node}.`)
      return readSteps(store.samples, node, span, open.of(node, span), clock.nowMs())
    },
    write,
    async [Symbol.asyncDispose]() {
      await background[Symbol.asyncDispose]()
      open.end()
      write()
    },
  }
}

/** What is counted and not written yet. */
function createOpenSteps() {
  const current = new Map<string, Step>()
  let closed: Step[] = []

  return {
    /** Of the step that this time belongs to. */
    tally(span: HistorySpan, node: NodeName, atMs: number): Tally {
      const key = `${span} ${node}`
      const beginMs = beginOf(span, atMs)
      const known = current.get(key)
      if (known?.tally.atMs === beginMs) return known.tally
      if (known !== undefined) closed.push(known)
      const step: Step = { span, node, tally: newTally(beginMs), isMerged: false }
      current.set(key, step)
      return step.tally
    },
    /** The oldest of those that are over, as many as are written at once. */
    ended(nowMs: number): readonly Step[] {
      for (const [key, step] of current) {
        if (step.tally.atMs === beginOf(step.span, nowMs)) continue
        current.delete(key)
        closed.push(step)
      }
      closed = closed.filter(({ span, tally }) => tally.atMs >= boundsOf(span, nowMs)[0])
      return closed.slice(0, MOST_AT_ONCE)
    },
    forget(written: readonly Step[]): void {
      closed = closed.slice(written.length)
    },
    current: (span: HistorySpan): readonly Step[] => [...current.values()].filter(step => step.span === span),
    of: (node: NodeName, span: HistorySpan): readonly Step[] =>
      [...closed, ...current.values()].filter(step => step.node === node && step.span === span),
    /** Nothing more will come. */
    end(): void {
      closed.push(...current.values())
      current.clear()
    },
  }
}

/** Whether all of it was written. */
function save(
  { store: { samples: table, together }, onStoreTrouble }: SampleHistoryDeps,
  steps: readonly Step[],
  nowMs: number,
): boolean {
  try {
    together(() => {
      for (const step of steps) {
        if (step.tally.counts.length === 0) continue
        const { span, node, tally } = step
        const { stepMs } = SPANS[span]
        const [earlier] = step.isMerged ? [] : table.read(node, stepMs, tally.atMs, tally.atMs)
        if (earlier !== undefined) merge(tally, earlier)
        step.isMerged = true
        table.save(node, stepMs, tally)
      }
      for (const span of SPAN_NAMES) {
        table.prune(SPANS[span].stepMs, ...boundsOf(span, nowMs), SPANS[span].steps)
      }
    })
    onStoreTrouble(null)
    return true
  } catch (error) {
    onStoreTrouble(error)
    return false
  }
}

function readSteps(
  table: SampleTable,
  node: NodeName,
  span: HistorySpan,
  unwritten: readonly Step[],
  nowMs: number,
): NodeHistory {
  const { stepMs, steps } = SPANS[span]
  const [fromMs, toMs] = boundsOf(span, nowMs)
  const byTime = new Map(table.read(node, stepMs, fromMs, toMs).map(tally => [tally.atMs, tally]))
  for (const { tally, isMerged } of unwritten) {
    const whole = newTally(tally.atMs)
    merge(whole, tally)
    const written = byTime.get(tally.atMs)
    if (written !== undefined && !isMerged) merge(whole, written)
    byTime.set(tally.atMs, whole)
  }
  const row = Array.from({ length: steps }, (_, step) => byTime.get(fromMs + step * stepMs))
  const places = Math.max(LEAST_SERIES, ...row.map(tally => tally?.counts.length ?? 0))
  const pick = (valueOf: (tally: Tally, place: number) => number | null, place: number) =>
    row.map(tally => (tally === undefined ? null : valueOf(tally, place)))
  return {
    node,
    fromMs,
    stepMs,
    series: Array.from({ length: places }, (_, place) => ({
      ...seriesAt(place),
      mean: pick(meanOf, place),
      max: pick(highestOf, place),
    })),
  }
}

const beginOf = (span: HistorySpan, atMs: number): number => atMs - (atMs % SPANS[span].stepMs)

/** The begins of the first and the last step that are kept now. */
function boundsOf(span: HistorySpan, nowMs: number): readonly [fromMs: number, toMs: number] {
  const { stepMs, steps } = SPANS[span]
  const toMs = beginOf(span, nowMs)
  return [toMs - (steps - 1) * stepMs, toMs]
}
