import type { Clock } from '../kernel/clock'

/** A wait that can be cut short from outside. One at a time. */
export interface WakeablePause {
  /** Until `ms` are over, `wake` is called or `signal` aborts; with null only for the latter two. Never rejects. */
  wait(ms: number | null, signal: AbortSignal): Promise<void>
  /** Does nothing when nobody waits. */
  wake(): void
}

export function createWakeablePause(clock: Clock): WakeablePause {
  let wake = (): void => {}

  return {
    wake: () => wake(),
    async wait(ms, signal) {
      const stop = new AbortController()
      const end = (): void => stop.abort()
      signal.addEventListener('abort', end, { once: true })
      wake = end
      if (signal.aborted) end()
      await (ms === null ? aborted(stop.signal) : clock.sleep(ms, stop.signal))
      signal.removeEventListener('abort', end)
      wake = () => {}
    },
  }
}

/** What `work` gives, or null as soon as `signal` aborts. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const forget = new AbortController()
  try {
    return await Promise.race([work, aborted(signal, forget.signal).then(() => null)])
  } finally {
    forget.abort()
  }
}

function aborted(signal: AbortSignal, forget?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    const options = forget === undefined ? { once: true } : { once: true, signal: forget }
    signal.addEventListener('abort', () => resolve(), options)
  })
}
