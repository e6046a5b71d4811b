import { setMaxListeners } from 'node:events'

/** Owns background work: one signal for all of it; its disposal waits until all of it has really ended. */
export interface TaskGroup extends AsyncDisposable {
  readonly signal: AbortSignal
  /** Work that is under way, by name: a test asserts that it is empty at the end. */
  readonly running: readonly string[]
  start(name: string, work: (signal: AbortSignal) => Promise<void>): void
}

export function createTaskGroup(
  onCrash: (name: string, error: unknown) => void,
  parent?: AbortSignal,
): TaskGroup {
  const stop = new AbortController()
  const signal = parent === undefined ? stop.signal : AbortSignal.any([parent, stop.signal])
  setMaxListeners(0, signal) // every task of the group may listen
  const running = new Map<Promise<void>, string>()

  async function guard(name: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await work(signal)
    } catch (error) {
      if (!signal.aborted) onCrash(name, error)
    }
  }

  return {
    signal,
    get running() {
      return [...running.values()]
    },
    start(name, work) {
      if (signal.aborted) return
      const task = guard(name, work).finally(() => running.delete(task))
      running.set(task, name)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.allSettled(running.keys())
    },
  }
}
