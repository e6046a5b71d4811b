import { createStore } from 'zustand/vanilla'
import type { LogId, RunId } from '../../contract/ids'
import type { LogSearchEvent } from '../../contract/logs'
import type { FilterInput } from './logFilter'
import type { LogClient } from './logStreams'

export type LogHit = LogSearchEvent['hits'][number]

/** A search over whole logs on disk, and what it has found so far. */
export interface LogSearch {
  readonly status: 'running' | 'done' | 'cancelled' | 'failed'
  readonly run: RunId
  /** null: all of the run. */
  readonly logs: readonly LogId[] | null
  readonly query: FilterInput
  /** Log after log, each from its beginning: rows never move while somebody reads them. */
  readonly hits: readonly LogHit[]
  /** All lines that matched: more than there are hits when there are very many. */
  readonly matched: number
  readonly bytesDone: number
  /** null until the engine has said it. */
  readonly bytesTotal: number | null
  /** Why it failed; null when it did not. */
  readonly problem: string | null
}

/** The one search of a log panel; null while there is none. */
export function createLogSearches() {
  const store = createStore<{ readonly search: LogSearch | null }>(() => ({ search: null }))
  let stop = new AbortController()

  function change(signal: AbortSignal, part: Partial<LogSearch>): void {
    const { search } = store.getState()
    if (!signal.aborted && search !== null) store.setState({ search: { ...search, ...part } })
  }

  async function take(events: AsyncIterable<LogSearchEvent>, signal: AbortSignal): Promise<void> {
    for await (const { hits, ...counts } of events) {
      const known = store.getState().search?.hits ?? []
      change(signal, { ...counts, hits: hits.length === 0 ? known : [...known, ...hits] })
    }
  }

  return {
    store,
    /** Ends the search that is under way, and begins this one. Never rejects: its end is in the store. */
    async start(client: LogClient, asked: Pick<LogSearch, 'run' | 'logs' | 'query'>): Promise<void> {
      stop.abort()
      stop = new AbortController()
      const { signal } = stop
      const begun = { hits: [], matched: 0, bytesDone: 0, bytesTotal: null, problem: null }
      store.setState({ search: { ...asked, ...begun, status: 'running' } })
      const { run, logs, query } = asked
      try {
        const input = { run, logs: logs === null ? null : [...logs], query: { ...query } }
        await take(await client.search(input, { signal }), signal)
        change(signal, { status: 'done' })
      } catch (error) {
        change(signal, { status: 'failed', problem: error instanceof Error ? error.message : String(error) })
      }
    },
    /** Ends it; what it has found stays. */
    cancel(): void {
      if (store.getState().search?.status === 'running') change(stop.signal, { status: 'cancelled' })
      stop.abort()
    },
    /** Ends it and forgets what it has found. */
    clear(): void {
      stop.abort()
      store.setState({ search: null })
    },
  }
}

export type LogSearches = ReturnType<typeof createLogSearches>
