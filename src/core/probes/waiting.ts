import type { Clock } from '../kernel/clock'

/** Timers take no more than 31 bits; 24 days stand for ever. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1
/** Nobody reads it. Without a reason of its own every abort would make an error with a stack. */
const DECIDED = 'decided'

/** `null` when `ms` passed first. The promise stays whole: it can be waited for again. */
export async function within<T>(
  promise: Promise<T>,
  clock: Clock,
  ms: number,
  signal: AbortSignal,
): Promise<{ readonly value: T } | null> {
  const decided = new AbortController()
  const forward = (): void => decided.abort(DECIDED)
  signal.addEventListener('abort', forward, { once: true })
  if (signal.aborted) forward()
  try {
    return await Promise.race([
      promise.then(value => ({ value })),
      clock.sleep(Math.min(ms, LONGEST_SLEEP_MS), decided.signal).then(() => null),
    ])
  } finally {
    forward()
    signal.removeEventListener('abort', forward)
  }
}

/** 1 s, 2 s, 4 s … 30 s; from 1 s again after a success. */
export function createBackOff(): { nextMs(): number; reset(): void } {
  let failures = 0
  return {
    nextMs: () => Math.min(30_000, 1_000 * 2 ** Math.min(failures++, 5)),
    reset: () => {
      failures = 0
    },
  }
}

/** A CPU share needs two readings: the second is asked for so soon that the first gauge comes at once. */
const SECOND_AFTER_MS = 250
/**
 * From then on turns begin on a grid that all nodes share, so that a hundred of them wake this process twenty times a
 * second and not a hundred times, and yet do not all answer in the same moment.
 */
const GRID_MS = 50

/**
 * Paces work at one turn a period. It waits from one due time to the next, not from the end of a turn, so nothing
 * drifts; a turn that took longer than its period is followed by the next at once, which then sets the time. Only a
 * period of whole grid steps is put on the grid.
 */
export function createPacer(clock: Clock, periodMs: number): { next(signal: AbortSignal): Promise<void> } {
  const gridMs = periodMs % GRID_MS === 0 ? GRID_MS : 0
  let dueMs = clock.monotonicMs()
  let turn = 0
  return {
    async next(signal) {
      turn += 1
      dueMs = turn === 1 ? dueMs + Math.min(SECOND_AFTER_MS, periodMs) : onGrid(dueMs + periodMs, gridMs)
      const nowMs = clock.monotonicMs()
      if (dueMs > nowMs) await clock.sleep(dueMs - nowMs, signal)
      else dueMs = nowMs
    },
  }
}

const onGrid = (dueMs: number, gridMs: number): number =>
  gridMs === 0 ? dueMs : Math.ceil(dueMs / gridMs) * gridMs
