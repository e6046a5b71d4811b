/**
 * Lets at most `max` pieces of work run at once for one key; the others wait in order. A server that is asked by too
 * many at once refuses some (MaxStartups).
 */
export function createConnectLimit(max: number) {
  const inFlight = new Map<string, number>()
  const waiting = new Map<string, (() => void)[]>()

  async function enter(key: string, signal: AbortSignal): Promise<void> {
    const count = inFlight.get(key) ?? 0
    if (count < max) {
      inFlight.set(key, count + 1)
      return
    }
    await new Promise<void>((resolve, reject) => {
      const queue = waiting.get(key) ?? []
      const go = (): void => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        queue.splice(queue.indexOf(go), 1)
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
      }
      queue.push(go)
      waiting.set(key, queue)
      signal.addEventListener('abort', giveUp, { once: true })
    })
  }

  function leave(key: string): void {
    // The place goes to the next one, so the count stays.
    const next = waiting.get(key)?.shift()
    if (next !== undefined) return next()
    waiting.delete(key)
    const count = (inFlight.get(key) ?? 1) - 1
    if (count === 0) inFlight.delete(key)
    else inFlight.set(key, count)
  }

  return async function limited<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    await enter(key, signal)
    try {
      return await work()
    } finally {
      leave(key)
    }
  }
}
