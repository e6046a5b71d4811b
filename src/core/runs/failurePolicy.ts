import type { RunId, WorkerId } from '../../contract/ids'
import type { Worker } from '../../contract/runs'
import type { AlertBoard } from '../alertBoard'
import type { Clock } from '../kernel/clock'
import type { TaskGroup } from '../kernel/taskGroup'
import type { LogBook } from './logBook'
import type { LaunchSecrets } from './launchSecrets'
import { masked } from './launchSecrets'
import type { RunBook } from './runBook'
import type { RunRecord, WorkerRecord } from './runRecord'
import type { StopRuns } from './stopRuns'
import { isActive } from './workerState'

/** An end is seen with the look that is due at the end of this time, not at the very moment. */
const LOOK_MS = 500
const LAST_LINE_LENGTH = 200

export interface FailurePolicyDeps {
  readonly book: RunBook
  readonly alerts: AlertBoard
  readonly background: TaskGroup
  readonly clock: Clock
  readonly logs: Pick<LogBook, 'read'>
  readonly launchSecrets: LaunchSecrets
  readonly stops: StopRuns
  /** Looks at a node now: whoever is to stay alive for a while is looked at when that is over. */
  readonly nudge: (node: Worker['node']) => void
}

/**
 * What a worker that failed means for its run: an alert, and with `onFailure: abort` the end of the whole run. One
 * that failed right after its launch says so, with the last line of its log.
 */
export function createFailurePolicy(deps: FailurePolicyDeps): Disposable {
  const { book, background, clock } = deps
  const seen = new Set(book.list().flatMap(run => run.workers.filter(hasFailed).map(one => key(run.id, one))))
  const looked = new Set<string>()
  const aborting = new Set<RunId>()

  function onChange(run: RunId): void {
    const { workers } = book.record(run)
    for (const record of workers) {
      const { worker } = record
      if (worker.state === 'running') lookWhenOver(run, record)
      if (!hasFailed(worker) || seen.has(key(run, worker))) continue
      seen.add(key(run, worker))
      background.start(`failure of ${key(run, worker)}`, () => told(run, worker.id))
    }
    abortIfDue(run)
  }

  /** Its end is to be seen as soon as it can be one of these. */
  function lookWhenOver(run: RunId, { worker, start }: WorkerRecord): void {
    if (start === null || start.launchedAtMs === null || looked.has(key(run, worker))) return
    looked.add(key(run, worker))
    const leftMs = start.launchedAtMs + start.spec.aliveSeconds * 1000 - clock.nowMs()
    if (leftMs <= 0) return
    background.start(`alive check of ${key(run, worker)}`, async signal => {
      await clock.sleep(leftMs, signal)
      if (!signal.aborted) deps.nudge(worker.node)
    })
  }

  async function told(run: RunId, id: WorkerId): Promise<void> {
    const record = recordOf(book, run, id)
    if (record === undefined) return
    if (isEarlyEnd(record)) {
      const detail = await earlyDetail(deps, run, record)
      book.change(run, [id], one => ({ ...one, worker: { ...one.worker, detail } }))
    }
    tell(deps, run, id)
  }

  /** By what the book says, not by what has just happened: an abort that a crash cut off is taken up again. */
  function abortIfDue(run: RunId): void {
    if (aborting.has(run) || !isAbortDue(book.record(run))) return
    aborting.add(run)
    background.start(`abort ${run}`, async signal => {
      await Promise.resolve() // later than the change that led here
      try {
        await deps.stops.stop({ run, how: 'stop', nodes: null, workers: null }, signal)
      } catch (error) {
        aborting.delete(run)
        throw error
      }
    })
  }

  const forget = book.onChange(onChange)
  for (const { id } of book.list()) abortIfDue(id)
  return { [Symbol.dispose]: forget }
}

/** What was not started because of another track's failure has not failed by itself. */
const hasFailed = (worker: Worker): boolean =>
  (worker.state === 'failed' || worker.state === 'lost') && !isBarred(worker)
const isBarred = ({ end, waitsFor }: Worker): boolean => end?.cause === 'never-started' && waitsFor.length > 0

/** Never of a run that somebody has taken over: what its failures mean is for them to say. */
function isAbortDue({ owner, workers }: RunRecord): boolean {
  return (
    owner === null &&
    workers.some(({ worker, start }) => start?.spec.onFailure === 'abort' && hasFailed(worker)) &&
    workers.some(({ worker }) => isActive(worker.state) && worker.state !== 'stopping')
  )
}

function isEarlyEnd({ worker, start }: WorkerRecord): boolean {
  if (worker.state !== 'failed' || worker.end?.cause === 'never-started') return false
  if (start === null || start.launchedAtMs === null || worker.identity === null) return false
  const aliveMs = start.spec.aliveSeconds * 1000
  return aliveMs > 0 && worker.stateSinceMs - start.launchedAtMs <= aliveMs + LOOK_MS
}

async function earlyDetail(deps: FailurePolicyDeps, run: RunId, record: WorkerRecord): Promise<string> {
  const { worker, start } = record
  const how = `did not stay alive for ${start?.spec.aliveSeconds ?? 0} s: ${worker.detail ?? 'failed'}`
  const { lines } = await deps.logs.read(run, worker.id, Math.max(0, worker.logLines - 1), 1)
  const line = masked(lines.at(-1) ?? '', await deps.launchSecrets.secretValuesOf(run, worker.id)).trim()
  return line === '' ? how : `${how} · ${line.slice(0, LAST_LINE_LENGTH)}`
}

/** One alert a track: its newest failure, and how many there are. */
function tell({ book, alerts }: FailurePolicyDeps, run: RunId, id: WorkerId): void {
  const record = recordOf(book, run, id)
  if (record === undefined) return
  const { worker, start } = record
  const { plan, workers } = book.record(run)
  const failed = workers.filter(one => one.worker.track === worker.track && hasFailed(one.worker)).length
  const isAbort = start?.spec.onFailure === 'abort'
  const others = failed > 1 ? ` (${failed} workers of ${worker.track} by now)` : ''
  alerts.raise({
    id: `failed ${run} ${worker.track}`,
    severity: isAbort ? 'error' : 'warn',
    node: worker.node,
    run,
    what: `${id} of ${plan} ${worker.state === 'lost' ? 'was lost' : 'failed'} on ${worker.node}${others}`,
    cause: `${worker.detail ?? 'It did not say why'}.`,
    fix: isAbort
      ? `The run ${run} is being stopped, as the plan says. Look at the log of ${id}.`
      : `Look at the log of ${id}; the rest of the run ${run} goes on.`,
  })
}

function recordOf(book: RunBook, run: RunId, id: WorkerId): WorkerRecord | undefined {
  return book.record(run).workers.find(({ worker }) => worker.id === id)
}

const key = (run: RunId, { id }: Worker): string => `${run} ${id}`
