import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { Run, StopHow, Worker } from '../../contract/runs'
import type { StopLadder, WorkerLadder } from '../engines/engine'
import { AppError } from '../kernel/appError'
import type { RunRecord, WorkerRecord } from './runRecord'
import { isActive } from './workerState'

/** Pure: whom a STOP reaches, and how. */

export interface StopRequest {
  readonly run: RunId
  readonly how: StopHow
  /** null: wherever the run has workers. */
  readonly nodes: readonly NodeName[] | null
  /** null: all of them. */
  readonly workers: readonly WorkerId[] | null
}

/** What a STOP is about on one node. */
export interface NodeScope {
  readonly node: NodeName
  /** null: all that the run has there. */
  readonly workers: readonly WorkerId[] | null
  /** Workers that wait for another track: nobody on the node knows of them. */
  readonly waiting: readonly WorkerId[]
  /** Whether there is anything on the node to be asked about. */
  readonly isAsked: boolean
}

/**
 * The nodes with a worker that has not ended; once all have, every node of the run: STOP then looks for what is left.
 * Errors: `refused` when there is nothing, or the run is not this Drydock's.
 */
export function scopesOf(run: Run, { how, nodes, workers }: StopRequest, record: RunRecord): NodeScope[] {
  if (run.origin === 'foreign') {
    throw new AppError('refused', `The run ${run.id} belongs to ${run.owner?.name ?? 'another Drydock'}.`, {
      hint: 'Stop it where it was started, or take the run over first.',
    })
  }
  const wanted = run.workers.filter(
    worker => (nodes?.includes(worker.node) ?? true) && (workers?.includes(worker.id) ?? true),
  )
  const isOver = !run.workers.some(worker => isActive(worker.state))
  const targets = isOver ? wanted : wanted.filter(worker => isActive(worker.state))
  if (targets.length === 0) throw nothingThere(run, nodes, workers)
  if (how === 'drain') refuseWithoutDrain(record, targets)
  return [...new Set(targets.map(worker => worker.node))].map(node => {
    const here = targets.filter(worker => worker.node === node)
    const waiting = here.filter(isWaiting).map(worker => worker.id)
    const isWhole = run.workers.every(worker => worker.node !== node || wanted.includes(worker))
    return {
      node,
      workers: isWhole ? null : here.map(worker => worker.id).filter(id => !waiting.includes(id)),
      waiting,
      isAsked: here.length > waiting.length,
    }
  })
}

const isWaiting = ({ state, waitsFor }: Worker): boolean => state === 'starting' && waitsFor.length > 0

function nothingThere(
  run: Run,
  nodes: readonly NodeName[] | null,
  workers: readonly WorkerId[] | null,
): AppError {
  const where = nodes?.join(', ') ?? 'any node'
  const whom = workers === null ? '' : ` among ${workers.join(', ')}`
  const active = run.workers.filter(worker => isActive(worker.state))
  const there = [...new Set((active.length > 0 ? active : run.workers).map(worker => worker.node))]
  return new AppError('refused', `The run ${run.id} has nothing to stop on ${where}${whom}.`, {
    hint: `It runs on ${there.join(', ')}.`,
  })
}

function refuseWithoutDrain(record: RunRecord, targets: readonly Worker[]): void {
  const names = targets.map(worker => worker.id)
  if (record.workers.some(({ worker, stop }) => names.includes(worker.id) && stop.drain !== null)) return
  const tracks = [...new Set(targets.map(worker => worker.track))].join(', ')
  throw new AppError('refused', `Nothing of ${tracks} says how to drain.`, {
    hint:
      'Give the track `stop: { drain: { signal: USR1, seconds: 600 } }` in fleet.yaml and start it anew, ' +
      'or press Stop now.',
  })
}

/** A worker's own ladder. One that cannot drain is stopped at once. */
export function ladderOf({ stop }: WorkerRecord, how: StopHow): WorkerLadder {
  if (how === 'force') return { signal: 'KILL', graceSeconds: 0, drain: null }
  const { signal, graceSeconds, drain } = stop
  return { signal, graceSeconds, drain: how === 'drain' ? drain : null }
}

/** What holds for all of them together: the longest that any of them may take. */
export function wholeLadder(
  workers: readonly WorkerRecord[],
  how: StopHow,
): Omit<StopLadder, 'stopId' | 'isPartial'> {
  const ladders = workers.map(worker => ladderOf(worker, how))
  const [first] = ladders
  const drains = ladders.flatMap(({ drain }) => drain ?? [])
  const longest = drains.toSorted((one, other) => other.seconds - one.seconds)[0] ?? null
  return {
    signal: first?.signal ?? 'TERM',
    graceSeconds: Math.max(0, ...ladders.map(({ graceSeconds }) => graceSeconds)),
    drain: longest,
  }
}

/** Whether whoever asks for `workers` asks for all of `others` too. null is everybody. */
export function covers(workers: readonly WorkerId[] | null, others: readonly WorkerId[] | null): boolean {
  return workers === null || (others !== null && others.every(id => workers.includes(id)))
}
