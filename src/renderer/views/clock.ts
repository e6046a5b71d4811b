import { createContext, use, useSyncExternalStore } from 'react'

/** Where views get the time from. The gallery's stands still, so its pictures are the same every time. */
export interface Clock {
  readonly nowMs: () => number
  /** Called once a second while somebody listens. Returns its own removal. */
  readonly subscribe: (listener: () => void) => () => void
}

const TICK_MS = 1000

/** The wall clock, in steps of a second: one timer for the whole window, and none while nothing shows an age. */
export function createWallClock(): Clock {
  const listeners = new Set<() => void>()
  let now = Date.now()
  let timer: ReturnType<typeof setInterval> | undefined
  const tick = (): void => {
    now = Date.now()
    listeners.forEach(listener => listener())
  }
  return {
    nowMs() {
      // Nobody ticks it yet: keep it no older than a tick, and the same for everything that is drawn together.
      if (listeners.size === 0 && Date.now() - now >= TICK_MS) now = Date.now()
      return now
    },
    subscribe(listener) {
      if (listeners.size === 0) {
        now = Date.now()
        timer = setInterval(tick, TICK_MS)
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) clearInterval(timer)
      }
    },
  }
}

export const fixedClock = (atMs: number): Clock => ({ nowMs: () => atMs, subscribe: () => () => {} })

const ClockContext = createContext<Clock>(createWallClock())
export const ClockProvider = ClockContext.Provider

/** What `select` makes of the time. Draws again only when that changes, so return a text or a number, not an object. */
export function useClock<T extends string | number | boolean | null>(select: (nowMs: number) => T): T {
  const clock = use(ClockContext)
  return useSyncExternalStore(clock.subscribe, () => select(clock.nowMs()))
}

/** For what asks the time now and then, without being drawn again because of it. */
export const useTime = (): (() => number) => use(ClockContext).nowMs
