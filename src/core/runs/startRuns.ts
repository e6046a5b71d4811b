import type { NodeName, PlanName, TrackName } from '../../contract/ids'
import type { TrackChoice } from '../../contract/plans'
import type { Run } from '../../contract/runs'
import type { AlertBoard } from '../alertBoard'
import type { Fleet } from '../config/fleetSchema'
import type { PlanConfig } from '../config/planSchema'
import { AppError, sentenceOf } from '../kernel/appError'
import type { Intent, Journal } from '../kernel/journal'
import { chosenTracks } from './chosenTracks'
import { IMAGE, plannedStart, PREREQUISITE } from './firstTracks'
import type { Intentions } from './intentions'
import { newRun, newRunId } from './newRun'
import type { WorkerSpec } from './planWorkers'
import { planWorkers } from './planWorkers'
import type { StartWorkersDeps } from './startWorkers'
import { preparedLaunch, prepareStart, startWorkers } from './startWorkers'

export interface StartRunsDeps extends StartWorkersDeps {
  readonly fleet: () => Fleet
  readonly journal: Pick<Journal<Intentions>, 'open'>
  readonly alerts: AlertBoard
  /** Settles an intent, once what it led to is safe on the disk. */
  readonly settle: (intent: string) => void
}

/**
 * START. Everything that can be refused is refused before anything is done; then the run is written down, and every
 * worker that waits for no other track is started on its node and confirmed by its process. A track runs once at a
 * time: a second press while the first is under way gets the same run, a later one is refused.
 */
export function createStartRuns(deps: StartRunsDeps) {
  const { book, nodes } = deps
  const underWay = new Map<PlanName, Set<StartUnderWay>>()
  const isOnline = (node: NodeName): boolean => nodes.get(node)?.online != null

  async function begin(plan: PlanConfig): Promise<Run> {
    const run = newRunId(deps.clock.nowMs())
    const fleet = deps.fleet()
    const { workers, skipped } = reachable(deps, planWorkers(fleet, plan, run), plan)
    const planned = plannedStart(fleet, plan, run, workers, isOnline)
    const prepared = await prepareStart(deps, planned.workers)
    // Only now: preparing takes time, and the switches may have gone back to SAFE meanwhile.
    const record = newRun(plan, run, deps.modeFlags(), planned, deps.clock.nowMs())
    for (const spec of planned.workers) preparedLaunch(spec, record, prepared) // may refuse
    writeDownStart(deps, { id: `start ${run}`, body: { kind: 'start', record } })
    book.add(record)
    tellSkipped(deps.alerts, plan.name, skipped)
    const first = planned.workers.filter(({ track }) => (planned.waitsFor.get(track) ?? []).length === 0)
    await startWorkers(deps, run, first, prepared)
    deps.settle(`start ${run}`)
    return book.get(run)
  }

  return {
    /**
     * Starts these tracks of a plan, with as many workers a node as is asked for; null: all of them, as the plan has
     * them. Errors: `not-found`; `refused` with the reason, before anything was done.
     */
    async start(name: PlanName, choices: readonly TrackChoice[] | null): Promise<Run> {
      const plan = deps.fleet().plans.find(one => one.name === name)
      if (plan === undefined) throw new AppError('not-found', `There is no plan ${name} in fleet.yaml.`)
      const chosen = chosenTracks(plan, choices)
      const tracks = chosen.tracks.map(track => track.name)
      const key = chosen.tracks.map(track => `${track.name} ${track.workers}`).join(', ')
      const others = underWay.get(name) ?? new Set()
      const same = [...others].find(one => one.key === key)
      if (same !== undefined) return await same.run
      refuseEngine(chosen)
      refuseIfRunning(deps, name, tracks, [...others])
      const one: StartUnderWay = { key, tracks, run: begin(chosen).finally(() => others.delete(one)) }
      underWay.set(name, others.add(one))
      return await one.run
    },
  }
}

export type StartRuns = ReturnType<typeof createStartRuns>

interface StartUnderWay {
  /** What was asked for: the same again gets the same run. */
  readonly key: string
  readonly tracks: readonly TrackName[]
  readonly run: Promise<Run>
}

function refuseEngine({ name, engine, tracks, cleanup }: PlanConfig): void {
  if (cleanup !== undefined) {
    throw new AppError('refused', `${name} wants a cleanup after its runs, which is not built yet.`, {
      hint: 'Take cleanup out of the plan; clean up in the last track, with after.',
    })
  }
  if (engine === 'ray') {
    throw new AppError('refused', `${name} needs the ray engine, which is not built yet.`, {
      hint: 'Use engine: process or docker.',
    })
  }
  const silent = tracks.find(track => track.command === undefined)
  if (engine !== 'process' || silent === undefined) return
  throw new AppError('refused', `The track ${silent.name} of ${name} has no command.`, {
    hint: 'Only a container may do without one; write a command in fleet.yaml.',
  })
}

/** A worker on a machine that is no longer in the fleet can neither be seen nor stopped: it holds nothing. */
function refuseIfRunning(
  { book, nodes }: StartRunsDeps,
  plan: PlanName,
  tracks: readonly TrackName[],
  others: readonly StartUnderWay[],
): void {
  const active = book.active().filter(({ run, record: { worker } }) => {
    const { plan: of, origin } = book.record(run)
    return (
      of === plan && origin !== 'foreign' && nodes.get(worker.node) !== undefined && !isFirst(worker.track)
    )
  })
  const running = tracks.filter(track => active.some(({ record }) => record.worker.track === track))
  const run = active.find(({ record }) => running.includes(record.worker.track))?.run
  if (run !== undefined) {
    const what = running.length === tracks.length ? plan : `${running.join(', ')} of ${plan}`
    throw new AppError('refused', `${what} is already running (run ${run}).`, {
      hint: 'Stop that run first, or wait until it has ended.',
    })
  }
  const starting = tracks.find(track => others.some(other => other.tracks.includes(track)))
  if (starting === undefined) return
  throw new AppError('refused', `${starting} of ${plan} is being started at this moment.`, {
    hint: 'Wait until it has started.',
  })
}

/** Prerequisites and images are no track that somebody chose: two runs may each have their own. */
const isFirst = (track: TrackName): boolean => track === PREREQUISITE || track === IMAGE

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

/** Errors: `refused` when it is not on the disk: then nothing must be done. */
function writeDownStart({ journal, settle }: StartRunsDeps, intent: Intent<Intentions>): void {
  try {
    journal.open(intent)
  } catch (cause) {
    settle(intent.id) // it may be there in part, or in whole; nothing was begun
    throw new AppError('refused', `Nothing was started: it cannot be written down (${sentenceOf(cause)}).`, {
      hint: 'Make room on the disk of this PC, then start again.',
      cause,
    })
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
