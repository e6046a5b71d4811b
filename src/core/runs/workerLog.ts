import type { LogId, NodeName, RunId, WorkerId } from '../../contract/ids'
import type { LogGap } from '../../contract/logs'
import type { Clock } from '../kernel/clock'
import type { LogBook } from './logBook'
import type { LogSource } from './copiedFile'
import { createLogFollower } from './logFollower'
import { createSecretMask } from './secretMask'
import type { WorkerReportDeps } from './workerReports'
import { createWorkerReports } from './workerReports'

export interface WorkerLogDeps extends WorkerReportDeps {
  readonly logs: LogBook
  readonly clock: Clock
  /** The values that no log may show, of everything that this run was given. */
  readonly secretsOf: (run: RunId) => Promise<readonly string[]>
  /** Called with why this PC cannot keep a log. */
  readonly onStoreTrouble: (error: unknown) => void
}

export interface FollowedWorker {
  readonly run: RunId
  readonly worker: WorkerId
  readonly node: NodeName
  readonly source: LogSource
}

/** A log that is being followed. */
export interface FollowedLog {
  /** Until everything that the node had when this was called is here (or `signal` aborts). */
  readonly drain: (signal: AbortSignal) => Promise<void>
  /** The worker has ended: a last line without a newline is read as it is. */
  readonly end: () => void
}

/**
 * Follows one worker's log and reads its reports: progress, metrics, results. How far it was read is kept with the
 * worker, so that after a restart every line counts once, those that came while Drydock was away included.
 * `onReady` gets the follower as soon as it runs. Errors: those of the node's file and of this PC's disk.
 */
export async function followWorker(
  deps: WorkerLogDeps,
  followed: FollowedWorker,
  onReady: (log: FollowedLog) => void,
  signal: AbortSignal,
): Promise<void> {
  const { logs, clock } = deps
  await using held = await logs.lease(followed.run, followed.worker)
  const { log } = held
  const reports = createWorkerReports(deps, followed, log)
  for await (const bytes of logs.stream(followed.run, followed.worker, reports.startByte)) {
    reports.take(bytes, clock.nowMs())
    if (signal.aborted) return
  }
  const follower = createLogFollower({
    source: followed.source,
    log,
    mask: createSecretMask(await deps.secretsOf(followed.run)),
    clock,
    onBytes: reports.take,
    onGap: gap => noteGap(deps, followed.run, followed.worker, gap),
  })
  onReady({ drain: follower.drain, end: () => reports.end(clock.nowMs()) })
  await follower.run(signal)
}

const MAX_GAPS = 100

export function noteGap({ book }: Pick<WorkerLogDeps, 'book'>, run: RunId, log: LogId, gap: LogGap): void {
  book.adjustRun(run, record => ({ ...record, gaps: [...record.gaps, { log, gap }].slice(-MAX_GAPS) }))
}
