import type { FileHandle } from 'node:fs/promises'
import type { LogLines } from '../../contract/logs'
import { MAX_LINE_CHARS } from '../../contract/logs'
import type { IndexEntry } from './lineIndex'

const NEWLINE = 10
const RETURN = 13
const BLOCK_BYTES = 64 * 1024
/** The longest UTF-8 form of a line that is shown whole. */
const MAX_LINE_BYTES = MAX_LINE_CHARS * 4

interface IndexedFile {
  readonly file: FileHandle
  readonly index: {
    around(line: number): { readonly entry: IndexEntry; readonly next: IndexEntry | null } | null
  }
  readonly size: number
  readonly lines: number
}

/**
 * Shape:  at most `count` lines from `fromLine`, and no further than the index entry that holds it, so that all of
 *         them came at one time.
 * Absent: no lines when `fromLine` is beyond the end.
 *         A line that was overwritten in place by carriage returns (a progress bar) is what it showed last.
 * Errors: bytes that are no UTF-8 become U+FFFD here and stay as they are in the file; a longer line than
 *         MAX_LINE_CHARS is cut and ends in `…`. Memory stays bounded whatever the lines are.
 *         `gaps` is empty: they are not in the file.
 */
export async function readLines(source: IndexedFile, fromLine: number, count: number): Promise<LogLines> {
  const found = fromLine < source.lines ? source.index.around(fromLine) : null
  if (found === null) return { firstLine: fromLine, atMs: 0, lines: [], totalLines: source.lines, gaps: [] }
  const { entry, next } = found
  const last = Math.min(fromLine + count, next?.line ?? Infinity, source.lines)
  const collector = createCollector(fromLine - entry.line, last - fromLine)
  const end = next?.offset ?? source.size
  const block = Buffer.alloc(BLOCK_BYTES)
  for (let at = entry.offset; at < end && !collector.isFull;) {
    const { bytesRead } = await source.file.read(block, 0, Math.min(BLOCK_BYTES, end - at), at)
    if (bytesRead === 0) break
    collector.take(block.subarray(0, bytesRead))
    at += bytesRead
  }
  return { firstLine: fromLine, atMs: entry.atMs, lines: collector.end(), totalLines: source.lines, gaps: [] }
}

/** Leaves out `skip` lines and collects `want` of those after them, from blocks that cut lines anywhere. */
function createCollector(skip: number, want: number) {
  const lines: string[] = []
  const line = createShownLine()
  let skipped = 0

  return {
    get isFull() {
      return lines.length >= want
    },
    take(block: Buffer): void {
      let start = 0
      for (
        let at = block.indexOf(NEWLINE);
        at !== -1 && lines.length < want;
        at = block.indexOf(NEWLINE, start)
      ) {
        if (skipped < skip) skipped += 1
        else {
          line.add(block.subarray(start, at))
          lines.push(line.end())
        }
        start = at + 1
      }
      if (skipped >= skip && lines.length < want) line.add(block.subarray(start))
    },
    /** What is held then is the log's last line, which has no newline. */
    end(): string[] {
      if (lines.length < want && line.hasBytes) lines.push(line.end())
      return lines
    },
  }
}

/**
 * One line out of the pieces it came in, as a terminal would leave it: what stands before a carriage return with more
 * behind it was overwritten. No more is kept than is shown.
 */
export function createShownLine() {
  let held: Buffer[] = []
  let heldBytes = 0
  let endsInReturn = false
  let hasBytes = false

  return {
    get hasBytes() {
      return hasBytes
    },
    add(piece: Buffer): void {
      if (piece.length === 0) return
      hasBytes = true
      let end = piece.length
      while (end > 0 && piece[end - 1] === RETURN) end -= 1
      const overwritten = end === 0 ? -1 : piece.lastIndexOf(RETURN, end - 1)
      if (overwritten !== -1 || (endsInReturn && end > 0)) {
        held = []
        heldBytes = 0
      }
      const shown = piece.subarray(overwritten + 1, end)
      const room = MAX_LINE_BYTES - heldBytes
      if (room > 0 && shown.length > 0) held.push(Buffer.from(shown.subarray(0, room)))
      heldBytes += shown.length
      endsInReturn = end === 0 ? true : end < piece.length
    },
    /** The line's text; the next piece begins another one. */
    end(): string {
      const text = Buffer.concat(held).toString('utf8')
      const isCut = heldBytes > MAX_LINE_BYTES || text.length > MAX_LINE_CHARS
      held = []
      heldBytes = 0
      endsInReturn = false
      hasBytes = false
      return isCut ? `${text.slice(0, MAX_LINE_CHARS)}…` : text
    },
  }
}
