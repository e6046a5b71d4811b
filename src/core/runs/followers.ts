import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { Engine } from '../engines/engine'
import { AppError } from '../kernel/appError'
import type { TaskGroup } from '../kernel/taskGroup'
import type { NodeShell } from '../nodes/nodeShell'
import type { LogFollower } from './logFollower'
import type { WorkerLogDeps } from './workerLog'
import { followWorker } from './workerLog'

const DRAIN_MS = 30_000

/** The log followers of one node, for as long as one link lasts: at most one a worker. */
export function createFollowers(
  deps: WorkerLogDeps,
  node: NodeName,
  engine: Pick<Engine, 'logPath'>,
  session: { readonly shell: Pick<NodeShell, 'readAt'> },
) {
  const followed = new Map<
    string,
    { readonly ready: Promise<LogFollower | null>; readonly end: AbortController }
  >()
  let group: TaskGroup | null = null

  function ensure(run: RunId, worker: WorkerId): void {
    const key = `${run} ${worker}`
    if (group === null || followed.has(key)) return
    const path = engine.logPath(run, worker)
    const readAt = (offset: number, maxBytes: number): Promise<Uint8Array> =>
      session.shell.readAt(path, offset, maxBytes).catch(asNothingYet)
    const end = new AbortController()
    const tasks = group
    const ready = new Promise<LogFollower | null>(resolve => {
      tasks.start(`log ${key}`, async signal => {
        const either = AbortSignal.any([signal, end.signal])
        await followWorker(deps, { run, worker, node, readAt }, resolve, either).catch(unlessUnreachable)
        resolve(null)
        followed.delete(key)
      })
    })
    followed.set(key, { ready, end })
  }

  return {
    open: (tasks: TaskGroup): void => void (group = tasks),
    /** Follows a worker's log, if nobody does yet. */
    ensure,

    /** Ends following all but these (`<run> <worker>`): a worker that has ended, and whose log is complete. */
    keepOnly(wanted: ReadonlySet<string>): void {
      for (const [key, { end }] of followed) if (!wanted.has(key)) end.abort()
    },

    /** Until these logs are complete here, 30 s at most. */
    async drain(run: RunId, workers: readonly WorkerId[], signal: AbortSignal): Promise<void> {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(DRAIN_MS)])
      await Promise.all(
        workers.map(async worker => {
          ensure(run, worker)
          const follower = await followed.get(`${run} ${worker}`)?.ready
          await follower?.drain(limited)
        }),
      )
      deps.book.flush() // what the last lines reported is shown before the end is
    },
  }
}

/** A log that is not there yet has nothing to read. */
function asNothingYet(error: unknown): Uint8Array {
  if (error instanceof AppError && error.code === 'not-found') return new Uint8Array()
  throw error
}

/** A link that dies under a read is told by the link itself. */
function unlessUnreachable(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'unreachable')) throw error
}
