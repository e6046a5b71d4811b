import type { FileHandle } from 'node:fs/promises'
import type { LogLines } from '../../contract/logs'
import { MAX_LINE_CHARS } from '../../contract/logs'
import type { IndexEntry } from './lineIndex'

const NEWLINE = 10
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
 * Errors: bytes that are no UTF-8 become U+FFFD here and stay as they are in the file; a longer line than
 *         MAX_LINE_CHARS is cut and ends in `…`. Memory stays bounded whatever the lines are.
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
  let skipped = 0
  let held: Buffer[] = []
  let heldBytes = 0

  function hold(bytes: Buffer): void {
    const room = MAX_LINE_BYTES - heldBytes
    if (room > 0) held.push(Buffer.from(bytes.subarray(0, room)))
    heldBytes += bytes.length
  }

  function endLine(): void {
    const text = Buffer.concat(held).toString('utf8')
    const isCut = heldBytes > MAX_LINE_BYTES || text.length > MAX_LINE_CHARS
    lines.push(isCut ? `${text.slice(0, MAX_LINE_CHARS)}…` : text.replace(/\r$/, ''))
    held = []
    heldBytes = 0
  }

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
          hold(block.subarray(start, at))
          endLine()
        }
        start = at + 1
      }
      if (skipped >= skip && lines.length < want) hold(block.subarray(start))
    },
    /** What is held then is the log's last line, which has no newline. */
    end(): string[] {
      if (lines.length < want && heldBytes > 0) endLine()
      return lines
    },
  }
}
