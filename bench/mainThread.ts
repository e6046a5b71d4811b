/** One event of a Chromium trace. Source: the Trace Event Format, phase X; times in microseconds. */
interface TraceEvent {
  readonly ph: string
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  /** CPU time of the thread, where the system tells it. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

const FRAME_US = 1_000_000 / 60
const TASK = 'ThreadControllerImpl::RunTask'

/**
 * What the page's main thread did, from a trace of `toplevel`.
 *
 * Shape: work of each sixtieth of a second, idle ones among them, in order. Units: ms of CPU time, or of wall clock
 * where a trace has no other. A task counts to the frame in which it began. Errors: throws without such a thread.
 */
export function mainThreadOf(traceJson: string): {
  readonly workMs: readonly number[]
  readonly longestMs: number
} {
  const { traceEvents } = JSON.parse(traceJson) as { readonly traceEvents: readonly TraceEvent[] }
  const thread = traceEvents.find(({ ph, name, args }) => {
    return ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain'
  })
  if (thread === undefined) throw new Error('The trace has no page.')
  const tasks = traceEvents
    .filter(
      ({ ph, name, pid, tid }) => ph === 'X' && name === TASK && pid === thread.pid && tid === thread.tid,
    )
    .sort((one, other) => one.ts - other.ts)
  const [first] = tasks
  const last = tasks.at(-1)
  if (first === undefined || last === undefined) throw new Error('The page did nothing.')
  const workMs = Array.from({ length: Math.ceil((last.ts - first.ts + 1) / FRAME_US) }, () => 0)
  let longestMs = 0
  let endUs = 0
  for (const { ts, dur = 0, tdur } of tasks) {
    // A task within a task (a nested loop) is part of the outer one.
    if (ts < endUs) continue
    endUs = ts + dur
    const ms = (tdur ?? dur) / 1000
    const frame = Math.floor((ts - first.ts) / FRAME_US)
    workMs[frame] = (workMs[frame] ?? 0) + ms
    longestMs = Math.max(longestMs, ms)
  }
  return { workMs, longestMs }
}
