import { join } from 'node:path'
import type { FleetEvent } from '../contract/events'
import type { NodeName, LogId, RunId } from '../contract/ids'
import type { Broker, ModeFlags } from '../contract/mode'
import type { MetricPoint, ResultRow, RunOwner } from '../contract/runs'
import type { AlertBoard } from './alertBoard'
import type { Fleet } from './config/fleetSchema'
import { createEndedContainers } from './engines/endedContainers'
import type { Engine, FamilyMember } from './engines/engine'
import { createNodeEngine } from './engines/nodeEngine'
import { flagTexts, nameModeOfAll } from './guard/runMode'
import type { Clock } from './kernel/clock'
import type { Closers } from './kernel/closers'
import type { Intent, Journal } from './kernel/journal'
import { openJournal } from './kernel/journal'
import type { TaskGroup } from './kernel/taskGroup'
import { createTaskGroup } from './kernel/taskGroup'
import type { FleetNode, FleetNodes } from './nodes/fleetNodes'
import type { Adoption } from './runs/adoption'
import { createAdoption } from './runs/adoption'
import { readAppIdentity } from './runs/appIdentity'
import { createFailurePolicy } from './runs/failurePolicy'
import { createLaunchSecrets } from './runs/launchSecrets'
import { createModeStop } from './runs/modeStop'
import { createSampleDelivery } from './runs/deliverSample'
import { Intentions } from './runs/intentions'
import { isContainer } from './runs/isContainer'
import type { LogBook } from './runs/logBook'
import { createLogBook } from './runs/logBook'
import { createLogSearch } from './runs/logSearch'
import { isLogEnded, logsOf } from './runs/runLogs'
import type { PlanSecrets } from './runs/planSecrets'
import type { RunBook } from './runs/runBook'
import { createRunBook } from './runs/runBook'
import type { RunMembers } from './runs/runMembers'
import { createRunFolders } from './runs/runFolders'
import type { StartRuns } from './runs/startRuns'
import { createStartRuns } from './runs/startRuns'
import type { StopRuns } from './runs/stopRuns'
import { createStopRuns } from './runs/stopRuns'
import { createSupervisor } from './runs/supervisor'
import { refuseForeign } from './runs/takeOver'
import type { TrackStartsDeps } from './runs/trackStarts'
import { createTrackStarts } from './runs/trackStarts'
import type { RunRouteDeps } from './runRoutes'
import type { Store } from './store/store'

export interface OpenRunsDeps {
  readonly home: string
  readonly secrets: PlanSecrets
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
  readonly members: RunMembers
  readonly vramUsedMiB: (node: NodeName) => number | null
  /** What Drydock keeps on this PC cannot be written; null: it can again. */
  readonly onStoreTrouble: (error: unknown) => void
  readonly onCrash: (name: string, error: unknown) => void
}

/**
 * Builds the room of runs: the book of runs, their logs, START, STOP, and the supervisor that watches; then takes up
 * what an earlier Drydock had begun and not ended.
 */
export function openRuns(deps: OpenRunsDeps) {
  const { closers, nodes, clock, alerts, home, book } = deps
  const journal = closers.use(openJournal(join(home, 'journal', 'journal.jsonl'), asIntention))
  const isEnded = (run: RunId, log: LogId): boolean => isLogEnded(book.record(run), log)
  const logs = closers.use(createLogBook({ dir: join(home, 'logs'), clock, isEnded }))
  for (const { body } of journal.left) {
    if (body.kind === 'start' && !book.has(body.record.id)) book.add(body.record)
  }
  const launchSecrets = createLaunchSecrets(deps.secrets, book)
  const self = readAppIdentity(home)
  const engineOf = createEngineOf(book, self)
  const supervisor = closers.use(
    createSupervisor({
      ...deps,
      ...reporting(deps),
      logs,
      secretsOf: run => launchSecrets.secretValuesOfRun(run),
      engineOf,
      onMismatch: createModeStop({ book, alerts, background: deps.background, stops: () => stops }),
      onLeftOver: (run, node, members) => tellLeftOvers(alerts, book, run, node, members),
    }),
  )
  const settle = createSettle(deps, journal)
  const stops = createStopRuns({
    ...deps,
    writeDown: intent => tryToWriteDown(deps, journal, intent),
    settle,
    engineOf: name => asEngine(nodes.get(name)),
    shellOf: name => nodes.get(name)?.online?.shell ?? null,
    online: (name, signal) => untilOnline(nodes, name, signal),
    isInFleet: name => nodes.get(name) !== undefined,
    onConcluded: node => supervisor.nudge(node),
  })
  const starting = {
    ...deps,
    journal,
    settle,
    engineOf,
    launchSecrets,
    samples: createSampleDelivery(deps.samplesDir),
    onConfirmed: (node: NodeName) => supervisor.nudge(node),
  }
  const starts = createStartRuns(starting)
  const adoption = closers.use(
    createAdoption({
      ...deps,
      self,
      journal,
      settle,
      engineOf,
      online: (name, signal) => untilOnline(nodes, name, signal),
      onFound: node => supervisor.nudge(node),
    }),
  )
  takeUp(book, journal.left, { stops, adoption, settle })
  openTracks(deps, starting, logs, stops)
  return { logs, routes: routesOf(deps, { starts, stops, logs, adoption }) }

  function asEngine(node: FleetNode | undefined): Engine | null {
    return node === undefined ? null : engineOf(node)
  }
}

/** Goes on with what an earlier Drydock had begun. */
function takeUp(
  book: RunBook,
  left: readonly Intent<Intentions>[],
  parts: {
    readonly stops: StopRuns
    readonly adoption: Adoption
    readonly settle: (intent: string) => void
  },
): void {
  for (const { id, body } of left) {
    if (body.kind === 'take-over' && book.has(body.run)) parts.adoption.resume(body.run)
    // A run that somebody has taken over since is no longer this Drydock's to stop.
    else if (body.kind === 'stop' && book.has(body.run) && book.record(body.run).owner === null)
      parts.stops.resume(body)
    else parts.settle(id) // the run is in the book now; the supervisor finds out what became of it
  }
}

/** What goes on by itself after a START: the tracks that wait, and what a failure means for a run. */
function openTracks(
  deps: OpenRunsDeps,
  starting: Omit<TrackStartsDeps, 'background'>,
  logs: LogBook,
  stops: StopRuns,
): void {
  const { closers } = deps
  // Ends before the journal and the logs are closed.
  const background = closers.use(createTaskGroup(deps.onCrash))
  closers.use(createTrackStarts({ ...starting, background }))
  const nudge = starting.onConfirmed
  closers.use(createFailurePolicy({ ...deps, ...starting, background, logs, stops, nudge }))
}

/** What the router is given of this room. */
function routesOf(
  { secrets, nodes, book, clock }: OpenRunsDeps,
  parts: {
    readonly starts: StartRuns
    readonly stops: StopRuns
    readonly logs: LogBook
    readonly adoption: Adoption
  },
): Omit<RunRouteDeps, 'plans'> {
  const { starts, stops, logs, adoption } = parts
  return {
    runs: {
      start: (plan, tracks) => starts.start(plan, tracks),
      async stop(request, signal) {
        refuseForeign(book, request.run)
        return await stops.stop(request, signal)
      },
      async killSurvivor(run, node, pid, startTicks) {
        refuseForeign(book, run)
        return await stops.killSurvivor(run, node, pid, startTicks)
      },
      takeOver: run => adoption.takeOver(run),
      findPidFile: (node, path) => adoption.findPidFile(node, path),
      adoptPidFile: (finding, plan, logs) => adoption.adoptPidFile(finding, plan, logs),
    },
    secrets,
    folders: createRunFolders(),
    containers: createEndedContainers({ node: name => nodes.get(name), isKnown: book.has }),
    logs,
    logSearch: createLogSearch({ logs, clock, logsOf: run => logsOf(book.record(run)) }),
  }
}

export interface OpenBookDeps {
  readonly store: Store
  readonly clock: Clock
  readonly broker: () => Broker | null
  readonly publish: (event: FleetEvent) => void
  readonly onStoreTrouble: (error: unknown) => void
  readonly onRunChange: () => void
}

/** The book of runs; a run's mode is what its processes report, and until they do, what they were started with. */
export function openBook(deps: OpenBookDeps): RunBook {
  const { store, clock, broker, publish, onStoreTrouble, onRunChange } = deps
  return createRunBook({
    store,
    clock,
    onStoreTrouble,
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
    onReports: (results: readonly ResultRow[], metrics: readonly MetricPoint[]): void => {
      store.together(() => {
        for (const row of results) store.saveResult(row)
        for (const point of metrics) store.saveMetric(point)
      })
      for (const row of results) publish({ type: 'result', row })
      for (const point of metrics) publish({ type: 'metric', point })
    },
  }
}

/** One engine for each link: what it has asked of the node once need not be asked again. */
function createEngineOf(book: RunBook, self: RunOwner): (node: FleetNode) => Engine | null {
  const engines = new WeakMap<object, Engine>()
  return ({ online }) => {
    if (online === null) return null
    const engine =
      engines.get(online) ??
      createNodeEngine({
        ...online,
        owner: self,
        isContainer: (run, worker) => book.has(run) && isContainer(book.record(run), worker),
      })
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

function tellLeftOvers(
  alerts: AlertBoard,
  book: RunBook,
  run: RunId,
  node: NodeName,
  members: readonly FamilyMember[],
): void {
  const id = `left ${run} ${node}`
  const pids = members.map(member => member.pid).join(' ')
  if (members.length === 0) {
    alerts.clear(id)
    return
  }
  alerts.raise({
    id,
    severity: 'warn',
    node,
    run,
    what: `${book.record(run).plan} has ended on ${node} and left processes behind: ${pids}`,
    cause: 'The program started them and did not wait for them.',
    fix: `Stop the run once more to end them, or look at them on ${node}: ps -fp ${pids.replaceAll(' ', ',')}`,
  })
}

/** Nobody is kept from stopping by a journal that cannot be written. */
function tryToWriteDown(deps: OpenRunsDeps, journal: Journal<Intentions>, intent: Intent<Intentions>): void {
  try {
    journal.open(intent)
  } catch (error) {
    deps.onStoreTrouble(error)
  }
}

/** An intent is settled only when what came of it would survive a power cut. */
function createSettle({ store, onStoreTrouble }: OpenRunsDeps, journal: Journal<Intentions>) {
  return (id: string): void => {
    try {
      store.makeDurable()
      journal.settle(id)
    } catch (error) {
      onStoreTrouble(error) // it stays open, and is looked into at the next start
    }
  }
}
