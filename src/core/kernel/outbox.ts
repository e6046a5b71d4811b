import { createBell } from './bell'

const MAX_QUEUED = 5_000

/**
 * Collects what one reader is to be told and hands it over in batches.
 * `newest` keeps one value a key, because an old reading has no worth; `queue` keeps all in order. A reader who falls
 * far behind gets `resync` instead of a queue without end.
 */
export function createOutbox<T>(resync: () => T) {
  const newest = new Map<string, T>()
  let queued: T[] = []
  const bell = createBell()

  return {
    newest(key: string, value: T): void {
      newest.set(key, value)
      bell.ring()
    },

    queue(value: T): void {
      queued.push(value)
      if (queued.length > MAX_QUEUED) queued = [resync()]
      bell.ring()
    },

    /** All that has come since the last call: the ordered ones first. */
    take(): T[] {
      const batch = [...queued, ...newest.values()]
      queued = []
      newest.clear()
      return batch
    },

    /** Until there is something to take, or `signal` aborts. */
    async waiting(signal: AbortSignal): Promise<void> {
      if (newest.size + queued.length > 0 || signal.aborted) return
      await bell.wait(signal)
    },
  }
}

export type Outbox<T> = ReturnType<typeof createOutbox<T>>
