import type { NodeName, PlanName } from '../../contract/ids'
import { TrackName, WorkerId } from '../../contract/ids'
import type { PidFileFinding, ProcessIdentity, Run, RunOwner } from '../../contract/runs'
import type { AlertBoard } from '../alertBoard'
import type { Fleet } from '../config/fleetSchema'
import type { Engine } from '../engines/engine'
import { AppError, sentenceOf } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { Intent } from '../kernel/journal'
import type { FleetNode, FleetNodes } from '../nodes/fleetNodes'
import { foundRecord, foundWorker, readSpec } from './foundRun'
import type { Intentions } from './intentions'
import { createNodeAdoption } from './nodeAdoption'
import type { RunBook } from './runBook'
import type { RunMembers } from './runMembers'
import type { RunRecord } from './runRecord'
import { newRunId } from './newRun'

export interface AdoptPidFileDeps {
  readonly book: RunBook
  readonly nodes: FleetNodes
  readonly engineOf: (node: FleetNode) => Engine | null
  readonly members: RunMembers
  readonly fleet: () => Fleet
  readonly alerts: AlertBoard
  readonly clock: Clock
  readonly self: RunOwner
  readonly journal: { readonly open: (intent: Intent<Intentions>) => void }
  readonly settle: (intent: string) => void
  readonly onFound: (node: NodeName) => void
}

const DEFAULT_STOP = { signal: 'TERM', graceSeconds: 20 }

/** Programs that no Drydock started, and that are known by the pid file that they wrote. */
export function createAdoptPidFile(deps: AdoptPidFileDeps) {
  const { book, nodes } = deps

  return {
    /** Looks, and changes nothing. Errors: `refused` with what is wrong and the fix; `unreachable`. */
    async findPidFile(name: NodeName, pidFile: string): Promise<PidFileFinding> {
      const { online } = onlineNode(nodes, name)
      if (!pidFile.startsWith('/') && !pidFile.startsWith('~/')) {
        throw new AppError('refused', `${pidFile} is no whole path.`, { hint: 'Begin it with / or ~/.' })
      }
      const path = pidFile.replace(/^~(?=\/)/, online.facts.home)
      const finding = await createNodeAdoption(online).pidFile(name, path)
      refuseKnown(deps, finding)
      return finding
    },

    /** Errors: `refused` when it is not that process any more, or is a run's already; `unreachable`. */
    async adoptPidFile(finding: PidFileFinding, plan: PlanName, logs: readonly string[]): Promise<Run> {
      const { node, online } = onlineNode(nodes, finding.node)
      const calls = createNodeAdoption(online)
      refuseKnown(deps, finding)
      refuseOther(finding, await calls.pidFile(finding.node, finding.pidFile))
      const record = newRecord(deps, finding, plan, logs)
      const [worker] = record.workers
      if (worker === undefined) throw new Error('an adopted run has one worker')
      deps.journal.open({ id: `start ${record.id}`, body: { kind: 'start', record } })
      const spec = noteOf(record, finding)
      try {
        await calls.adopt(record.id, worker.worker.id, finding, spec, deps.self)
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'launch-failed') throw error
        deps.settle(`start ${record.id}`)
        throw new AppError('refused', sentenceOf(error), {
          hint: 'Look at the pid file again.',
          cause: error,
        })
      }
      const started = await carriedMode(deps.engineOf(node), record, finding)
      book.add(started === null ? record : { ...record, started, isModeKnown: true })
      deps.settle(`start ${record.id}`)
      if (started === null || !started.dryRun) tellMode(deps.alerts, record, finding)
      deps.onFound(finding.node)
      return book.get(record.id)
    },
  }
}

function onlineNode(
  nodes: FleetNodes,
  name: NodeName,
): { node: FleetNode; online: NonNullable<FleetNode['online']> } {
  const node = nodes.get(name)
  if (node?.online == null) {
    throw new AppError('unreachable', `${name} cannot be reached now.`, { hint: 'Reconnect it first.' })
  }
  return { node, online: node.online }
}

function refuseKnown(
  { book, members }: Pick<AdoptPidFileDeps, 'book' | 'members'>,
  { node, identity }: PidFileFinding,
): void {
  const own = book.active().find(({ record: { worker } }) => isSame(worker.identity, identity))
  const run = own?.run ?? members.ownerOf(node, identity.pid)?.run
  if (run === undefined) return
  throw new AppError('refused', `Process ${identity.pid} on ${node} belongs to the run ${run} already.`, {
    hint: 'Look at that run.',
  })
}

function isSame(known: ProcessIdentity | null, { pid, startTicks, bootId }: ProcessIdentity): boolean {
  return known !== null && known.pid === pid && known.startTicks === startTicks && known.bootId === bootId
}

/** The run of one worker that the finding becomes; a plan of that name says how it is stopped and read. */
function newRecord(
  { fleet, clock }: AdoptPidFileDeps,
  { node, identity }: PidFileFinding,
  plan: PlanName,
  logs: readonly string[],
): RunRecord {
  const config = fleet().plans.find(({ name }) => name === plan)?.tracks[0]
  const track = config?.name ?? TrackName.parse('program')
  const spec = readSpec(WorkerId.parse(`${track}-1`), {
    plan,
    adopted: true,
    track,
    stop: config?.stop ?? DEFAULT_STOP,
    progress: config?.progress,
  })
  const nowMs = clock.nowMs()
  const found = foundWorker(WorkerId.parse(`${track}-1`), node, spec, nowMs)
  const worker = { ...found.worker, state: 'running', detail: null, identity: ownGroup(identity) } as const
  return {
    ...foundRecord(newRunId(nowMs), null, spec, [{ ...found, worker }], nowMs),
    logGlobs: logs.map(glob => ({ track, node, glob, isBegun: false, isComplete: false })),
  }
}

/** What its `pid` file on the node says: see drydock_adopt. */
const ownGroup = (identity: ProcessIdentity): ProcessIdentity => ({ ...identity, processGroup: identity.pid })

/** What the file leads to now must be what was looked at before. */
function refuseOther({ identity }: PidFileFinding, now: PidFileFinding): void {
  if (isSame(identity, now.identity) && now.doubt === null) return
  const message = now.doubt ?? `Process ${identity.pid} has ended, or is another one by now.`
  throw new AppError('refused', message, {
    hint: 'Write the number of the right process into the file, then look again.',
  })
}

/** What lies beside it on its node, as `launch.ts` writes it for a run that was started. */
function noteOf(record: RunRecord, { pidFile, command }: PidFileFinding): unknown {
  const [first] = record.workers
  if (first === undefined) return {}
  const { worker, stop, progressRule } = first
  const { id, track, node, index, nodeIndex } = worker
  return {
    version: 1,
    adopted: true,
    run: record.id,
    worker: id,
    plan: record.plan,
    track,
    node,
    index,
    nodeIndex,
    command,
    pidFile,
    stop,
    progress: progressRule,
  }
}

/** What the program carries; null when that is not clear, or cannot be read now (it is looked at again soon). */
async function carriedMode(
  engine: Engine | null,
  { id, workers }: RunRecord,
  { identity }: PidFileFinding,
): Promise<RunRecord['started'] | null> {
  const known = workers.map(({ worker }) => ({ worker: worker.id, identity: worker.identity }))
  const family = (await engine?.family(id, known).catch(() => [])) ?? []
  const { dryRun, allowOrders } = family.find(({ pid }) => pid === identity.pid)?.flags ?? {}
  const isClear = [dryRun, allowOrders].every(flag => flag === '0' || flag === '1')
  return isClear ? { dryRun: dryRun === '1', allowOrders: allowOrders === '1' } : null
}

function tellMode(alerts: AlertBoard, { id, plan }: RunRecord, { node, identity }: PidFileFinding): void {
  alerts.raise({
    id: `mode ${id}`,
    severity: 'warn',
    node,
    run: id,
    what: `${plan} on ${node} does not carry DRY_RUN=1: process ${identity.pid} may send orders`,
    cause: 'Drydock did not start it, so it has the mode that its own start gave it.',
    fix: 'Look at how it was started. Started from a plan, it would carry DRY_RUN=1 and ALLOW_ORDERS=0.',
  })
}
