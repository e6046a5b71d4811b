import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { RunOwner } from '../../contract/runs'
import type { FoundRun } from '../engines/adoptionAnswers'
import { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import { createPause } from '../kernel/pause'
import { createTaskGroup } from '../kernel/taskGroup'
import type { FleetNode, FleetNodes } from '../nodes/fleetNodes'
import { foundRecord, foundWorker, readSpec } from './foundRun'
import type { NodeAdoption } from './nodeAdoption'
import { createNodeAdoption } from './nodeAdoption'
import type { RunBook } from './runBook'

const RUNS_PERIOD_MS = 60_000
/** Somebody who has taken a run over must not be crossed for long. */
const OWNERS_PERIOD_MS = 2_000
/** The owner that a run's folder of an older Drydock does not name. */
const UNKNOWN: RunOwner = { app: '', name: 'unknown' }

export interface DiscoveryDeps {
  readonly book: RunBook
  readonly nodes: FleetNodes
  readonly clock: Clock
  /** This Drydock. */
  readonly self: RunOwner
  readonly onCrash: (name: string, error: unknown) => void
  /** There are new workers on this node: look at them now. */
  readonly onFound: (node: NodeName) => void
}

/**
 * Finds the runs that lie on a node and are not in the book, when its link comes up and every minute after: this
 * Drydock's own (its database was lost) become its own again, others' are shown and not touched. And notices when a
 * run has got another owner.
 */
export function createDiscovery(deps: DiscoveryDeps) {
  const { nodes, clock } = deps
  const group = createTaskGroup(deps.onCrash)
  const sessions = new Map<NodeName, { readonly online: object; readonly over: AbortController }>()
  const ownership = createOwnership(deps)

  function sync({ config: { name }, online }: FleetNode): void {
    const current = sessions.get(name)
    if (current?.online === online) return
    current?.over.abort()
    sessions.delete(name)
    if (online === null) return
    const over = new AbortController()
    sessions.set(name, { online, over })
    group.start(`discovery on ${name}`, signal =>
      keepLooking(name, createNodeAdoption(online), AbortSignal.any([signal, over.signal])),
    )
  }

  async function keepLooking(node: NodeName, calls: NodeAdoption, signal: AbortSignal): Promise<void> {
    const pause = createPause(clock)
    let dueMs = clock.monotonicMs()
    while (!signal.aborted) {
      try {
        if (clock.monotonicMs() >= dueMs) {
          await lookForRuns(deps, node, calls)
          dueMs = clock.monotonicMs() + RUNS_PERIOD_MS
        }
        await ownership.look(node, calls)
      } catch (error) {
        dueMs = clock.monotonicMs() + RUNS_PERIOD_MS
        // A link that dies under a question is told by the link itself.
        if (!(error instanceof AppError && error.code === 'unreachable')) {
          deps.onCrash(`discovery on ${node}`, error)
        }
      }
      await pause.wait(OWNERS_PERIOD_MS, signal)
    }
  }

  const forget = nodes.onLink(sync)
  for (const node of nodes.list()) sync(node)

  return {
    async [Symbol.asyncDispose](): Promise<void> {
      forget()
      await group[Symbol.asyncDispose]()
    },
  }
}

/** What is known of who a run belongs to. A run on several nodes is this Drydock's when all of them say so. */
function createOwnership({ book, self }: DiscoveryDeps) {
  /** Nodes that name this Drydock as the owner of a run that the book calls foreign. */
  const ours = new Map<RunId, Set<NodeName>>()

  function take(node: NodeName, run: RunId, owner: RunOwner): void {
    if (owner.app !== self.app) {
      ours.delete(run)
      book.setOwner(run, { origin: 'foreign', owner })
      return
    }
    const agreed = (ours.get(run) ?? new Set()).add(node)
    ours.set(run, agreed)
    if (!book.record(run).workers.every(({ worker }) => agreed.has(worker.node))) return
    ours.delete(run)
    book.setOwner(run, { origin: 'taken-over', owner: null })
  }

  return {
    /** Of the runs that go on on a node. */
    async look(node: NodeName, calls: NodeAdoption): Promise<void> {
      const runs = new Set(
        book.active().flatMap(({ run, record }) => (record.worker.node === node ? [run] : [])),
      )
      if (runs.size === 0) return
      const known = [...runs].map(run => [run, book.record(run).owner?.app ?? self.app] as const)
      for (const { run, owner } of await calls.owners(known)) take(node, run, owner)
    },
  }
}

/** The book's own runs on this node are known; others' may have got workers since. */
async function lookForRuns(deps: DiscoveryDeps, node: NodeName, calls: NodeAdoption): Promise<void> {
  const { book } = deps
  const known = book
    .list()
    .filter(run => run.origin !== 'foreign' && run.workers.some(worker => worker.node === node))
  for (const found of await calls.runs(known.map(run => run.id))) await enter(deps, node, calls, found)
}

async function enter(
  { book, clock, self, onFound }: DiscoveryDeps,
  node: NodeName,
  calls: NodeAdoption,
  { run, owner, workers }: FoundRun,
): Promise<void> {
  const isNew = (id: WorkerId): boolean =>
    !book.has(run) || !book.record(run).workers.some(({ worker }) => worker.id === id)
  const fresh = workers.filter(({ worker }) => isNew(worker))
  const specs = await Promise.all(
    fresh.map(async ({ worker }) => readSpec(worker, await calls.spec(run, worker))),
  )
  const nowMs = clock.nowMs()
  // Asked again: a START may have written them down meanwhile.
  const records = fresh.flatMap(({ worker }, i) => {
    const spec = specs[i]
    return spec !== undefined && isNew(worker) ? [foundWorker(worker, node, spec, nowMs)] : []
  })
  const [spec] = specs
  if (records.length === 0 || spec === undefined) return
  if (book.has(run)) {
    const record = book.record(run)
    book.add({ ...record, workers: [...record.workers, ...records] })
  } else {
    const foreign = owner?.app === self.app ? null : (owner ?? UNKNOWN)
    book.add(foundRecord(run, foreign, spec, records, nowMs))
  }
  onFound(node)
}
