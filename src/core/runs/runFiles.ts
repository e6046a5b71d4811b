import type { LogId, NodeName, RunId } from '../../contract/ids'
import { FileLogId } from '../../contract/ids'
import type { RunFile } from '../../contract/runs'
import type { PlanConfig } from '../config/planSchema'
import { AppError } from '../kernel/appError'
import type { TaskGroup } from '../kernel/taskGroup'
import type { NodeShell } from '../nodes/nodeShell'
import { logSource } from './followers'
import { createLogFollower } from './logFollower'
import { newPlace } from './logPlace'
import { findFiles } from './nodeFiles'
import type { NodeFile } from './nodeFiles'
import type { LogGlob } from './runRecord'
import { createSecretMask } from './secretMask'
import type { WorkerLogDeps } from './workerLog'
import { noteGap } from './workerLog'
import { isActive } from './workerState'

const LOOK_MS = 2_000
const RETRY_MS = 5_000
/** Of one pattern, the newest ones. */
const MAX_FILES = 200

/** The patterns of a plan's tracks, for each node that has a worker of the track. */
export function logGlobsOf(
  plan: Pick<PlanConfig, 'tracks'>,
  workers: readonly Pick<LogGlob, 'track' | 'node'>[],
): LogGlob[] {
  return plan.tracks.flatMap(({ name, logs }) => {
    const nodes = new Set(workers.filter(({ track }) => track === name).map(({ node }) => node))
    return [...nodes].flatMap(node =>
      logs.map(glob => ({ track: name, node, glob, isBegun: false, isComplete: false })),
    )
  })
}

/**
 * The log files that the programs of a run write themselves, on one node, while one link lasts: looked for every two
 * seconds, and once more at the end; each is followed as `tail -F` does. What a file had at the first look, right after
 * the START, is not this run's and is not copied.
 */
export function createRunFiles(
  deps: WorkerLogDeps,
  node: NodeName,
  shell: Pick<NodeShell, 'readAt' | 'call'>,
  tasks: TaskGroup,
) {
  const { book, clock } = deps
  const { patternsOf, mark, take } = createFileList(deps, node)
  const lookedAtMs = new Map<RunId, number>()
  const followed = new Map<string, Followed>()
  const finishing = new Set<RunId>()

  async function find(run: RunId): Promise<void> {
    for (const pattern of patternsOf(run)) {
      const found = await findFiles(shell, pattern.glob).catch(asNone)
      for (const file of found.slice(0, MAX_FILES)) await take(run, pattern, file)
      if (!pattern.isBegun) mark(run, pattern, { isBegun: true })
    }
    for (const file of book.record(run).files) if (file.node === node) ensure(run, file)
  }

  function ensure(run: RunId, file: RunFile): Followed {
    const key = `${run} ${file.id}`
    const known = followed.get(key)
    if (known !== undefined) return known
    const one = followFile(deps, run, file, shell, tasks, () => followed.delete(key))
    followed.set(key, one)
    return one
  }

  async function finish(run: RunId, signal: AbortSignal): Promise<void> {
    await find(run)
    const files = book.record(run).files.filter(file => file.node === node)
    const ends = await Promise.all(files.map(file => ensure(run, file).finish(signal)))
    if (signal.aborted || !ends.every(Boolean)) return
    for (const pattern of patternsOf(run)) mark(run, pattern, { isComplete: true })
    book.flush()
  }

  return {
    /** Looks at the files of all runs that have some here and are not through with them. */
    async look(): Promise<void> {
      for (const { id } of book.list()) {
        if (patternsOf(id).length === 0 || finishing.has(id)) continue
        const isOver = !book.workersOn(id, node).some(({ worker }) => isActive(worker.state))
        if (isOver) {
          finishing.add(id)
          tasks.start(`files of ${id}`, signal => finish(id, signal).finally(() => finishing.delete(id)))
        } else if (clock.nowMs() - (lookedAtMs.get(id) ?? 0) >= LOOK_MS) {
          lookedAtMs.set(id, clock.nowMs())
          await find(id)
        }
      }
    },
  }
}

/** What the book knows of the patterns and files of one node. */
function createFileList(deps: WorkerLogDeps, node: NodeName) {
  const { book } = deps

  const patternsOf = (run: RunId): LogGlob[] =>
    book.record(run).logGlobs.filter(one => one.node === node && !one.isComplete)

  function mark(run: RunId, wanted: LogGlob, change: Partial<LogGlob>): void {
    book.adjustRun(run, record => ({
      ...record,
      logGlobs: record.logGlobs.map(one =>
        one.node === node && one.track === wanted.track && one.glob === wanted.glob
          ? { ...one, ...change }
          : one,
      ),
    }))
  }

  async function take(run: RunId, { track, isBegun }: LogGlob, file: NodeFile): Promise<void> {
    const { files } = book.record(run)
    const isKnown = files.some(
      known => known.node === node && (known.path === file.path || isRotated(file.path, known.path)),
    )
    if (isKnown) return
    const id = FileLogId.parse(`@${files.length + 1}`)
    const added: RunFile = { id, track, node, path: file.path, logBytes: 0, logLines: 0 }
    book.adjustRun(run, record => ({ ...record, files: [...record.files, added] }))
    if (isBegun) return
    await using held = await deps.logs.lease(run, id)
    if (held.log.place === null) await held.log.keepPlace(newPlace(-file.sizeBytes))
  }

  return { patternsOf, mark, take }
}

interface Followed {
  /** Until all of it is here; false when it could not be had. Ends following it. */
  finish(signal: AbortSignal): Promise<boolean>
}

function followFile(
  deps: WorkerLogDeps,
  run: RunId,
  file: RunFile,
  shell: Pick<NodeShell, 'readAt' | 'call'>,
  tasks: TaskGroup,
  onEnd: () => void,
): Followed {
  const over = new AbortController()
  type Follower = ReturnType<typeof createLogFollower>
  const ready = new Promise<Follower | null>(resolve => {
    if (tasks.signal.aborted) resolve(null)
    tasks.start(`log ${run} ${file.id}`, async signal => {
      const either = AbortSignal.any([signal, over.signal])
      try {
        await using held = await deps.logs.lease(run, file.id)
        const follower = await followerOf(deps, run, file, held.log, shell)
        resolve(follower)
        await follower.run(either)
      } catch (error) {
        if (!(error instanceof AppError)) deps.onStoreTrouble(error)
      } finally {
        resolve(null)
        if (!either.aborted) await deps.clock.sleep(RETRY_MS, either)
        onEnd()
      }
    })
  })
  return {
    async finish(signal) {
      const follower = await ready
      await follower?.drain(signal)
      over.abort()
      return follower !== null && !signal.aborted
    },
  }
}

async function followerOf(
  deps: WorkerLogDeps,
  run: RunId,
  file: RunFile,
  log: Parameters<typeof createLogFollower>[0]['log'],
  shell: Pick<NodeShell, 'readAt' | 'call'>,
) {
  return createLogFollower({
    source: logSource(shell, file.path),
    log,
    mask: createSecretMask(await deps.secretsOf(run)),
    clock: deps.clock,
    onBytes: () => noteSize(deps, run, file.id, log.size, log.lines),
    onGap: gap => noteGap(deps, run, file.id, gap),
  })
}

function noteSize({ book }: WorkerLogDeps, run: RunId, id: LogId, logBytes: number, logLines: number): void {
  book.adjustRun(run, record => ({
    ...record,
    files: record.files.map(file => (file.id === id ? { ...file, logBytes, logLines } : file)),
  }))
}

/** `x.log.1` and `x.log-20260101` are what rotation makes of `x.log`: they are read as part of it. */
const isRotated = (path: string, of: string): boolean =>
  path.startsWith(`${of}.`) || path.startsWith(`${of}-`)

/** A pattern that the node does not take finds nothing; a link that is down is another matter. */
function asNone(error: unknown): NodeFile[] {
  if (error instanceof AppError && error.code === 'launch-failed') return []
  throw error
}
