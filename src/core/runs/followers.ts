import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { Engine } from '../engines/engine'
import { AppError } from '../kernel/appError'
import { withLimit } from '../kernel/limit'
import type { TaskGroup } from '../kernel/taskGroup'
import type { NodeShell } from '../nodes/nodeShell'
import type { LogSource } from './copiedFile'
import { lookAtFile } from './nodeFiles'
import type { FollowedLog, FollowedWorker, WorkerLogDeps } from './workerLog'
import { followWorker } from './workerLog'

const DRAIN_MS = 30_000
const RETRY_MS = 5_000

/** The log followers of one node, for as long as one link (and with it `tasks`) lasts: at most one a worker. */
export function createFollowers(
  deps: WorkerLogDeps,
  node: NodeName,
  engine: Pick<Engine, 'logPath'>,
  session: { readonly shell: Pick<NodeShell, 'readAt' | 'call'> },
  tasks: TaskGroup,
) {
  const followed = new Map<string, Followed>()
  const finishing = new Set<string>()

  function ensure(run: RunId, worker: WorkerId): Followed {
    const key = `${run} ${worker}`
    const path = engine.logPath(run, worker)
    const source = logSource(session.shell, path)
    const one =
      followed.get(key) ?? follow(deps, { run, worker, node, source }, tasks, () => followed.delete(key))
    followed.set(key, one)
    return one
  }

  /** Whether an ended worker's log is complete here: false when `signal` aborts first, or following it failed. */
  async function isDrained(run: RunId, worker: WorkerId, signal: AbortSignal): Promise<boolean> {
    const follower = await ensure(run, worker).ready
    await follower?.drain(signal)
    if (!signal.aborted) follower?.end()
    deps.book.flush() // what the last lines reported is shown before the end is
    return follower !== null && !signal.aborted
  }

  async function finish(run: RunId, worker: WorkerId, signal: AbortSignal): Promise<void> {
    if (!(await isDrained(run, worker, signal))) return
    deps.book.adjust(run, worker, record => ({ ...record, isLogComplete: true }))
    followed.get(`${run} ${worker}`)?.end.abort()
  }

  return {
    /** Follows a worker's log, if nobody does yet. */
    ensure: (run: RunId, worker: WorkerId): void => void ensure(run, worker),

    /** Until the log of a worker that has ended is complete here, 30 s at most. */
    async drain(run: RunId, worker: WorkerId, signal: AbortSignal): Promise<void> {
      await withLimit(deps.clock, DRAIN_MS, signal, limited => isDrained(run, worker, limited))
    },

    /** Fetches what is left of the log of a worker that has ended, however long it takes, and ends following it. */
    finish(run: RunId, worker: WorkerId): void {
      const key = `${run} ${worker}`
      if (finishing.has(key)) return
      finishing.add(key)
      tasks.start(`rest of log ${key}`, signal =>
        finish(run, worker, signal).finally(() => finishing.delete(key)),
      )
    },
  }
}

interface Followed {
  /** null when following ended before it began. */
  readonly ready: Promise<FollowedLog | null>
  readonly end: AbortController
}

function follow(deps: WorkerLogDeps, worker: FollowedWorker, tasks: TaskGroup, onEnd: () => void): Followed {
  const end = new AbortController()
  const ready = new Promise<FollowedLog | null>(resolve => {
    if (tasks.signal.aborted) resolve(null)
    tasks.start(`log ${worker.run} ${worker.worker}`, async signal => {
      const either = AbortSignal.any([signal, end.signal])
      try {
        await followWorker(deps, worker, resolve, either).catch(error => unlessUnreachable(deps, error))
      } finally {
        resolve(null)
        // Whatever it was (a full disk on this PC, say): it is tried again, but not in every second.
        if (!either.aborted) await deps.clock.sleep(RETRY_MS, either)
        onEnd()
      }
    })
  })
  return { ready, end }
}

export function logSource(shell: Pick<NodeShell, 'readAt' | 'call'>, path: string): LogSource {
  return {
    path,
    readAt: (at, offset, maxBytes) => shell.readAt(at, offset, maxBytes).catch(asNothing),
    look: at => lookAtFile(shell, at),
  }
}

/** A log that is not there (yet, or any more) has nothing to read. */
function asNothing(error: unknown): null {
  if (error instanceof AppError && error.code === 'not-found') return null
  throw error
}

/** A link that dies under a read is told by the link itself; what is no word of the node's is this PC's disk. */
function unlessUnreachable({ onStoreTrouble }: WorkerLogDeps, error: unknown): void {
  if (error instanceof AppError && error.code === 'unreachable') return
  if (!(error instanceof AppError)) onStoreTrouble(error)
  throw error
}
