import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { LogId, RunId } from '../../contract/ids'
import type { LogLines } from '../../contract/logs'
import type { Clock } from '../kernel/clock'
import type { LocalLog } from './localLog'
import { openLocalLog } from './localLog'

const MAX_IDLE = 32
const LINES_PER_MESSAGE = 1000
const STREAM_BYTES = 1024 * 1024

export interface LogBookDeps {
  /** `<home>/logs`. */
  readonly dir: string
  readonly clock: Clock
  /** Whether nothing more can come for this worker. Errors: `not-found`. */
  readonly isEnded: (run: RunId, log: LogId) => boolean
}

/** The logs on this PC: `<dir>/<run>/<worker>.log`. */
export function createLogBook({ dir, clock, isEnded }: LogBookDeps) {
  const pathOf = (run: RunId, log: LogId): string => join(dir, run, `${log}.log`)
  const leases = createLeases(clock)

  async function lease(run: RunId, log: LogId): Promise<LogLease> {
    const hasEnded = isEnded(run, log) // before anything is made for a run that does not exist
    const held = await leases.take(pathOf(run, log))
    if (hasEnded) held.log.finish()
    return held
  }

  return {
    /** Opens a log (or finds it open) for as long as the lease is held. */
    lease,

    async read(run: RunId, log: LogId, fromLine: number, count: number): Promise<LogLines> {
      await using held = await lease(run, log)
      return await held.log.read(fromLine, count)
    },

    /** From `fromLine` to the end, then whatever comes, until `signal` aborts. */
    async *follow(run: RunId, log: LogId, fromLine: number, signal: AbortSignal): AsyncGenerator<LogLines> {
      await using held = await lease(run, log)
      let at = fromLine
      while (!signal.aborted) {
        const stretch = await held.log.read(at, LINES_PER_MESSAGE)
        if (stretch.lines.length > 0) yield stretch
        at += stretch.lines.length
        // Nothing can slip in between this look and the wait: both happen in one step.
        if (held.log.lines <= at) await held.log.changed(signal)
      }
    },

    /** The file as it is now, from a byte on. */
    stream: (run: RunId, log: LogId, fromByte = 0): AsyncIterable<Uint8Array> =>
      createReadStream(pathOf(run, log), { start: fromByte, highWaterMark: STREAM_BYTES }),

    [Symbol.asyncDispose]: () => leases[Symbol.asyncDispose](),
  }
}

/**
 * Every log is open at most once. Those that nobody reads or writes are closed again, the longest unused first, once
 * there are more than 32 of them.
 */
function createLeases(clock: Clock) {
  const logs = new Map<string, Promise<LocalLog>>()
  const uses = new Map<string, number>()

  async function closeIdle(): Promise<void> {
    const idle = [...logs.keys()].filter(path => (uses.get(path) ?? 0) === 0)
    for (const path of idle.slice(0, Math.max(0, idle.length - MAX_IDLE))) {
      const log = logs.get(path)
      logs.delete(path)
      uses.delete(path)
      await (await log)?.[Symbol.asyncDispose]()
    }
  }

  return {
    async take(path: string): Promise<LogLease> {
      uses.set(path, (uses.get(path) ?? 0) + 1)
      const opening = logs.get(path) ?? openLocalLog(path, clock.nowMs())
      logs.delete(path) // to the end: the map's order is the order of use
      logs.set(path, opening)
      const log = await opening.catch((error: unknown) => {
        logs.delete(path) // tried anew the next time
        uses.delete(path)
        throw error
      })
      return {
        log,
        async [Symbol.asyncDispose]() {
          uses.set(path, (uses.get(path) ?? 1) - 1)
          await closeIdle()
        },
      }
    },

    async [Symbol.asyncDispose](): Promise<void> {
      const open = await Promise.all(logs.values())
      logs.clear()
      await Promise.all(open.map(log => log[Symbol.asyncDispose]()))
    },
  }
}

export interface LogLease extends AsyncDisposable {
  readonly log: LocalLog
}

export type LogBook = ReturnType<typeof createLogBook>
