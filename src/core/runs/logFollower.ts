import { createBell } from '../kernel/bell'
import type { Clock } from '../kernel/clock'
import { createPause } from '../kernel/pause'
import type { LocalLog } from './localLog'

/** One read: large enough for bulk, small enough to keep memory flat. */
const MAX_READ_BYTES = 4 * 1024 * 1024
/** How soon after a quiet read the next one comes: while somebody looks at this log, and while nobody does. */
const WATCHED_MS = 20
const UNWATCHED_MS = 500

export interface LogFollowerDeps {
  /** At most so many bytes of the node's log from an offset; empty at its end. */
  readonly readAt: (offset: number, maxBytes: number) => Promise<Uint8Array>
  readonly log: LocalLog
  /** Gets every byte once, in order, after it has been written here. */
  readonly onBytes: (bytes: Uint8Array, atMs: number) => void
  readonly clock: Clock
}

/**
 * Copies a worker's log from its node to this PC, byte for byte, by offset: the size of the local file is where it
 * goes on, after a cut link and after a restart alike. Reading is pulled, so a flood waits on the node's disk and not
 * in memory.
 */
export function createLogFollower({ readAt, log, onBytes, clock }: LogFollowerDeps) {
  const pause = createPause(clock)
  const caughtUp = createBell()

  async function copyOnce(): Promise<number> {
    const bytes = await readAt(log.size, MAX_READ_BYTES)
    if (bytes.length === 0) return 0
    const atMs = clock.nowMs()
    await log.append(bytes, atMs)
    onBytes(bytes, atMs)
    return bytes.length
  }

  return {
    /** Until `signal` aborts. Errors: those of `readAt` and of the local disk. */
    async run(signal: AbortSignal): Promise<void> {
      let isAsked = false
      while (!signal.aborted) {
        if ((await copyOnce()) > 0) continue
        // A quiet read that began after the question is the answer to it.
        if (isAsked) caughtUp.ring()
        isAsked = await pause.wait(log.isWatched ? WATCHED_MS : UNWATCHED_MS, signal)
      }
    },

    /** Until everything that the node had when this was called is here (or `signal` aborts). */
    drain: async (signal: AbortSignal): Promise<void> => {
      const done = caughtUp.wait(signal)
      pause.wake()
      await done
    },
  }
}
