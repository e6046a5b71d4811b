/** Something that can be waited for again and again: `ring` ends every wait that is under way. */
export function createBell() {
  const waiting = new Set<() => void>()

  return {
    /** How many wait right now. */
    get listeners() {
      return waiting.size
    },

    ring(): void {
      for (const wake of waiting) wake()
    },

    /** Ends at the next ring or when `signal` aborts; never rejects. */
    async wait(signal: AbortSignal): Promise<void> {
      if (signal.aborted) return
      await new Promise<void>(resolve => {
        const done = (): void => {
          signal.removeEventListener('abort', done)
          waiting.delete(done)
          resolve()
        }
        waiting.add(done)
        signal.addEventListener('abort', done, { once: true })
      })
    },
  }
}
