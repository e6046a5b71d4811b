import { setTimeout as sleepFor } from 'node:timers/promises'

/** Time as a parameter, so that tests need not wait for it. */
export interface Clock {
  /** Wall clock, ms since the epoch. */
  nowMs(): number
  /** Never steps back; for durations only. */
  monotonicMs(): number
  /** Ends early, without an error, when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    await sleepFor(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  },
}
