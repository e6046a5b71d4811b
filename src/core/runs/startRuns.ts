import { randomInt } from 'node:crypto'
import type { NodeName, PlanName } from '../../contract/ids'
import { RunId } from '../../contract/ids'
import type { ModeFlags } from '../../contract/mode'
import type { TrackChoice } from '../../contract/plans'
import type { Run } from '../../contract/runs'
import type { AlertBoard } from '../alertBoard'
import type { Fleet } from '../config/fleetSchema'
import type { PlanConfig } from '../config/planSchema'
import type { Engine, WorkerLaunch } from '../engines/engine'
import { AppError, sentenceOf } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { Journal } from '../kernel/journal'
import type { FleetNode, FleetNodes } from '../nodes/fleetNodes'
import type { SampleDelivery } from './deliverSample'
import type { Intentions } from './intentions'
import { launchOf, preparedNode } from './launch'
import type { PreparedNode } from './launch'
import type { WorkerSpec } from './planWorkers'
import { planWorkers } from './planWorkers'
import type { RunBook } from './runBook'
import { logGlobsOf } from './runFiles'
import type { RunRecord } from './runRecord'

export interface StartRunsDeps {
  readonly fleet: () => Fleet
  readonly nodes: FleetNodes
  readonly engineOf: (node: FleetNode) => Engine | null
  readonly book: RunBook
  readonly journal: Journal<Intentions>
  readonly samples: SampleDelivery
  /** What the next start is given: the two switches. */
  readonly modeFlags: () => ModeFlags
  readonly alerts: AlertBoard
  readonly clock: Clock
  /** Settles an intent, once what it led to is safe on the disk. */
  readonly settle: (intent: string) => void
  /** A worker was confirmed on this node: look at it now. */
  readonly onConfirmed: (node: NodeName) => void
}

/**
 * START. Everything that can be refused is refused before anything is done; then the run is written down, and every
 * worker is started on its node and confirmed by its process. A plan runs once at a time: a second press while the
 * first is under way gets the same run, a later one is refused.
 */
export function createStartRuns(deps: StartRunsDeps) {
  const underWay = new Map<PlanName, Promise<Run>>()

  async function begin(plan: PlanConfig): Promise<Run> {
    const run = newRunId(deps.clock.nowMs())
    const { workers, skipped } = reachable(deps, planWorkers(deps.fleet(), plan, run), plan)
    const prepared = await prepare(deps, workers)
    // Only now: preparing takes time, and the switches may have gone back to SAFE meanwhile.
    const flags = deps.modeFlags()
    const launches = workers.map(spec => launchOf(spec, plan, run, flags, preparedOf(prepared, spec.node)))
    const record = newRecord(deps, plan, run, flags, workers)
    deps.journal.open({ id: `start ${run}`, body: { kind: 'start', record } })
    deps.book.add(record)
    tellSkipped(deps.alerts, plan.name, skipped)
    await Promise.all(
      [...prepared.values()].map(async node => {
        const own = launches.filter((_, i) => workers[i]?.node === node.name)
        for (const launch of own) await startWorker(deps, node, launch, flags)
        deps.onConfirmed(node.name)
      }),
    )
    deps.settle(`start ${run}`)
    return deps.book.get(run)
  }

  return {
    /** Errors: `not-found`; `refused` with the reason, before anything was done. */
    async start(name: PlanName, _tracks: readonly TrackChoice[] | null): Promise<Run> {
      const plan = deps.fleet().plans.find(one => one.name === name)
      if (plan === undefined) throw new AppError('not-found', `There is no plan ${name} in fleet.yaml.`)
      const current = underWay.get(name)
      if (current !== undefined) return await current
      refuseIfRunning(deps, name)
      const starting = begin(plan).finally(() => underWay.delete(name))
      underWay.set(name, starting)
      return await starting
    },
  }
}

export type StartRuns = ReturnType<typeof createStartRuns>

/** A worker on a machine that is no longer in the fleet can neither be seen nor stopped: it does not hold the plan. */
function refuseIfRunning({ book, nodes }: StartRunsDeps, plan: PlanName): void {
  const active = book
    .active()
    .find(({ run, record }) => book.record(run).plan === plan && nodes.get(record.worker.node) !== undefined)
  if (active === undefined) return
  throw new AppError('refused', `${plan} is already running (run ${active.run}).`, {
    hint: 'Stop that run first, or wait until it has ended.',
  })
}

/** Workers whose node is online, and the nodes that are left out. */
function reachable({ nodes }: StartRunsDeps, workers: readonly WorkerSpec[], plan: PlanConfig) {
  const isOnline = (node: NodeName): boolean => nodes.get(node)?.online != null
  const online = workers.filter(worker => isOnline(worker.node))
  const skipped = [...new Set(workers.filter(worker => !isOnline(worker.node)).map(worker => worker.node))]
  if (online.length === 0) {
    const states = skipped.map(node => `${node} is ${nodes.get(node)?.link.state ?? 'not in the fleet'}`)
    throw new AppError(
      'refused',
      `No node of ${plan.name} is online${states.length > 0 ? `: ${states.join(', ')}` : ''}.`,
      {
        hint: 'Reconnect a node, or change where the plan runs in fleet.yaml.',
      },
    )
  }
  return { workers: online, skipped }
}

async function prepare(
  deps: StartRunsDeps,
  workers: readonly WorkerSpec[],
): Promise<Map<NodeName, PreparedNode>> {
  const names = [...new Set(workers.map(worker => worker.node))]
  const prepared = await Promise.all(
    names.map(async name => {
      const node = deps.nodes.get(name)
      const engine = node === undefined ? null : deps.engineOf(node)
      if (node?.online == null || engine === null) {
        throw new AppError('unreachable', `${name} went away while the run was being prepared.`, {
          hint: 'Start again once it is back.',
        })
      }
      const workdirs = workers.filter(worker => worker.node === name).map(worker => worker.workdir)
      return await preparedNode(name, node.config, node.online, engine, workdirs, deps.samples)
    }),
  )
  return new Map(prepared.map(node => [node.name, node]))
}

function preparedOf(prepared: ReadonlyMap<NodeName, PreparedNode>, name: NodeName): PreparedNode {
  const node = prepared.get(name)
  if (node === undefined) throw new Error(`${name} was not prepared`)
  return node
}

async function startWorker(
  { book, modeFlags }: StartRunsDeps,
  node: PreparedNode,
  launch: WorkerLaunch,
  flags: ModeFlags,
): Promise<void> {
  const { run, worker } = launch
  // A STOP may have come meanwhile: it takes the folders of those that were not started yet.
  if (book.worker(run, worker).state !== 'starting') return
  if (!isStillMeant(flags, modeFlags())) {
    book.note(run, worker, { type: 'refused' }, { detail: 'the run mode was changed during START' })
    return
  }
  try {
    const answer = await node.engine.start(launch)
    if (answer.outcome === 'unsure')
      book.note(run, worker, { type: 'link-lost' }, { detail: answer.sentence })
    else book.note(run, worker, { type: 'confirmed' }, { identity: answer.identity, detail: null })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // Only the node's own refusal says that nothing was started; any other silence is a question.
    if (error.code === 'launch-failed')
      book.note(run, worker, { type: 'refused' }, { detail: sentenceOf(error) })
    else
      book.note(
        run,
        worker,
        { type: 'link-lost' },
        { detail: `whether it started is not known: ${error.message}` },
      )
  }
}

/** What was switched on for this start may be taken back while it is under way; SAFE needs no asking. */
function isStillMeant(flags: ModeFlags, now: ModeFlags): boolean {
  const isSafe = flags.dryRun && !flags.allowOrders
  return isSafe || (flags.dryRun === now.dryRun && flags.allowOrders === now.allowOrders)
}

function newRecord(
  { clock }: StartRunsDeps,
  plan: PlanConfig,
  run: RunId,
  started: ModeFlags,
  workers: readonly WorkerSpec[],
): RunRecord {
  const nowMs = clock.nowMs()
  return {
    id: run,
    plan: plan.name,
    startedAtMs: nowMs,
    started,
    stop: null,
    engine: plan.engine,
    origin: 'started',
    owner: null,
    files: [],
    logGlobs: logGlobsOf(plan, workers),
    cleanups: [],
    gaps: [],
    workers: workers.map(spec => ({
      worker: {
        id: spec.id,
        track: spec.track,
        node: spec.node,
        index: spec.index,
        nodeIndex: spec.nodeIndex,
        state: 'starting',
        stateSinceMs: nowMs,
        detail: null,
        identity: null,
        progress: null,
        reported: null,
        logBytes: 0,
        logLines: 0,
        endedAtMs: null,
        end: null,
        waitsFor: [],
        container: null,
      },
      stop: {
        signal: spec.stop.signal,
        graceSeconds: spec.stop.graceSeconds,
        drain: spec.stop.drain ?? null,
      },
      progressRule: spec.progress,
      readBytes: 0,
      readerState: null,
      isLogComplete: false,
    })),
  }
}

function tellSkipped(alerts: AlertBoard, plan: PlanName, skipped: readonly NodeName[]): void {
  alerts.clear(`skipped ${plan}`)
  if (skipped.length === 0) return
  alerts.raise({
    id: `skipped ${plan}`,
    severity: 'warn',
    node: skipped[0] ?? null,
    run: null,
    what: `${plan} was started without ${skipped.join(', ')}`,
    cause: 'These nodes were not online when START was pressed.',
    fix: 'Reconnect them, or take them out of the plan in fleet.yaml.',
  })
}

/** `20261124-140211-k3f9`: the start in UTC, and four letters against two starts in one second. */
function newRunId(nowMs: number): RunId {
  const [date = '', time = ''] = new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T')
  const letters = Array.from({ length: 4 }, () => 'abcdefghjkmnpqrstuvwxyz23456789'[randomInt(31)]).join('')
  return RunId.parse(`${date}-${time}-${letters}`)
}
