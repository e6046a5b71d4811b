import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { ModeFlags } from '../../contract/mode'
import type { WorkerEnd } from '../../contract/runs'
import type { Engine, WorkerLaunch } from '../engines/engine'
import { AppError, sentenceOf } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { FleetNode, FleetNodes } from '../nodes/fleetNodes'
import type { SampleDelivery } from './deliverSample'
import type { PreparedNode } from './launch'
import { launchOf, preparedNode } from './launch'
import type { LaunchSecrets } from './launchSecrets'
import type { WorkerSpec } from './planWorkers'
import type { RunBook } from './runBook'
import type { RunRecord } from './runRecord'

export interface StartWorkersDeps {
  readonly nodes: FleetNodes
  readonly engineOf: (node: FleetNode) => Engine | null
  readonly book: RunBook
  readonly samples: SampleDelivery
  readonly launchSecrets: LaunchSecrets
  /** What the next start is given: the two switches. */
  readonly modeFlags: () => ModeFlags
  readonly clock: Clock
  /** A worker was confirmed on this node: look at it now. */
  readonly onConfirmed: (node: NodeName) => void
}

/** All that is needed to start some workers, read before anything is written down or done. */
export interface PreparedStart {
  readonly nodes: ReadonlyMap<NodeName, PreparedNode>
  /** Values by name; of the secrets of all workers that were prepared. */
  readonly secrets: ReadonlyMap<string, string>
}

/** Errors: `refused`; `unreachable` when a node goes away meanwhile. */
export async function prepareStart(
  deps: StartWorkersDeps,
  workers: readonly WorkerSpec[],
): Promise<PreparedStart> {
  const secrets = await deps.launchSecrets.valuesFor(workers.flatMap(worker => worker.secrets))
  const names = [...new Set(workers.map(worker => worker.node))]
  const prepared = await Promise.all(
    names.map(async name => {
      const node = deps.nodes.get(name)
      const engine = node === undefined ? null : deps.engineOf(node)
      if (node?.online == null || engine === null) throw wentAway(name)
      const workdirs = workers.filter(worker => worker.node === name).map(worker => worker.workdir)
      return await preparedNode(name, node.config, node.online, engine, workdirs, deps.samples)
    }),
  )
  for (const node of prepared) if (!isSameNode(deps.nodes, node)) throw wentAway(node.name)
  return { nodes: new Map(prepared.map(node => [node.name, node])), secrets }
}

/** The closed launch of a worker. Errors: `refused` for what must not be in an environment. */
export function preparedLaunch(
  spec: WorkerSpec,
  { id, plan, engine, started }: Pick<RunRecord, 'id' | 'plan' | 'engine' | 'started'>,
  prepared: PreparedStart,
): WorkerLaunch {
  const node = prepared.nodes.get(spec.node)
  if (node === undefined) throw new Error(`${spec.node} was not prepared`)
  const own = new Map([...prepared.secrets].filter(([name]) => spec.secrets.includes(name)))
  return launchOf(spec, { name: plan, engine }, id, started, node, own)
}

/** Starts these workers, node by node side by side, until each of them has an answer, or nobody can tell. */
export async function startWorkers(
  deps: StartWorkersDeps,
  run: RunId,
  specs: readonly WorkerSpec[],
  prepared: PreparedStart,
): Promise<void> {
  const record = deps.book.record(run)
  const launches = specs.map(spec => ({ spec, launch: preparedLaunch(spec, record, prepared) }))
  for (const { spec } of launches) {
    const values = spec.secrets.flatMap(name => prepared.secrets.get(name) ?? [])
    if (values.length > 0) deps.launchSecrets.remember(run, spec.id, values)
  }
  await Promise.all(
    [...prepared.nodes.values()].map(async node => {
      const own = launches.filter(({ spec }) => spec.node === node.name)
      for (const { launch } of own) await startWorker(deps, node, launch, record.started)
      if (own.length > 0) deps.onConfirmed(node.name)
    }),
  )
}

async function startWorker(
  { book, nodes, clock, modeFlags }: StartWorkersDeps,
  node: PreparedNode,
  launch: WorkerLaunch,
  flags: ModeFlags,
): Promise<void> {
  const { run, worker } = launch
  // A STOP may have come meanwhile: it takes the folders of those that were not started yet.
  if (book.worker(run, worker).state !== 'starting') return
  if (!isStillMeant(flags, modeFlags())) {
    refuse(book, run, [worker], 'the run mode was changed during START')
    return
  }
  // Another link may lead to another machine by now, and nothing was asked of this one yet.
  if (!isSameNode(nodes, node)) {
    refuse(book, run, [worker], `not started: ${node.name} went away or was changed during START`)
    return
  }
  book.adjust(run, worker, record => withLaunchTime(record, clock.nowMs()))
  try {
    const answer = await node.engine.start(launch)
    if (answer.outcome === 'unsure')
      book.note(run, worker, { type: 'link-lost' }, { detail: answer.sentence })
    else {
      const { identity, container } = answer
      book.note(run, worker, { type: 'confirmed' }, { identity, container, detail: null })
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // Only the node's own refusal says that nothing was started; any other silence is a question.
    if (error.code === 'launch-failed') refuse(book, run, [worker], sentenceOf(error))
    else
      book.note(
        run,
        worker,
        { type: 'link-lost' },
        { detail: `whether it started is not known: ${error.message}` },
      )
  }
}

/** Ends workers that nothing was started of. */
export function refuse(book: RunBook, run: RunId, workers: readonly WorkerId[], detail: string): void {
  for (const id of workers)
    book.note(run, id, { type: 'refused' }, { detail, end: NEVER_STARTED, waitsFor: [] })
}

export const NEVER_STARTED: WorkerEnd = { cause: 'never-started', exitCode: null, signal: null }

/** What was switched on for this start may be taken back while it is under way; SAFE needs no asking. */
export function isStillMeant(flags: ModeFlags, now: ModeFlags): boolean {
  const isSafe = flags.dryRun && !flags.allowOrders
  return isSafe || (flags.dryRun === now.dryRun && flags.allowOrders === now.allowOrders)
}

function isSameNode(nodes: FleetNodes, { name, session }: PreparedNode): boolean {
  return nodes.get(name)?.online === session
}

function withLaunchTime(record: RunRecord['workers'][number], launchedAtMs: number) {
  return { ...record, start: record.start === null ? null : { ...record.start, launchedAtMs } }
}

function wentAway(name: NodeName): AppError {
  return new AppError('unreachable', `${name} went away while the run was being prepared.`, {
    hint: 'Start again once it is back.',
  })
}
