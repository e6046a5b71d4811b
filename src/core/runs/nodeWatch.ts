import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { Engine, WatchedWorker } from '../engines/engine'
import { AppError } from '../kernel/appError'
import { createPause } from '../kernel/pause'
import { createTaskGroup } from '../kernel/taskGroup'
import type { FleetNode } from '../nodes/fleetNodes'
import { createFollowers } from './followers'
import type { ModeReadDeps } from './modeReader'
import { createModeReader } from './modeReader'
import type { RunBook, RunWorker } from './runBook'
import { createRunFiles } from './runFiles'
import { applyWatched } from './watchedWorker'
import type { WorkerLogDeps } from './workerLog'
import { isActive } from './workerState'

const PERIOD_MS = 1000

export interface NodeWatchDeps extends WorkerLogDeps, ModeReadDeps {
  readonly onCrash: (name: string, error: unknown) => void
}

/**
 * Watches the workers of one node once a second, for as long as one link lasts. Their modes are read in a loop of
 * their own: nothing that takes long elsewhere (a log to be fetched) may make the guard look away.
 */
export function createNodeWatch(
  deps: NodeWatchDeps,
  name: NodeName,
  engine: Engine,
  session: NonNullable<FleetNode['online']>,
) {
  const { clock, onCrash } = deps
  const over = new AbortController()
  const group = createTaskGroup(onCrash, over.signal)
  const looks = [createStateLook(deps, name, engine, session, group), createModeLook(deps, name, engine)]
  const pauses = looks.map(() => createPause(clock))

  return {
    session,
    nudge: (): void => pauses.forEach(pause => pause.wake()),
    stop: (): void => over.abort(),

    async run(): Promise<void> {
      await engine.baseEnvironment().catch(() => undefined) // asked for now, so that no START has to wait for it
      looks.forEach((look, i) => {
        group.start(`look at ${name}`, async signal => {
          while (!signal.aborted) {
            await look().catch((error: unknown) => {
              // A link that dies under a question is told by the link itself.
              if (!(error instanceof AppError && error.code === 'unreachable'))
                onCrash(`watch ${name}`, error)
            })
            await pauses[i]?.wait(PERIOD_MS, signal)
          }
        })
      })
      await aborted(over.signal)
      await group[Symbol.asyncDispose]()
      deps.members.forgetNode(name)
    },
  }
}

export type NodeWatch = ReturnType<typeof createNodeWatch>

/** What became of the workers, by the node's own records; an end is told when its whole log is here. */
function createStateLook(
  deps: NodeWatchDeps,
  name: NodeName,
  engine: Engine,
  session: NonNullable<FleetNode['online']>,
  group: ReturnType<typeof createTaskGroup>,
) {
  const { book, clock } = deps
  const followers = createFollowers(deps, name, engine, session, group)
  const once = createOnce(group)
  const files = createRunFiles(deps, name, session.shell, group)

  function take(run: RunId, row: WatchedWorker): void {
    const key = `${run} ${row.worker}`
    if (row.state !== 'absent') followers.ensure(run, row.worker)
    if (isQuestion(book, run, row)) {
      once(`question of ${key}`, async () => {
        const isForbidden = await engine.forbid(run, row.worker)
        if (isForbidden) applyWatched(book, clock, run, { worker: row.worker, state: 'absent' })
      })
    } else if (row.state !== 'ended' && row.state !== 'vanished') {
      applyWatched(book, clock, run, row)
    } else {
      once(`end of ${key}`, signal => tellEnd(run, row, signal))
    }
  }

  /** A worker whose wrapper alone was killed has not ended: its processes go on, and are watched and stopped. */
  async function tellEnd(run: RunId, row: WatchedWorker, signal: AbortSignal): Promise<void> {
    const { identity } = book.worker(run, row.worker)
    const family =
      row.state === 'vanished' ? await engine.family(run, [{ worker: row.worker, identity }]) : []
    if (family.length > 0) {
      const who =
        book.record(run).origin === 'pid-file' ? 'it has ended' : 'its wrapper was killed from outside'
      const detail = `${who}; alive: ${family.map(({ pid }) => pid).join(' ')}`
      book.note(run, row.worker, { type: 'confirmed' }, { detail })
      return
    }
    await followers.drain(run, row.worker, signal)
    if (!signal.aborted) applyWatched(book, clock, run, row)
  }

  return async (): Promise<void> => {
    for (const { run, record } of onNode(book.tails(), name)) followers.finish(run, record.worker.id)
    for (const [run, workers] of byRun(onNode(book.watched(), name))) {
      const known = book
        .workersOn(run, name)
        .filter(({ worker }) => workers.includes(worker.id))
        .map(({ worker }) => ({ worker: worker.id, identity: worker.identity }))
      for (const row of await engine.watch(run, known)) take(run, row)
    }
    await files.look()
  }
}

/**
 * A START that was never answered: before it counts as none, it is made impossible. One that another Drydock sent is
 * that one's own question.
 */
function isQuestion(book: RunBook, run: RunId, { worker: id, state }: WatchedWorker): boolean {
  const { state: believed, identity } = book.worker(run, id)
  const isSilent = state === 'absent' || state === 'launching'
  return isSilent && believed === 'unknown' && identity === null && book.record(run).owner === null
}

/** Background work of which there is at most one by each name. */
function createOnce(group: ReturnType<typeof createTaskGroup>) {
  const underWay = new Set<string>()
  return (task: string, work: (signal: AbortSignal) => Promise<void>): void => {
    if (underWay.has(task)) return
    underWay.add(task)
    group.start(task, signal => work(signal).finally(() => underWay.delete(task)))
  }
}

/** What the processes carry; and, once a run has ended here, what it left behind, for as long as that lives. */
function createModeLook(deps: NodeWatchDeps, name: NodeName, engine: Engine) {
  const { book } = deps
  const modes = createModeReader(deps, name, engine)
  const watched = new Set<RunId>()

  return async (): Promise<void> => {
    for (const [run] of byRun(onNode(book.watched(), name))) watched.add(run)
    for (const run of watched) {
      try {
        if (book.workersOn(run, name).some(({ worker }) => isActive(worker.state))) {
          await modes.look(run)
        } else if (!(await modes.lookForLeftOvers(run))) {
          watched.delete(run)
          modes.forget(run)
        }
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'unreachable')) modes.lookFailed(run)
        throw error
      }
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function onNode(workers: readonly RunWorker[], name: NodeName): readonly RunWorker[] {
  return workers.filter(({ record }) => record.worker.node === name)
}

function byRun(workers: readonly RunWorker[]): ReadonlyMap<RunId, readonly WorkerId[]> {
  const runs = new Map<RunId, WorkerId[]>()
  for (const { run, record } of workers) runs.set(run, [...(runs.get(run) ?? []), record.worker.id])
  return runs
}
