import { join } from 'node:path'
import type { FleetEvent } from '../contract/events'
import type { NodeName, LogId, RunId } from '../contract/ids'
import type { ModeFlags } from '../contract/mode'
import type { MetricPoint, ResultRow } from '../contract/runs'
import type { AlertBoard } from './alertBoard'
import type { Fleet } from './config/fleetSchema'
import { createEndedContainers } from './engines/endedContainers'
import type { Engine } from './engines/engine'
import type { Clock } from './kernel/clock'
import type { Closers } from './kernel/closers'
import type { Intent } from './kernel/journal'
import type { TaskGroup } from './kernel/taskGroup'
import { createTaskGroup } from './kernel/taskGroup'
import { tellLeftOvers } from './leftOvers'
import { createEngineOf, untilOnline } from './nodeEngines'
import type { FleetNode, FleetNodes } from './nodes/fleetNodes'
import { openIntents } from './openIntents'
import type { Adoption } from './runs/adoption'
import { createAdoption } from './runs/adoption'
import { readAppIdentity } from './runs/appIdentity'
import { createFailurePolicy } from './runs/failurePolicy'
import { createLaunchSecrets } from './runs/launchSecrets'
import { createModeStop } from './runs/modeStop'
import { createSampleDelivery } from './runs/deliverSample'
import type { Intentions } from './runs/intentions'
import type { LogBook } from './runs/logBook'
import { createLogBook } from './runs/logBook'
import { createLogSearch } from './runs/logSearch'
import { isLogEnded, logsOf } from './runs/runLogs'
import type { PlanSecrets } from './runs/planSecrets'
import type { RunBook } from './runs/runBook'
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
  const { journal, settle, writeDown } = closers.use(openIntents(deps))
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
  const stops = createStopRuns({
    ...deps,
    writeDown,
    settle,
    engineOf: name => asEngine(nodes.get(name)),
    shellOf: name => nodes.get(name)?.online?.shell ?? null,
    online: (name, signal) => untilOnline(nodes, name, signal),
    isInFleet: name => nodes.get(name) !== undefined,
    onConcluded: node => supervisor.nudge(node),
  })
  const onConfirmed = (node: NodeName): void => supervisor.nudge(node)
  const starting = {
    ...deps,
    journal,
    settle,
    engineOf,
    launchSecrets,
    samples: createSampleDelivery(deps.samplesDir),
    onConfirmed,
  }
  const starts = createStartRuns(starting)
  const online = (name: NodeName, signal: AbortSignal): Promise<void> => untilOnline(nodes, name, signal)
  const adoption = closers.use(createAdoption({ ...starting, self, online, onFound: onConfirmed }))
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
