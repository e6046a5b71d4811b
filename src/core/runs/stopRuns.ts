import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { NodeStop, Run, StopHow, StopReport } from '../../contract/runs'
import type { StopLadder } from '../engines/engine'
import { createBell } from '../kernel/bell'
import { AppError } from '../kernel/appError'
import type { Intent } from '../kernel/journal'
import type { TaskGroup } from '../kernel/taskGroup'
import type { Intentions } from './intentions'
import type { RunRecord, WorkerRecord } from './runRecord'
import type { StopNodeDeps } from './stopNode'
import { stopNode } from './stopNode'
import { concluded, queuedNode } from './stopReport'
import { stopWaiting } from './waiting'
import { isActive } from './workerState'

export interface StopRunsDeps extends StopNodeDeps {
  /** Writes an intent down. A disk that is full must not keep anybody from stopping: it says so, and STOP goes on. */
  readonly writeDown: (intent: Intent<Intentions>) => void
  readonly settle: (intent: string) => void
  readonly background: TaskGroup
}

export interface StopRequest {
  readonly run: RunId
  readonly how: StopHow
  /** null: wherever the run has workers. */
  readonly nodes: readonly NodeName[] | null
  /** null: all of them. */
  readonly workers: readonly WorkerId[] | null
}

/**
 * STOP with proof. It is written down before the first signal, goes on when the caller goes away, and is taken up
 * again by the next start of Drydock; a node that does not answer keeps it until it does.
 */
export function createStopRuns(deps: StopRunsDeps) {
  const { book, clock, writeDown } = deps
  const stops = createNodeStops(deps)

  return {
    /**
     * Answers when every node has an outcome or cannot be reached.
     * Errors: `not-found`; `refused` when the run has nothing on the nodes that are named.
     */
    async stop({ run, how, nodes, workers }: StopRequest, signal: AbortSignal): Promise<Run> {
      const force = how === 'force'
      const waited = stopWaiting(book, run, nodes, workers)
      // With nobody but waiting ones there is no node to ask.
      const targets =
        waited.length > 0 && !isAnyActive(book.get(run), nodes) ? [] : targetsOf(book.get(run), nodes)
      const fresh = targets.filter(node => force || !stops.isUnderWay(run, node))
      const stopId = String(clock.nowMs())
      for (const node of fresh) {
        writeDown({ id: `stop ${run} ${node}`, body: { kind: 'stop', run, node, isForced: force, stopId } })
      }
      book.setStop(run, askedReport(book.record(run), fresh, force, clock.nowMs()))
      for (const node of fresh) stops.begin({ run, node, isForced: force, stopId }, false)
      while (!signal.aborted && book.record(run).stop?.outcome === 'under-way')
        await stops.settled.wait(signal)
      return book.get(run)
    },

    /** Kills one process that a STOP has named, if it still is that process. */
    async killSurvivor(_run: RunId, _node: NodeName, _pid: number, _startTicks: number): Promise<Run> {
      throw new AppError('refused', 'Not built yet.')
    },

    /** Takes up a STOP that an earlier Drydock had begun. */
    resume(intent: NodeIntent): void {
      const { stop } = book.record(intent.run)
      const isKnown = stop?.nodes.some(row => row.node === intent.node && row.phase !== 'verified') ?? false
      if (!isKnown) {
        book.setStop(
          intent.run,
          askedReport(book.record(intent.run), [intent.node], intent.isForced, clock.nowMs()),
        )
      }
      stops.begin(intent, true)
    },
  }
}

/** The STOPs that are under way: at most one a node and run. */
function createNodeStops(deps: StopRunsDeps) {
  const { book, clock, settle, background } = deps
  const settled = createBell()
  /** By `<run> <node>`. */
  const tasks = new Map<string, AbortController>()

  function rowOf(run: RunId, node: NodeName): NodeStop {
    return book.record(run).stop?.nodes.find(one => one.node === node) ?? queuedNode(node)
  }

  function update(run: RunId, row: NodeStop): void {
    const { stop } = book.record(run)
    if (stop === null) return
    const nodes = stop.nodes.map(one => (one.node === row.node ? row : one))
    book.setStop(run, concluded({ ...stop, nodes }, clock.nowMs()))
    settled.ring()
  }

  return {
    settled,
    isUnderWay: (run: RunId, node: NodeName): boolean => tasks.has(`${run} ${node}`),

    /** Takes the place of the one that is under way there, if there is one. */
    begin({ run, node, isForced, stopId }: NodeIntent, isResumed: boolean): void {
      const key = `${run} ${node}`
      tasks.get(key)?.abort()
      const own = new AbortController()
      tasks.set(key, own)
      const workers = book.workersOn(run, node)
      for (const { worker } of workers) book.note(run, worker.id, { type: 'stop-sent' })
      const ladder = { ...ladderOf(workers, isForced), stopId }
      const row = (): NodeStop => rowOf(run, node)
      const change = (next: NodeStop): void => (own.signal.aborted ? undefined : update(run, next))
      background.start(`stop ${run} on ${node}`, async signal => {
        const either = AbortSignal.any([signal, own.signal])
        try {
          await stopNode(deps, { run, node, ladder, isForced, isResumed, row, update: change }, either)
        } finally {
          if (tasks.get(key) === own) tasks.delete(key)
          // Ended with Drydock, it stays open and is taken up by the next one.
          if (!either.aborted) settle(`stop ${key}`)
        }
      })
    },
  }
}

export type StopRuns = ReturnType<typeof createStopRuns>

type NodeIntent = Omit<Extract<Intentions, { readonly kind: 'stop' }>, 'kind'>

function isAnyActive(run: Run, nodes: readonly NodeName[] | null): boolean {
  return run.workers.some(({ node, state }) => isActive(state) && (nodes?.includes(node) ?? true))
}

/** Nodes with a worker that has not ended; once all have, every node of the run: STOP then looks for what is left. */
function targetsOf(run: Run, wanted: readonly NodeName[] | null): NodeName[] {
  const active = run.workers.filter(worker => isActive(worker.state))
  const nodes = (active.length > 0 ? active : run.workers).map(worker => worker.node)
  const targets = [...new Set(nodes)].filter(node => wanted === null || wanted.includes(node))
  if (targets.length === 0) {
    throw new AppError(
      'refused',
      `The run ${run.id} has nothing to stop on ${wanted?.join(', ') ?? 'any node'}.`,
      {
        hint: `It runs on ${[...new Set(nodes)].join(', ')}.`,
      },
    )
  }
  return targets
}

/** One ladder a node: the signal of its first track, and the longest grace that any of them wants. */
function ladderOf(workers: readonly WorkerRecord[], isForced: boolean): Omit<StopLadder, 'stopId'> {
  const signal = workers[0]?.stop.signal ?? 'TERM'
  const graceSeconds = Math.max(0, ...workers.map(worker => worker.stop.graceSeconds))
  return isForced ? { signal: 'KILL', graceSeconds: 0, drain: null } : { signal, graceSeconds, drain: null }
}

/** The report with the `fresh` nodes queued; what is known of other nodes stays. */
function askedReport(
  record: RunRecord,
  fresh: readonly NodeName[],
  isForced: boolean,
  askedAtMs: number,
): StopReport {
  const kept = record.stop?.nodes.filter(row => !fresh.includes(row.node)) ?? []
  const report: StopReport = {
    askedAtMs: record.stop?.outcome === 'under-way' ? record.stop.askedAtMs : askedAtMs,
    graceSeconds: ladderOf(record.workers, isForced).graceSeconds,
    isForced,
    nodes: [...kept, ...fresh.map(queuedNode)],
    outcome: 'under-way',
    summary: null,
    endedAtMs: null,
  }
  return concluded(report, askedAtMs)
}
