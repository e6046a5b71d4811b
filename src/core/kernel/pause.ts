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
      const own = new AbortController()
      cut = own
      // By hand: what AbortSignal.any makes stays with a long-lived signal for as long as that lives.
      const end = (): void => own.abort()
      signal.addEventListener('abort', end, { once: true })
      if (!isCalled && !signal.aborted) await clock.sleep(ms, own.signal)
      signal.removeEventListener('abort', end)
      const wasCalled = isCalled && !signal.aborted
      isCalled = false
      return wasCalled
    },
  }
}
