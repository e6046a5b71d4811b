import type { NodeName, RunId } from '../../contract/ids'
import type { NodeStop, StopHow } from '../../contract/runs'
import { createBell } from '../kernel/bell'
import type { TaskGroup } from '../kernel/taskGroup'
import type { Intentions } from './intentions'
import type { WorkerRecord } from './runRecord'
import type { StopNodeDeps } from './stopNode'
import { stopNode } from './stopNode'
import { concluded, goingOn, joinedRow, queuedNode } from './stopReport'
import type { NodeScope } from './stopScope'
import { covers, ladderOf, wholeLadder } from './stopScope'
import { isActive } from './workerState'

export interface NodeStopsDeps extends StopNodeDeps {
  readonly settle: (intent: string) => void
  readonly background: TaskGroup
}

/** STOP of some workers of a run on one node, as it is written down. */
export type NodeIntent = Omit<Extract<Intentions, { readonly kind: 'stop' }>, 'kind'>

interface Task {
  readonly intent: NodeIntent
  readonly own: AbortController
  /** How far this one is. The node's row in the report is that of all its tasks together. */
  row: NodeStop
  isOver: boolean
}

const STRENGTH: readonly StopHow[] = ['drain', 'stop', 'force']

export const howOf = ({ how, isForced }: NodeIntent): StopHow => how ?? (isForced ? 'force' : 'stop')

/** Names the intent: one for each set of workers. */
export const intentId = ({ run, node, workers }: Pick<NodeIntent, 'run' | 'node' | 'workers'>): string =>
  `stop ${run} ${node}${workers === null ? '' : ` ${workers.toSorted().join('+')}`}`

/** The STOPs that are under way: one for each run, node and set of workers. One for more workers takes the others over. */
export function createNodeStops(deps: NodeStopsDeps) {
  const { settle, background } = deps
  const settled = createBell()
  /** By `<run> <node>`; those that are over stay until all are. */
  const tasks = new Map<string, readonly Task[]>()

  /** Lets go of those that this one takes over. */
  function takeOver(intent: NodeIntent): readonly Task[] {
    const kept: Task[] = []
    for (const task of tasks.get(`${intent.run} ${intent.node}`) ?? []) {
      if (!covers(intent.workers, task.intent.workers)) {
        kept.push(task)
        continue
      }
      task.own.abort()
      if (!task.isOver && intentId(task.intent) !== intentId(intent)) settle(intentId(task.intent))
    }
    return kept
  }

  return {
    settled,

    /** Whether what this scope asks for is being done already, as hard or harder. */
    isUnderWay: (run: RunId, { node, workers }: NodeScope, how: StopHow): boolean =>
      (tasks.get(`${run} ${node}`) ?? []).some(
        ({ intent, isOver }) =>
          !isOver &&
          covers(intent.workers, workers) &&
          STRENGTH.indexOf(howOf(intent)) >= STRENGTH.indexOf(how),
      ),

    begin(intent: NodeIntent, isResumed: boolean): void {
      const { run, node } = intent
      const key = `${run} ${node}`
      const task: Task = { intent, own: new AbortController(), row: queuedNode(node), isOver: false }
      tasks.set(key, [...takeOver(intent), task])
      for (const { worker } of workersOf(deps, intent)) deps.book.note(run, worker.id, { type: 'stop-sent' })
      const change = (row: NodeStop): void => {
        if (task.own.signal.aborted) return
        task.row = row
        tell(deps, run, node, tasks.get(key) ?? [task])
        settled.ring()
      }
      background.start(`stop ${run} on ${node}`, async signal => {
        const either = AbortSignal.any([signal, task.own.signal])
        try {
          await stopNode(deps, nodeTask(deps, task, isResumed, change), either)
        } finally {
          task.isOver = true
          if (tasks.get(key)?.every(({ isOver }) => isOver) === true) tasks.delete(key)
          // Ended with Drydock, it stays open and is taken up by the next one.
          if (!either.aborted) settle(intentId(intent))
        }
      })
    },
  }
}

function nodeTask(
  deps: NodeStopsDeps,
  { intent, row }: Task,
  isResumed: boolean,
  change: (row: NodeStop) => void,
) {
  const { run, node, stopId, workers } = intent
  const how = howOf(intent)
  let latest = row
  const ladder = { ...wholeLadder(workersOf(deps, intent), how), stopId, isPartial: workers !== null }
  return {
    run,
    node,
    ladder,
    isForced: how === 'force',
    isResumed,
    workers: () =>
      workersOf(deps, intent).map(record => ({
        worker: record.worker.id,
        identity: record.worker.identity,
        ladder: ladderOf(record, how),
      })),
    row: () => latest,
    update(next: NodeStop) {
      latest = next
      change(next)
    },
  }
}

function workersOf({ book }: NodeStopsDeps, { run, node, workers }: NodeIntent): WorkerRecord[] {
  return book.workersOn(run, node).filter(({ worker }) => workers?.includes(worker.id) ?? true)
}

function tell({ book, clock }: NodeStopsDeps, run: RunId, node: NodeName, tasks: readonly Task[]): void {
  const { stop, workers } = book.record(run)
  if (stop === null) return
  const here = workers.filter(({ worker }) => worker.node === node).length
  const row = joinedRow(
    tasks.map(task => ({ row: task.row, asked: task.intent.workers?.length ?? null })),
    here,
  )
  const nodes = stop.nodes.map(one => (one.node === node && row !== null ? row : one))
  const others = workers.filter(({ worker }) => isActive(worker.state) && worker.state !== 'stopping')
  book.setStop(run, goingOn(concluded({ ...stop, nodes }, clock.nowMs()), others.length))
}
