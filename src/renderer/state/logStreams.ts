import type { LogLines } from '../../contract/logs'
import type { EngineClient } from '../client'
import type { LogSource } from './logEntry'

/** The part of the engine that logs need. */
export type LogClient = Pick<EngineClient['logs'], 'follow' | 'read' | 'search' | 'lineAt'>

export interface LogProblem {
  readonly source: LogSource
  readonly message: string
}

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 8_000

interface LogStreamsDeps {
  /** Waits; ends early when `signal` aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly nextLineOf: (source: LogSource) => number
  readonly onLines: (source: LogSource, batch: LogLines) => void
  /** null: it works again. */
  readonly onProblem: (source: LogSource, problem: LogProblem | null) => void
}

/**
 * One open follow stream for every source that is shown, and none for any other.
 * A stream that ends or fails is opened again from the next line, with back-off, until its source is not shown any more.
 */
export function createLogStreams(deps: LogStreamsDeps) {
  const open = new Map<LogSource, AbortController>()

  async function keepFollowing(client: LogClient, source: LogSource, signal: AbortSignal): Promise<void> {
    for (let waitMs = FIRST_RETRY_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LAST_RETRY_MS)) {
      const from = deps.nextLineOf(source)
      try {
        await followOnce(client, source, signal)
        deps.onProblem(source, null)
      } catch (error) {
        if (signal.aborted) return
        deps.onProblem(source, { source, message: error instanceof Error ? error.message : String(error) })
      }
      if (deps.nextLineOf(source) > from) waitMs = FIRST_RETRY_MS
      await deps.sleep(waitMs, signal)
    }
  }

  async function followOnce(client: LogClient, source: LogSource, signal: AbortSignal): Promise<void> {
    const { run, log } = source
    const batches = await client.follow({ run, log, fromLine: deps.nextLineOf(source) }, { signal })
    for await (const batch of batches) {
      if (signal.aborted) return
      deps.onProblem(source, null)
      deps.onLines(source, batch)
    }
  }

  function close(source: LogSource): void {
    open.get(source)?.abort()
    open.delete(source)
  }

  return {
    /** Opens what is missing and closes what is too much. With another client: all anew. */
    show(client: LogClient, sources: readonly LogSource[]): void {
      for (const source of open.keys()) if (!sources.includes(source)) close(source)
      for (const source of sources) {
        if (open.has(source)) continue
        const stop = new AbortController()
        open.set(source, stop)
        void keepFollowing(client, source, stop.signal)
      }
    },
    closeAll(): void {
      for (const source of open.keys()) close(source)
    },
    /** How many streams are open: a test asserts that it is none at the end. */
    get count() {
      return open.size
    },
  }
}
