import type { LogLines } from '../../contract/logs'
import type { LogEntry, LogGap, LogSource } from './logEntry'

/** Numbers that must be unique on this screen. */
export interface LogNumbers {
  readonly nextId: () => number
  readonly nextBatch: () => number
}

/**
 * The newest lines of one worker: consecutive by number, with a gap entry where lines are missing.
 * It begins at `fromLine`; what is before that is older, not missing.
 */
export function createLogWindow(source: LogSource, fromLine: number, numbers: LogNumbers) {
  let entries: LogEntry[] = []
  let nextLine = fromLine
  let gapCount = 0

  function append(batch: LogLines): readonly LogEntry[] {
    const { missing, firstLine, lines } = newPartOf(batch, nextLine)
    if (lines.length === 0 && missing === 0) return []
    // A clock that was set back must not put a line above the one before it.
    const atMs = Math.max(batch.atMs, entries.at(-1)?.atMs ?? 0)
    const place = { source, atMs, batch: numbers.nextBatch() }
    const fresh: LogEntry[] = []
    if (missing > 0) {
      fresh.push({ kind: 'gap', id: numbers.nextId(), line: nextLine, missing, ...place })
      gapCount += 1
    }
    lines.forEach((text, at) => {
      fresh.push({ kind: 'line', id: numbers.nextId(), line: firstLine + at, text, ...place })
    })
    for (const entry of fresh) entries.push(entry)
    nextLine = firstLine + lines.length
    return fresh
  }

  return {
    source,
    /** What a follower asks for next. */
    get nextLine() {
      return nextLine
    },
    /** The oldest line still here; `nextLine` when there is none. */
    get firstLine() {
      return entries[0]?.line ?? nextLine
    },
    get lineCount() {
      return entries.length - gapCount
    },
    get entries(): readonly LogEntry[] {
      return entries
    },
    /** What of the batch is new, as entries. A line that is already here is not taken twice. */
    append,
    /** Forgets the oldest beyond `capacity`. */
    trim(capacity: number): void {
      if (entries.length <= capacity) return
      entries = entries.slice(entries.length - capacity)
      gapCount = entries.filter(entry => entry.kind === 'gap').length
    },
    /** Lines that were fetched for a gap take its place. */
    fill(gap: LogGap, by: readonly LogEntry[]): void {
      const at = entries.indexOf(gap)
      if (at < 0) return
      entries = entries.slice(0, at).concat(by, entries.slice(at + 1))
      gapCount = entries.filter(entry => entry.kind === 'gap').length
    },
  }
}

export type LogWindow = ReturnType<typeof createLogWindow>

/** What of `batch` comes at or after `nextLine`, and how many lines between the two did not come. */
export function newPartOf(
  batch: Pick<LogLines, 'firstLine' | 'lines'>,
  nextLine: number,
): { readonly missing: number; readonly firstLine: number; readonly lines: readonly string[] } {
  const known = Math.max(0, nextLine - batch.firstLine)
  const lines = known === 0 ? batch.lines : batch.lines.slice(known)
  const firstLine = lines.length === 0 ? nextLine : batch.firstLine + known
  return { missing: firstLine - nextLine, firstLine, lines }
}

/** Older lines, read in one go for the top of the list: placed before `first`, whatever time they were read with. */
export function olderLines(
  batches: readonly LogLines[],
  first: LogEntry,
  numbers: LogNumbers,
): readonly LogEntry[] {
  const { source } = first
  // Negative: before every batch that was followed, and a later (older) read before an earlier one.
  const batch = -numbers.nextBatch()
  const older: LogEntry[] = []
  for (const { firstLine, atMs, lines } of batches) {
    const placedAtMs = Math.min(first.atMs, Math.max(atMs, older.at(-1)?.atMs ?? 0))
    lines.forEach((text, at) => {
      const line = firstLine + at
      if (line >= first.line) return
      older.push({ kind: 'line', id: numbers.nextId(), source, line, atMs: placedAtMs, batch, text })
    })
  }
  const last = older.at(-1)
  const missing = last === undefined ? 0 : first.line - last.line - 1
  if (last !== undefined && missing > 0) {
    older.push({ ...placeOf(last), kind: 'gap', id: numbers.nextId(), line: last.line + 1, missing })
  }
  return older
}

const placeOf = ({ source, atMs, batch }: LogEntry) => ({ source, atMs, batch })

/** What takes the place of `gap` after a read that began at its first line: the lines, and a gap for the rest. */
export function filledGap(gap: LogGap, lines: readonly string[], numbers: LogNumbers): readonly LogEntry[] {
  const { source, atMs, batch, line } = gap
  const taken = lines.slice(0, gap.missing)
  const filled: LogEntry[] = taken.map((text, at) => ({
    kind: 'line',
    id: numbers.nextId(),
    source,
    line: line + at,
    atMs,
    batch,
    text,
  }))
  const missing = gap.missing - taken.length
  if (missing > 0) {
    filled.push({
      kind: 'gap',
      id: numbers.nextId(),
      source,
      line: line + taken.length,
      atMs,
      batch,
      missing,
    })
  }
  return filled
}
