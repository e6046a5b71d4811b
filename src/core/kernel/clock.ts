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
  // By hand: the sleep of node:timers/promises makes an error with a stack whenever it is cut short, and a hundred
  // nodes cut hundreds short every second (measured: a tenth of the engine's work at rest).
  async sleep(ms, signal) {
    if (signal.aborted) return
    await new Promise<void>(resolve => {
      const timer = setTimeout(end, ms)
      function end(): void {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
      signal.addEventListener('abort', end, { once: true })
    })
  },
}
