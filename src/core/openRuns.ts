import { join } from 'node:path'
import type { FleetEvent } from '../contract/events'
import type { NodeName, RunId } from '../contract/ids'
import type { Broker, ModeFlags } from '../contract/mode'
import type { AlertBoard } from './alertBoard'
import type { Fleet } from './config/fleetSchema'
import type { Engine, FamilyMember } from './engines/engine'
import { createProcessEngine } from './engines/processEngine'
import { flagTexts, nameModeOfAll } from './guard/runMode'
import type { Clock } from './kernel/clock'
import type { Closers } from './kernel/closers'
import { openJournal } from './kernel/journal'
import type { TaskGroup } from './kernel/taskGroup'
import type { FleetNode, FleetNodes } from './nodes/fleetNodes'
import { createSampleDelivery } from './runs/deliverSample'
import { Intentions } from './runs/intentions'
import { createLogBook } from './runs/logBook'
import type { RunBook } from './runs/runBook'
import { createRunBook } from './runs/runBook'
import { createStartRuns } from './runs/startRuns'
import { createStopRuns } from './runs/stopRuns'
import { createSupervisor } from './runs/supervisor'
import { isActive } from './runs/workerState'
import type { Store } from './store/store'

export interface OpenRunsDeps {
  readonly home: string
  readonly samplesDir: string
  readonly closers: Closers
  readonly store: Store
  readonly book: RunBook
  readonly nodes: FleetNodes
  readonly background: TaskGroup
  readonly clock: Clock
  readonly alerts: AlertBoard
  readonly publish: (event: FleetEvent) => void
  readonly fleet: () => Fleet
  readonly modeFlags: () => ModeFlags
  readonly vramUsedMiB: (node: NodeName) => number | null
  readonly onCrash: (name: string, error: unknown) => void
}

/**
 * Builds the room of runs: the book of runs, their logs, START, STOP, and the supervisor that watches; then takes up
 * what an earlier Drydock had begun and not ended.
 */
export function openRuns(deps: OpenRunsDeps) {
  const { closers, nodes, clock, background, alerts, home, book } = deps
  const journal = closers.use(openJournal(join(home, 'journal', 'journal.jsonl'), asIntention))
  const isEnded = (run: RunId, worker: string): boolean =>
    book.record(run).workers.some(one => one.worker.id === worker && !isActive(one.worker.state))
  const logs = closers.use(createLogBook({ dir: join(home, 'logs'), clock, isEnded }))
  for (const { body } of journal.left) {
    if (body.kind === 'start' && !book.has(body.record.id)) book.add(body.record)
  }
  const engineOf = createEngineOf()
  const supervisor = closers.use(
    createSupervisor({
      ...deps,
      ...reporting(deps),
      logs,
      engineOf,
      onMismatch: (run, node, member) => stopForMode(run, node, member),
      onLeftOver: (run, node, members) => tellLeftOver(alerts, book, run, node, members),
    }),
  )
  const stops = createStopRuns({
    ...deps,
    journal,
    engineOf: name => asEngine(nodes.get(name)),
    online: (name, signal) => untilOnline(nodes, name, signal),
    onConcluded: node => supervisor.nudge(node),
  })
  const starts = createStartRuns({
    ...deps,
    journal,
    engineOf,
    samples: createSampleDelivery(deps.samplesDir),
    onConfirmed: node => supervisor.nudge(node),
  })
  for (const { id, body } of journal.left) {
    if (body.kind === 'stop' && book.has(body.run)) stops.resume(body.run, body.nodes, body.force)
    else journal.settle(id) // the run is in the book now; the supervisor finds out what became of it
  }
  return { logs, starts, stops }

  function asEngine(node: FleetNode | undefined): Engine | null {
    return node === undefined ? null : engineOf(node)
  }

  function stopForMode(run: RunId, node: NodeName, member: FamilyMember): void {
    const id = `mode ${run}`
    if (alerts.list().some(alert => alert.id === id)) return
    alerts.raise(modeAlert(id, book, run, node, member))
    background.start(`stop ${run} for its mode`, async signal => {
      await stops.stop({ run, force: true, nodes: null }, signal)
    })
  }
}

export interface OpenBookDeps {
  readonly store: Store
  readonly clock: Clock
  readonly broker: () => Broker | null
  readonly publish: (event: FleetEvent) => void
  readonly onRunChange: () => void
}

/** The book of runs; a run's mode is what its processes report, and until they do, what they were started with. */
export function openBook({ store, clock, broker, publish, onRunChange }: OpenBookDeps): RunBook {
  return createRunBook({
    store,
    clock,
    nameMode: (started, workers) => {
      const reported = workers.map(worker => worker.reported).filter(flags => flags !== null)
      const flags = reported.length > 0 ? reported : [flagTexts(started)]
      return nameModeOfAll(flags, broker())?.name ?? 'MIXED'
    },
    onRun: run => {
      publish({ type: 'run', run })
      onRunChange()
    },
  })
}

function reporting({ store, publish }: OpenRunsDeps) {
  return {
    onResult: (row: Parameters<Store['saveResult']>[0]): void => {
      store.saveResult(row)
      publish({ type: 'result', row })
    },
    onMetric: (point: Parameters<Store['saveMetric']>[0]): void => {
      store.saveMetric(point)
      publish({ type: 'metric', point })
    },
  }
}

/** One engine for each link: what it has asked of the node once need not be asked again. */
function createEngineOf(): (node: FleetNode) => Engine | null {
  const engines = new WeakMap<object, Engine>()
  return ({ online }) => {
    if (online === null) return null
    const engine = engines.get(online) ?? createProcessEngine(online)
    engines.set(online, engine)
    return engine
  }
}

async function untilOnline(nodes: FleetNodes, name: NodeName, signal: AbortSignal): Promise<void> {
  if (signal.aborted || nodes.get(name)?.online != null) return
  await new Promise<void>(resolve => {
    const forget = nodes.onLink(node => {
      if (node.config.name === name && node.online !== null) done()
    })
    const done = (): void => {
      forget()
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
}

function asIntention(body: unknown): Intentions | null {
  const parsed = Intentions.safeParse(body)
  return parsed.success ? parsed.data : null
}

function modeAlert(id: string, book: RunBook, run: RunId, node: NodeName, member: FamilyMember) {
  const { plan, started } = book.record(run)
  const carries = `DRY_RUN=${member.flags.dryRun} ALLOW_ORDERS=${member.flags.allowOrders}`
  const given = flagTexts(started)
  return {
    id,
    severity: 'error',
    node,
    run,
    what: `${plan} was stopped: process ${member.pid} on ${node} carries ${carries}`,
    cause: `It was started with DRY_RUN=${given.dryRun} ALLOW_ORDERS=${given.allowOrders}; its command or a script sets the mode itself.`,
    fix: 'Take the variable out of the command or the script, then start again.',
  } as const
}

function tellLeftOver(
  alerts: AlertBoard,
  book: RunBook,
  run: RunId,
  node: NodeName,
  members: readonly FamilyMember[],
): void {
  const pids = members.map(member => member.pid).join(' ')
  alerts.raise({
    id: `left ${run} ${node}`,
    severity: 'warn',
    node,
    run,
    what: `${book.record(run).plan} has ended on ${node} and left processes behind: ${pids}`,
    cause: 'The program started them and did not wait for them.',
    fix: `Stop the run once more to end them, or look at them on ${node}: ps -fp ${pids.replaceAll(' ', ',')}`,
  })
}
