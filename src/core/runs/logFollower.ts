import type { LogGap } from '../../contract/logs'
import { createBell } from '../kernel/bell'
import type { Clock } from '../kernel/clock'
import { createPause } from '../kernel/pause'
import type { LocalLog } from './localLog'
import { createLogCopy } from './logCopy'
import type { LogSource } from './copiedFile'
import type { SecretMask } from './secretMask'

/** How soon after a quiet read the next one comes: while somebody looks at this log, and while nobody does. */
const WATCHED_MS = 20
const UNWATCHED_MS = 500
/** How often a quiet log is looked up by its name: whether another file stands there now. */
const LOOK_MS = 2_000

export interface LogFollowerDeps {
  readonly source: LogSource
  readonly log: LocalLog
  readonly mask: SecretMask
  /** Gets every byte once, in order, as it was written here: with its secrets masked. */
  readonly onBytes: (bytes: Uint8Array, atMs: number) => void
  readonly onGap: (gap: LogGap) => void
  readonly clock: Clock
}

/**
 * Copies a log from its node to this PC, byte for byte, by offset, after a cut link and after a restart alike, and over
 * whatever happens to the file: rotation, truncation, removal, another file in its place. What cannot be had any more
 * is declared as a gap. Reading is pulled, so a flood waits on the node's disk and not in memory.
 */
export function createLogFollower(deps: LogFollowerDeps) {
  const { log, clock } = deps
  const pause = createPause(clock)
  const caughtUp = createBell()
  const copy = createLogCopy(deps)

  return {
    /** Until `signal` aborts. Errors: those of the node's file and of the local disk. */
    async run(signal: AbortSignal): Promise<void> {
      let isAsked = false
      let lookAtMs = clock.nowMs() + LOOK_MS
      await copy.begin()
      while (!signal.aborted) {
        if (await copy.step()) continue
        // A quiet read that began after the question is the answer to it, when no other file is to follow.
        if (isAsked || clock.nowMs() >= lookAtMs) {
          lookAtMs = clock.nowMs() + LOOK_MS
          if (await copy.look(isAsked)) continue
        }
        if (isAsked) {
          await copy.end()
          caughtUp.ring()
        }
        await copy.keepPlace()
        isAsked = await pause.wait(log.isWatched ? WATCHED_MS : UNWATCHED_MS, signal)
      }
      await copy.keepPlace()
    },

    /**
     * Until everything that the node had when this was called is here (or `signal` aborts). For a log that has ended:
     * what was held back, because it could have become a secret, is written too.
     */
    drain: async (signal: AbortSignal): Promise<void> => {
      const done = caughtUp.wait(signal)
      pause.wake()
      await done
    },
  }
}
