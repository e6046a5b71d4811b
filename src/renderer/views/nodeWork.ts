import type { NodeName, PlanName, RunId, WorkerId } from '../../contract/ids'
import type { ModeName } from '../../contract/mode'
import type { Run, Worker, WorkerState } from '../../contract/runs'
import { etaMs, timeLeft } from '../format'

/** What a node is doing for the newest active run on it. */
export interface NodeWork {
  readonly run: RunId
  readonly plan: PlanName
  readonly state: WorkerState
  /** Active ones on this node, over all its runs. */
  readonly workers: number
  readonly mode: ModeName
  /** How long the slowest worker needs from now; null when it cannot be said. */
  readonly etaMs: number | null
  /** When a worker last reported a step (epoch ms); null before the first. */
  readonly lastStepAtMs: number | null
  /** The newest active worker here: whose log to show. */
  readonly worker: WorkerId
}

export const isActive = (state: WorkerState): boolean =>
  state === 'starting' || state === 'running' || state === 'stopping' || state === 'unknown'

/** Pure: which node works for what. One pass over the active runs, newest first. */
export function workByNode(runs: readonly Run[]): ReadonlyMap<NodeName, NodeWork> {
  const work = new Map<NodeName, NodeWork>()
  for (const run of runs) {
    if (!isActive(run.state)) continue
    for (const worker of run.workers) {
      if (isActive(worker.state)) work.set(worker.node, added(work.get(worker.node), run, worker))
    }
  }
  return work
}

function added(known: NodeWork | undefined, run: Run, worker: Worker): NodeWork {
  const eta = worker.progress === null ? null : etaMs(worker.progress)
  const lastStepAtMs = worker.progress?.atMs ?? null
  if (known === undefined) {
    const { id, plan, mode } = run
    return {
      run: id,
      plan,
      state: worker.state,
      workers: 1,
      mode,
      etaMs: eta,
      lastStepAtMs,
      worker: worker.id,
    }
  }
  return {
    ...known,
    workers: known.workers + 1,
    state: worst(known.state, worker.state),
    etaMs: largest(known.etaMs, eta),
    lastStepAtMs: largest(known.lastStepAtMs, lastStepAtMs),
  }
}

/** A card says only that no step came for minutes: it need not be drawn again for every step. */
const STEP_NEWS_MS = 30_000

/** The same work to the eye, so that a card need not draw itself again. */
export function isSameWork(one: NodeWork | undefined, other: NodeWork | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return (
    one.run === other.run &&
    one.state === other.state &&
    one.workers === other.workers &&
    one.worker === other.worker &&
    one.mode === other.mode &&
    shownEta(one) === shownEta(other) &&
    isNear(one.lastStepAtMs, other.lastStepAtMs)
  )
}

const shownEta = ({ etaMs }: NodeWork): string | null => (etaMs === null ? null : timeLeft(etaMs))
const isNear = (one: number | null, other: number | null): boolean =>
  one === null || other === null ? one === other : Math.abs(one - other) < STEP_NEWS_MS

const LOUDNESS: readonly WorkerState[] = ['running', 'starting', 'stopping', 'unknown']
const worst = (one: WorkerState, other: WorkerState): WorkerState =>
  LOUDNESS.indexOf(one) >= LOUDNESS.indexOf(other) ? one : other
const largest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other)
