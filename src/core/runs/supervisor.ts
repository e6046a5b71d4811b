import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { Engine } from '../engines/engine'
import { AppError } from '../kernel/appError'
import { createBell } from '../kernel/bell'
import { createTaskGroup } from '../kernel/taskGroup'
import type { FleetNode, FleetNodes } from '../nodes/fleetNodes'
import type { ModeReadDeps } from './modeReader'
import { createModeReader } from './modeReader'
import { applyWatched } from './watchedWorker'
import { createFollowers } from './followers'
import type { WorkerLogDeps } from './workerLog'
import { isActive } from './workerState'

const PERIOD_MS = 1000

export interface SupervisorDeps extends WorkerLogDeps, ModeReadDeps {
  readonly nodes: FleetNodes
  readonly engineOf: (node: FleetNode) => Engine | null
  readonly onCrash: (name: string, error: unknown) => void
}

/**
 * Watches every worker that has not ended, for as long as its node's link is online: its state by the node's own
 * records, its mode by its environment, its log by offset. Watching changes nothing on the node, and its end (a dead
 * link, the end of Drydock) changes nothing about the run.
 */
export function createSupervisor(deps: SupervisorDeps) {
  const { book, nodes, onCrash } = deps
  const all = createTaskGroup(onCrash)
  const watches = new Map<NodeName, NodeWatch>()

  function sync(node: FleetNode): void {
    const { name } = node.config
    const engine = deps.engineOf(node)
    const current = watches.get(name)
    if (engine !== null && node.online !== null) {
      if (current?.session === node.online) return
      current?.stop()
      const watch = createNodeWatch(deps, name, engine, node.online)
      watches.set(name, watch)
      all.start(`watch ${name}`, signal => watch.run(signal))
    } else if (current !== undefined) {
      current.stop()
      watches.delete(name)
      loseSight(name, 'the link to its node is down')
    }
  }

  function loseSight(name: NodeName | null, detail: string): void {
    for (const { run, record } of book.active()) {
      const { id, node } = record.worker
      if (name === null || node === name) book.note(run, id, { type: 'link-lost' }, { detail })
    }
  }

  loseSight(null, 'not seen since Drydock started')
  const forget = nodes.onLink(sync)
  for (const node of nodes.list()) sync(node)

  return {
    /** Looks at a node now instead of within the next second. */
    nudge: (node: NodeName): void => watches.get(node)?.nudge(),

    /** Until the logs of a run's workers on a node are complete here (30 s at most, or until the link is lost). */
    async drain(run: RunId, node: NodeName, signal: AbortSignal): Promise<void> {
      await watches.get(node)?.drain(run, signal)
    },

    async [Symbol.asyncDispose](): Promise<void> {
      forget()
      for (const watch of watches.values()) watch.stop()
      await all[Symbol.asyncDispose]()
    },
  }
}

type NodeWatch = ReturnType<typeof createNodeWatch>

function createNodeWatch(
  deps: SupervisorDeps,
  name: NodeName,
  engine: Engine,
  session: NonNullable<FleetNode['online']>,
) {
  const { book, clock, onCrash } = deps
  const over = new AbortController()
  const bell = createBell()
  const modes = createModeReader(deps, name, engine)
  const followers = createFollowers(deps, name, engine, session)

  async function lookAt(run: RunId, workers: readonly WorkerId[], signal: AbortSignal): Promise<void> {
    await modes.look(run)
    const rows = await engine.watch(run, workers)
    await Promise.all(
      rows.map(async row => {
        if (row.state !== 'absent') followers.ensure(run, row.worker)
        // An end is told only when its whole log is here.
        if (row.state === 'ended' || row.state === 'vanished')
          await followers.drain(run, [row.worker], signal)
        applyWatched(book, clock, run, row)
      }),
    )
    const isOver = book.workersOn(run, name).every(({ worker }) => !isActive(worker.state))
    if (isOver) await modes.lookForLeftOvers(run)
  }

  async function round(signal: AbortSignal): Promise<void> {
    const mine = book.active().filter(({ record }) => record.worker.node === name)
    followers.keepOnly(new Set(mine.map(({ run, record }) => `${run} ${record.worker.id}`)))
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
    nudge: (): void => bell.ring(),
    stop: (): void => over.abort(),
    drain: (run: RunId, signal: AbortSignal): Promise<void> =>
      followers.drain(
        run,
        book.workersOn(run, name).map(({ worker }) => worker.id),
        signal,
      ),

    async run(parent: AbortSignal): Promise<void> {
      const signal = AbortSignal.any([parent, over.signal])
      await using group = createTaskGroup(onCrash, signal)
      followers.open(group)
      while (!signal.aborted) {
        await round(signal).catch((error: unknown) => onUnreadable(error, name))
        const pause = new AbortController()
        const either = AbortSignal.any([signal, pause.signal])
        await Promise.race([clock.sleep(PERIOD_MS, either), bell.wait(either)])
        pause.abort()
      }
    },
  }

  function onUnreadable(error: unknown, node: NodeName): void {
    // A link that dies under a question is told by the link itself.
    if (!(error instanceof AppError && error.code === 'unreachable')) onCrash(`watch ${node}`, error)
  }
}
