import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { Engine } from '../engines/engine'
import { AppError } from '../kernel/appError'
import { createPause } from '../kernel/pause'
import { createTaskGroup } from '../kernel/taskGroup'
import type { FleetNode } from '../nodes/fleetNodes'
import { createFollowers } from './followers'
import type { ModeReadDeps } from './modeReader'
import { createModeReader } from './modeReader'
import { applyWatched } from './watchedWorker'
import type { WorkerLogDeps } from './workerLog'
import { isActive } from './workerState'

const PERIOD_MS = 1000

export interface NodeWatchDeps extends WorkerLogDeps, ModeReadDeps {
  readonly onCrash: (name: string, error: unknown) => void
}

/** Watches the workers of one node once a second, for as long as one link lasts. */
export function createNodeWatch(
  deps: NodeWatchDeps,
  name: NodeName,
  engine: Engine,
  session: NonNullable<FleetNode['online']>,
) {
  const { book, clock, onCrash } = deps
  const over = new AbortController()
  const pause = createPause(clock)
  const group = createTaskGroup(onCrash, over.signal)
  const followers = createFollowers(deps, name, engine, session, group)
  const lookAt = createLook(deps, name, engine, followers)

  async function round(signal: AbortSignal): Promise<void> {
    const mine = book.active().filter(({ record }) => record.worker.node === name)
    for (const { run, record } of book.tails()) {
      if (record.worker.node === name) followers.finish(run, record.worker.id)
    }
    const runs = [...new Set(mine.map(({ run }) => run))]
    await Promise.all(
      runs.map(run => {
        const workers = mine.filter(one => one.run === run).map(({ record }) => record.worker.id)
        return lookAt(run, workers, signal)
      }),
    )
  }

  return {
    session,
    nudge: (): void => pause.wake(),
    stop: (): void => over.abort(),
    async run(parent: AbortSignal): Promise<void> {
      const signal = AbortSignal.any([parent, over.signal])
      await engine.baseEnvironment().catch(() => undefined) // asked for now, so that no START has to wait for it
      while (!signal.aborted) {
        await round(signal).catch((error: unknown) => {
          // A link that dies under a question is told by the link itself.
          if (!(error instanceof AppError && error.code === 'unreachable')) onCrash(`watch ${name}`, error)
        })
        await pause.wait(PERIOD_MS, signal)
      }
      await group[Symbol.asyncDispose]()
    },
  }
}

export type NodeWatch = ReturnType<typeof createNodeWatch>

/** One look at the workers of a run: their modes, their states, and in the end what they left behind. */
function createLook(
  deps: NodeWatchDeps,
  name: NodeName,
  engine: Engine,
  followers: ReturnType<typeof createFollowers>,
) {
  const { book, clock } = deps
  const modes = createModeReader(deps, name, engine)

  return async (run: RunId, workers: readonly WorkerId[], signal: AbortSignal): Promise<void> => {
    await modes.look(run)
    const rows = await engine.watch(run, workers)
    await Promise.all(
      rows.map(async row => {
        if (row.state !== 'absent') followers.ensure(run, row.worker)
        // An end is told only when its whole log is here.
        if (row.state === 'ended' || row.state === 'vanished') await followers.drain(run, row.worker, signal)
        applyWatched(book, clock, run, row)
      }),
    )
    const isOver = book.workersOn(run, name).every(({ worker }) => !isActive(worker.state))
    if (isOver) await modes.lookForLeftOvers(run)
  }
}
