import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { NodeStop, Run, StopHow, StopReport } from '../../contract/runs'
import type { Intent } from '../kernel/journal'
import type { Intentions } from './intentions'
import type { KillSurvivorDeps } from './killSurvivor'
import { killSurvivor } from './killSurvivor'
import type { NodeIntent, NodeStopsDeps } from './nodeStops'
import { createNodeStops, howOf, intentId } from './nodeStops'
import type { RunBook } from './runBook'
import type { RunRecord } from './runRecord'
import { NEVER_STARTED } from './startWorkers'
import { concluded, neverStartedNode, queuedNode } from './stopReport'
import type { NodeScope, StopRequest } from './stopScope'
import { scopesOf, wholeLadder } from './stopScope'

export interface StopRunsDeps extends NodeStopsDeps, KillSurvivorDeps {
  /** Writes an intent down. A disk that is full must not keep anybody from stopping: it says so, and STOP goes on. */
  readonly writeDown: (intent: Intent<Intentions>) => void
}

export type { StopRequest }

/**
 * STOP with proof. It is written down before the first signal, goes on when the caller goes away, and is taken up
 * again by the next start of Drydock; a node that does not answer keeps it until it does.
 */
export function createStopRuns(deps: StopRunsDeps) {
  const { book, clock, writeDown } = deps
  const stops = createNodeStops(deps)
  const newId = createIds(() => clock.nowMs())

  return {
    /**
     * Answers when every node has an outcome or cannot be reached.
     * Errors: `not-found`; `refused` when the run has nothing there, nobody there can drain, or it is not ours.
     */
    async stop(request: StopRequest, signal: AbortSignal): Promise<Run> {
      const { run, how } = request
      const record = book.record(run)
      const scopes = scopesOf(book.get(run), request, record)
      const intents = scopes
        .filter(scope => scope.isAsked && (how === 'force' || !stops.isUnderWay(run, scope, how)))
        .map(scope => intentOf(request, scope, newId()))
      for (const intent of intents) writeDown({ id: intentId(intent), body: { kind: 'stop', ...intent } })
      endWaiting(book, run, scopes)
      const rows = [...intents.map(({ node }) => queuedNode(node)), ...neverAsked(scopes, clock.nowMs())]
      book.setStop(
        run,
        askedReport(record, rows, { how, workers: askedWorkers(record, scopes) }, clock.nowMs()),
      )
      for (const intent of intents) stops.begin(intent, false)
      while (!signal.aborted && book.record(run).stop?.outcome === 'under-way')
        await stops.settled.wait(signal)
      return book.get(run)
    },

    /**
     * Kills one process that the last STOP has named on this node, if it still is that process.
     * Errors: `refused` when it was not named or is another one by now; `unreachable`.
     */
    killSurvivor: (run: RunId, node: NodeName, pid: number, startTicks: number): Promise<Run> =>
      killSurvivor(deps, { run, node, pid, startTicks }),

    /** Takes up a STOP that an earlier Drydock had begun. */
    resume(intent: NodeIntent): void {
      const record = book.record(intent.run)
      const { stop } = record
      const isKnown = stop?.nodes.some(row => row.node === intent.node && row.phase !== 'verified') ?? false
      if (!isKnown) {
        const asked = { how: howOf(intent), workers: intent.workers }
        book.setStop(intent.run, askedReport(record, [queuedNode(intent.node)], asked, clock.nowMs()))
      }
      stops.begin(intent, true)
    },
  }
}

export type StopRuns = ReturnType<typeof createStopRuns>

/** Times that name a STOP, none of them twice. */
function createIds(nowMs: () => number): () => string {
  let last = 0
  return () => {
    last = Math.max(last + 1, nowMs())
    return String(last)
  }
}

function intentOf({ run, how }: StopRequest, { node, workers }: NodeScope, stopId: string): NodeIntent {
  return {
    run,
    node,
    isForced: how === 'force',
    how,
    workers: workers === null ? null : [...workers],
    stopId,
  }
}

/** Nothing of these is on any node, and will not be. */
const NOT_STARTED = { detail: 'proved · it was not started', end: NEVER_STARTED, waitsFor: [] }

function endWaiting(book: RunBook, run: RunId, scopes: readonly NodeScope[]): void {
  for (const id of scopes.flatMap(({ waiting }) => waiting)) {
    book.note(run, id, { type: 'proved-gone' }, NOT_STARTED)
  }
}

function neverAsked(scopes: readonly NodeScope[], nowMs: number): NodeStop[] {
  return scopes
    .filter(scope => !scope.isAsked)
    .map(({ node, waiting }) => neverStartedNode(node, waiting.length, nowMs))
}

/** Everybody that a STOP is about; null when that is the whole run. */
function askedWorkers(record: RunRecord, scopes: readonly NodeScope[]): WorkerId[] | null {
  const asked = record.workers.filter(({ worker }) =>
    scopes.some(
      scope =>
        scope.node === worker.node &&
        (scope.workers === null || scope.workers.includes(worker.id) || scope.waiting.includes(worker.id)),
    ),
  )
  return asked.length === record.workers.length ? null : asked.map(({ worker }) => worker.id)
}

interface Asked {
  readonly how: StopHow
  readonly workers: readonly WorkerId[] | null
}

/** The report with `rows` for their nodes; what is known of other nodes stays. */
function askedReport(
  record: RunRecord,
  rows: readonly NodeStop[],
  asked: Asked,
  askedAtMs: number,
): StopReport {
  const earlier = record.stop?.outcome === 'under-way' ? record.stop : null
  const kept = record.stop?.nodes.filter(row => !rows.some(({ node }) => node === row.node)) ?? []
  // A STOP that is under way is not forgotten for a smaller one.
  const before = earlier === null ? [] : earlier.workers
  const isWhole = asked.workers === null || (earlier !== null && before == null)
  const workers = isWhole ? null : [...new Set([...(before ?? []), ...(asked.workers ?? [])])]
  const reached = record.workers.filter(({ worker }) => workers?.includes(worker.id) ?? true)
  const report: StopReport = {
    askedAtMs: earlier?.askedAtMs ?? askedAtMs,
    graceSeconds: wholeLadder(reached, asked.how).graceSeconds,
    isForced: asked.how === 'force',
    workers,
    nodes: [...kept, ...rows],
    outcome: 'under-way',
    summary: null,
    endedAtMs: null,
  }
  return concluded(report, askedAtMs)
}
