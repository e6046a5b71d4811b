import type { FleetEvent } from '../../contract/events'
import type { EngineClient, EngineConnection } from '../client'

const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 5_000
/**
 * The engine answers with a snapshot at once; one that says nothing for so long is not there. When it has answered
 * before, it may only have nothing to tell: then another connection asks, before anything is called lost.
 */
const SILENCE_MS = 10_000

export interface EngineFeedDeps {
  readonly connect: () => EngineConnection
  /** A new connection; null while there is none. */
  readonly onClient: (client: EngineClient | null) => void
  readonly onBatch: (batch: readonly FleetEvent[]) => void
  /** The display is frozen from now on. */
  readonly onLost: () => void
  /** Waits; ends early when `signal` aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * Keeps the screen fed until `signal` aborts: connects, passes every batch on (the first is a snapshot), and when the
 * stream ends or fails says so and connects again, with back-off.
 */
export async function feedFromEngine(deps: EngineFeedDeps, signal: AbortSignal): Promise<void> {
  let waitMs = FIRST_RETRY_MS
  while (!signal.aborted) {
    const { hasAnswered, isSilent } = await feedOnce(deps, signal)
    if (signal.aborted) return
    if (hasAnswered && isSilent) continue
    deps.onClient(null)
    deps.onLost()
    waitMs = hasAnswered ? FIRST_RETRY_MS : Math.min(waitMs * 2, LAST_RETRY_MS)
    await deps.sleep(waitMs, signal)
  }
}

interface FeedEnd {
  readonly hasAnswered: boolean
  /** Given up because nothing came, not because it ended. */
  readonly isSilent: boolean
}

async function feedOnce(deps: EngineFeedDeps, signal: AbortSignal): Promise<FeedEnd> {
  const connection = deps.connect()
  const giveUp = new AbortController()
  const ended = AbortSignal.any([signal, giveUp.signal])
  let batches = 0
  let isSilent = false
  const watchSilence = async (): Promise<void> => {
    for (let before = -1; !ended.aborted && before !== batches;) {
      before = batches
      await deps.sleep(SILENCE_MS, ended)
    }
    isSilent = !ended.aborted
    giveUp.abort()
  }
  void watchSilence()
  try {
    for await (const batch of await connection.client.events(undefined, { signal: ended })) {
      if (ended.aborted) break
      if (batches === 0) deps.onClient(connection.client)
      batches += 1
      deps.onBatch(batch)
    }
  } catch {
    // Whatever it was, the stream is over, and that is what the caller says.
  } finally {
    giveUp.abort()
    connection.close()
  }
  return { hasAnswered: batches > 0, isSilent }
}
