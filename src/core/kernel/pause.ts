import type { Clock } from './clock'

/** A wait that can be cut short from outside. A call that comes while nobody waits cuts the next wait short. */
export function createPause(clock: Clock) {
  let isCalled = false
  let cut = new AbortController()

  return {
    wake(): void {
      isCalled = true
      cut.abort()
    },

    /** Whether it was cut short. Ends early, with false, when `signal` aborts. One at a time. */
    async wait(ms: number, signal: AbortSignal): Promise<boolean> {
      cut = new AbortController()
      if (!isCalled) await clock.sleep(ms, AbortSignal.any([signal, cut.signal]))
      const wasCalled = isCalled && !signal.aborted
      isCalled = false
      return wasCalled
    },
  }
}
