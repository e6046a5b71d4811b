import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FleetEvent, Settings, Snapshot } from '../contract/events'
import type { NodeName, PlanName, RunId } from '../contract/ids'
import type { Broker, ReportedFlags } from '../contract/mode'
import { createAlertBoard } from './alertBoard'
import { createEditFile } from './config/editFile'
import { createFleetEdits } from './config/fleetEdits'
import { createPlanEdits } from './config/planEdits'
import type { Fleet } from './config/fleetSchema'
import { createEventHub } from './eventHub'
import { createModeSwitch } from './guard/modeSwitch'
import { systemClock } from './kernel/clock'
import type { Closers } from './kernel/closers'
import { createClosers } from './kernel/closers'
import { sentenceOf } from './kernel/appError'
import type { Log } from './kernel/log'
import type { SecretStore } from './kernel/secretStore'
import { createTaskGroup } from './kernel/taskGroup'
import { logDownload } from './logDownload'
import type { LogDownload } from './logDownload'
import { openFleetFile } from './openFleetFile'
import { openNodes } from './openNodes'
import { setIdentityFile } from './openLogins'
import { openBook } from './openBook'
import { openRuns } from './openRuns'
import { openSecrets } from './openSecrets'
import type { Poller } from './probes/poller'
import type { Router } from './router'
import { createRouter } from './router'
import { createPlanPreview } from './runs/planPreview'
import type { RunBook } from './runs/runBook'
import type { PlanSecrets } from './runs/planSecrets'
import { createRunMembers } from './runs/runMembers'
import type { Store } from './store/store'
import { openStore } from './store/store'
import { viewNode, viewPlans } from './views'

/** Runs in the first snapshot. */
const SHOWN_RUNS = 100

export interface OpenFleetOptions {
  /** Drydock's state folder. */
  readonly home: string
  /** Whose `~/.ssh` is read. */
  readonly userHome: string
  /** The folder with the shipped samples. */
  readonly resources: string
  readonly version: string
  readonly log: Log
  /** Where passphrases go that somebody wants kept. */
  readonly secrets: SecretStore
}

export interface OpenFleet extends AsyncDisposable {
  readonly router: Router
  settings(): Settings
  /** Returns its own removal. */
  onSettings(listener: (settings: Settings) => void): () => void
  /** A worker's whole log, or with `worker` null those of the whole run; null when there is none. */
  logDownload(run: string, worker: string | null): Promise<LogDownload | null>
  hasActiveRuns(): boolean
}

/** Opens the engine: every part is built here, once, and closed in reverse. */
export async function openFleet(options: OpenFleetOptions): Promise<OpenFleet> {
  const { home, log } = options
  makeFolders(home)
  const closers = createClosers()
  const store = closers.use(openStore(join(home, 'drydock.db')))
  const settings = createSettings(store, value => engine.hub.publish({ type: 'settings', settings: value }))
  const secrets = openSecrets(options.secrets, closers, log, () => engine.tell())
  const engine = openEngine(options, { secrets, store, closers, settings: () => settings.get() })
  const { runs, book, hub, nodes, mode, alerts, machines, diagnose, keys, history } = engine
  const onFleet = (fleet: Fleet): void => {
    engine.take(fleet)
    secrets.lookAt(fleet)
  }
  const file = closers.use(await openFleetFile({ home, log, clock: systemClock, alerts, onFleet }))
  const editFile = createEditFile({ path: join(home, 'fleet.yaml'), refresh: () => file.refresh() })
  const fleetEdits = createFleetEdits({ editFile, activeRunOn: name => activeRunOn(book, name) })
  const planEdits = createPlanEdits({ editFile, activeRunOf: plan => activeRunOf(book, plan) })
  const planPreview = createPlanPreview({
    fleet: engine.fleet,
    modeFlags: () => mode.current().flags,
    node: name => nodes.get(name),
    measured: () => engine.poller.latest(),
  })
  return {
    router: createRouter({
      events: signal => hub.events(signal),
      nodes,
      machines,
      diagnose,
      fleetEdits,
      logins: engine.loginsOf(nodes, (name, path) => setIdentityFile(nodes, fleetEdits, name, path)),
      keys,
      history,
      ...runs.routes,
      plans: { ...planEdits, ...planPreview },
      mode,
      alerts,
      settings,
    }),
    settings: () => settings.get(),
    onSettings: listener => settings.onChange(listener),
    logDownload: async (run, worker) => logDownload(book, runs.logs, run, worker),
    hasActiveRuns: () => book.active().length > 0,
    [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose](),
  }
}

/** What an engine is built on. */
interface EngineParts {
  readonly secrets: PlanSecrets
  readonly store: Store
  readonly closers: Closers
  readonly settings: () => Settings
}

/** The parts that work for the fleet: links, probes, runs, the guard, and the hub that tells the screens. */
function openEngine(options: OpenFleetOptions, parts: EngineParts) {
  const { home, resources, log } = options
  const { secrets, store, closers, settings } = parts
  const clock = systemClock
  let fleet: Fleet = { version: 1, nodes: [], plans: [] }
  const broker = (): Broker | null => fleet.broker ?? null
  const onCrash = (name: string, error: unknown): void => void log.error(`${name} broke`, error)
  const hub = createEventHub(clock, () => snapshot())
  const publish = (event: FleetEvent): void => hub.publish(event)
  const { alerts, onStoreTrouble } = openAlerts(options, publish)
  const tells = { publish, onCrash, onStoreTrouble }
  const members = createRunMembers()
  const readers = openNodes(options, { ...tells, members, closers, store })
  const { nodes, notices, poller } = readers
  const book = closers.use(
    openBook({ store, clock, broker, publish, onStoreTrouble, onRunChange: () => mode.refresh() }),
  )
  const mode = openMode(book, broker, publish)
  const runs = openRuns({
    home,
    secrets,
    samplesDir: join(resources, 'samples'),
    closers,
    store,
    nodes,
    book,
    clock,
    alerts,
    ...tells,
    background: closers.use(createTaskGroup(onCrash)),
    fleet: () => fleet,
    modeFlags: () => mode.current().flags,
    members,
    vramUsedMiB: name => vramUsedMiB(poller, name),
  })

  const view = (): Pick<Snapshot, 'nodes' | 'plans'> => ({
    nodes: nodes.list().map(node => viewNode(node, notices.of(node.config.name))),
    plans: viewPlans(fleet, secrets.isSet),
  })

  const tell = (): void => publish({ type: 'fleet', ...view() })

  function snapshot(): Snapshot {
    const rest = { mode: mode.current(), alerts: alerts.list(), settings: settings() }
    return { app: appOf(options), ...view(), ...runsOf(book, store), ...measured(poller), ...rest }
  }

  function take(next: Fleet): void {
    fleet = next
    nodes.apply(fleet)
    notices.refresh()
    mode.refresh()
    tell()
  }

  return { ...readers, hub, alerts, mode, book, runs, fleet: () => fleet, take, tell }
}

function appOf({ version, home }: OpenFleetOptions): Snapshot['app'] {
  return { version, home, fleetFile: join(home, 'fleet.yaml') }
}

function openMode(book: RunBook, broker: () => Broker | null, publish: (event: FleetEvent) => void) {
  return createModeSwitch({
    broker,
    reported: () => reportedModes(book),
    onChange: value => publish({ type: 'mode', mode: value }),
  })
}

/** The alerts, and the one that says that this PC cannot keep what happens; null takes it back. */
function openAlerts({ home, log }: OpenFleetOptions, publish: (event: FleetEvent) => void) {
  const alerts = createAlertBoard({
    clock: systemClock,
    onRaised: alert => publish({ type: 'alert', alert }),
    onCleared: id => publish({ type: 'alert-cleared', id }),
  })
  let isInTrouble = false

  function onStoreTrouble(error: unknown): void {
    if (error === null) {
      if (isInTrouble) alerts.clear('store')
      isInTrouble = false
      return
    }
    if (isInTrouble) return
    isInTrouble = true
    log.error('cannot write to the state folder', error)
    alerts.raise({
      id: 'store',
      severity: 'error',
      node: null,
      run: null,
      what: `Drydock cannot write to ${home}`,
      cause: `${sentenceOf(error)}. Runs go on on their nodes, and STOP works; what happens now is not kept.`,
      fix: 'Make room on this disk.',
    })
  }

  return { alerts, onStoreTrouble }
}

function makeFolders(home: string): void {
  for (const dir of ['.', 'journal', 'logs', 'reports', 'keys']) {
    mkdirSync(join(home, dir), { recursive: true, mode: 0o700 })
  }
}

function measured(poller: Poller): Pick<Snapshot, 'samples' | 'gpus'> {
  const { samples, gpus } = poller.latest()
  return { samples: [...samples], gpus: [...gpus] }
}

/** The newest runs with what they reported; older results stay in the store. */
function runsOf(book: RunBook, store: Store): Pick<Snapshot, 'runs' | 'results' | 'metrics'> {
  const runs = book.list().slice(0, SHOWN_RUNS)
  return {
    runs,
    results: runs.flatMap(run => store.results(run.id)),
    metrics: runs.flatMap(run => store.metrics(run.id)),
  }
}

function activeRunOn(book: RunBook, name: NodeName): RunId | null {
  return book.active().find(({ record }) => record.worker.node === name)?.run ?? null
}

function activeRunOf(book: RunBook, plan: PlanName): RunId | null {
  return book.active().find(({ run }) => book.record(run).plan === plan)?.run ?? null
}

function reportedModes(book: RunBook): { readonly node: NodeName; readonly flags: ReportedFlags }[] {
  return book
    .active()
    .flatMap(({ record: { worker } }) =>
      worker.reported === null ? [] : [{ node: worker.node, flags: worker.reported }],
    )
}

/** All VRAM in use on a node; null when no card reports it. */
function vramUsedMiB(poller: Poller, name: NodeName): number | null {
  const gpus = poller.latest().gpus.find(reading => reading.node === name)?.gpus ?? []
  const used = gpus.map(gpu => gpu.memUsedMiB).filter(value => value !== null)
  return used.length === 0 ? null : used.reduce((sum, value) => sum + value, 0)
}

function createSettings(store: Store, onChange: (settings: Settings) => void) {
  let current = store.settings()
  const listeners = new Set([onChange])
  return {
    get: (): Settings => current,
    set(settings: Settings): Settings {
      current = settings
      store.saveSettings(settings)
      for (const listener of listeners) listener(settings)
      return settings
    },
    onChange(listener: (settings: Settings) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
