import type { NodeName, RunId } from '../../contract/ids'
import type { Run, RunOwner } from '../../contract/runs'
import { AppError, sentenceOf } from '../kernel/appError'
import type { Intent } from '../kernel/journal'
import type { TaskGroup } from '../kernel/taskGroup'
import type { FleetNodes } from '../nodes/fleetNodes'
import type { Intentions } from './intentions'
import { createNodeAdoption } from './nodeAdoption'
import type { RunBook } from './runBook'

export interface TakeOverDeps {
  readonly book: RunBook
  readonly nodes: FleetNodes
  readonly self: RunOwner
  readonly journal: { readonly open: (intent: Intent<Intentions>) => void }
  readonly settle: (intent: string) => void
  readonly background: TaskGroup
  /** Until the node's link is online, or `signal` aborts. */
  readonly online: (node: NodeName, signal: AbortSignal) => Promise<void>
}

/** Errors: `refused` when the run is another Drydock's: it may be looked at, and not touched. */
export function refuseForeign(book: RunBook, run: RunId): void {
  const { owner } = book.record(run)
  if (owner === null) return
  throw new AppError('refused', `This run belongs to ${owner.name}. Take it over first.`, {
    hint: 'Ask whoever started it, then press Take over.',
  })
}

/** Makes others' runs this Drydock's, on every node where they have workers. */
export function createTakeOver(deps: TakeOverDeps) {
  const { book, nodes, self, journal, settle } = deps

  async function rewrite(run: RunId, from: RunOwner): Promise<void> {
    for (const node of nodesOf(book, run)) {
      const online = nodes.get(node)?.online
      if (online == null) throw refusedFor(book, run, [node])
      try {
        await createNodeAdoption(online).takeOver(run, from, self)
      } catch (error) {
        throw new AppError('refused', `The run was not taken over on ${node}: ${sentenceOf(error)}`, {
          hint: 'Look at the run again, then try once more.',
          cause: error,
        })
      }
    }
    book.setOwner(run, { origin: 'taken-over', owner: null })
  }

  return {
    /** Errors: `not-found`; `refused` when it is nobody else's, or one of its nodes cannot be reached. */
    async takeOver(run: RunId): Promise<Run> {
      const { owner } = book.record(run)
      if (owner === null) {
        throw new AppError('refused', 'This run is already yours.', { hint: 'You can stop it as it is.' })
      }
      const away = nodesOf(book, run).filter(node => nodes.get(node)?.online == null)
      if (away.length > 0) throw refusedFor(book, run, away)
      const id = `take-over ${run}`
      journal.open({ id, body: { kind: 'take-over', run } })
      try {
        await rewrite(run, owner)
      } finally {
        settle(id) // what is half done is seen on the nodes, and can be done again
      }
      return book.get(run)
    },

    /** Ends what an earlier Drydock had begun, once all of the run's nodes can be reached. */
    resume(run: RunId): void {
      deps.background.start(`take-over ${run}`, async signal => {
        for (const node of nodesOf(book, run)) await deps.online(node, signal)
        const { owner } = book.record(run)
        if (signal.aborted) return
        if (owner !== null) await rewrite(run, owner)
        settle(`take-over ${run}`)
      })
    },
  }
}

const nodesOf = (book: RunBook, run: RunId): NodeName[] => [
  ...new Set(book.record(run).workers.map(({ worker }) => worker.node)),
]

function refusedFor(book: RunBook, run: RunId, away: readonly NodeName[]): AppError {
  return new AppError(
    'refused',
    `${book.record(run).plan} runs on ${away.join(', ')} too, which cannot be reached now: a run is taken over as a whole.`,
    { hint: `Reconnect ${away.join(', ')}, then take it over.` },
  )
}
