import { setImmediate } from 'node:timers/promises'
import type { LogId, RunId } from '../../contract/ids'
import type { LogQuery, LogSearchEvent } from '../../contract/logs'
import { MAX_SEARCH_HITS } from '../../contract/logs'
import type { Clock } from '../kernel/clock'
import type { LocalLog } from './localLog'
import type { LogLease } from './logBook'
import { createLineMatch } from './lineMatch'
import type { LineMatch } from './lineMatch'
import { createShownLine } from './readLines'

const BLOCK_BYTES = 1024 * 1024
const LEAD_BYTES = 64 * 1024
const EVENT_MS = 100
const NEWLINE = 10

export interface LogSearchDeps {
  readonly logs: { lease(run: RunId, log: LogId): Promise<LogLease> }
  /** All logs of a run, in the order they are shown. Errors: `not-found`. */
  readonly logsOf: (run: RunId) => readonly LogId[]
  readonly clock: Clock
}

type Hit = LogSearchEvent['hits'][number]

/** Search over the logs on this PC, block by block: memory does not grow with them. */
export function createLogSearch({ logs, logsOf, clock }: LogSearchDeps) {
  return {
    /**
     * What these logs (null: all of the run) have at this moment. Ends when every byte was looked at.
     * Errors: `not-found`; `refused` for a pattern that is none, or that takes too long.
     */
    async *search(
      run: RunId,
      wanted: readonly LogId[] | null,
      query: LogQuery,
      signal: AbortSignal,
    ): AsyncGenerator<LogSearchEvent> {
      const match = createLineMatch(query)
      const ids = wanted ?? logsOf(run)
      const sizes = new Map<LogId, number>()
      for (const id of ids) {
        await using held = await logs.lease(run, id)
        sizes.set(id, held.log.size)
      }
      const bytesTotal = [...sizes.values()].reduce((sum, size) => sum + size, 0)
      const found = { hits: [] as Hit[], matched: 0 }
      let bytesDone = 0
      let toldAtMs = clock.nowMs()
      const event = (): LogSearchEvent => {
        const { hits, matched } = found
        found.hits = []
        toldAtMs = clock.nowMs()
        return { hits, bytesDone, bytesTotal, matched }
      }
      for (const [id, size] of sizes) {
        await using held = await logs.lease(run, id)
        for await (const done of searchLog(held.log, size, match, hit => note(found, { log: id, ...hit }))) {
          bytesDone += done
          if (signal.aborted) return
          if (clock.nowMs() - toldAtMs >= EVENT_MS) yield event()
        }
      }
      bytesDone = bytesTotal
      yield event()
    },

    /** The first line of the stretch that came at that time or after it; the number of lines when nothing did. */
    async lineAt(run: RunId, log: LogId, atMs: number): Promise<number> {
      await using held = await logs.lease(run, log)
      return held.log.lineAt(atMs)
    },
  }
}

/** Only the first hits are kept; the others count. */
function note(found: { readonly hits: Hit[]; matched: number }, hit: Hit): void {
  found.matched += 1
  if (found.matched <= MAX_SEARCH_HITS) found.hits.push(hit)
}

/** Yields how many bytes were done, block by block. A line that a block cuts is looked at when it is whole. */
async function* searchLog(
  log: LocalLog,
  size: number,
  match: LineMatch,
  onHit: (hit: Omit<Hit, 'log'>) => void,
): AsyncGenerator<number> {
  const window = createWindow(log)
  const cut = createShownLine()
  let cutAt = 0

  function endCut(): void {
    const text = cut.end()
    if (match.isIn(text)) onHit({ ...window.lineOf(cutAt), text })
  }

  for (let at = 0; at < size;) {
    const block = await window.fill(at, size - at)
    if (block.length === 0) break
    const first = block.indexOf(NEWLINE)
    if (first !== -1) {
      const last = block.lastIndexOf(NEWLINE)
      cut.add(block.subarray(0, first))
      endCut()
      const wholeAt = at + first + 1
      match.among(block.subarray(first + 1, last + 1), (start, text) =>
        onHit({ ...window.lineOf(wholeAt + start), text }),
      )
      cutAt = at + last + 1
      cut.add(block.subarray(last + 1))
    } else {
      cut.add(block)
    }
    at += block.length
    yield block.length
    await setImmediate()
  }
  if (cut.hasBytes) endCut()
}

/**
 * The block at hand and some bytes before it. A line that does not begin its stretch begins less than 64 KiB behind it:
 * its number is that of the stretch and the newlines between.
 */
function createWindow(log: LocalLog) {
  const bytes = Buffer.alloc(LEAD_BYTES + BLOCK_BYTES)
  let blockAt = 0
  let length = 0
  let known = { offset: 0, line: 0 }

  return {
    async fill(offset: number, most: number): Promise<Buffer> {
      bytes.copyWithin(0, length, length + LEAD_BYTES)
      const block = bytes.subarray(LEAD_BYTES, LEAD_BYTES + Math.min(BLOCK_BYTES, most))
      length = await log.readInto(block, offset)
      blockAt = offset
      return block.subarray(0, length)
    },

    /** Of lines that are asked for in order. */
    lineOf(offset: number): { readonly line: number; readonly atMs: number } {
      const stretch = log.stretchAt(offset) ?? { line: 0, offset: 0, atMs: 0 }
      const from = stretch.offset > known.offset ? stretch : known
      let { line } = from
      const start = blockAt - LEAD_BYTES
      for (
        let at = bytes.indexOf(NEWLINE, Math.max(0, from.offset - start));
        at !== -1 && at + start < offset;
        at = bytes.indexOf(NEWLINE, at + 1)
      )
        line += 1
      known = { offset, line }
      return { line, atMs: stretch.atMs }
    },
  }
}
