import type { LogGap, LogLines } from '../../contract/logs'
import type { LogEntry, LogSkip, LogSource } from './logEntry'

/** Numbers that must be unique on this screen. */
export interface LogNumbers {
  readonly nextId: () => number
  readonly nextBatch: () => number
}

/** Where lines belong among those of other logs. */
interface Place {
  readonly source: LogSource
  readonly atMs: number
  readonly batch: number
}

/**
 * The newest lines of one log: consecutive by number, with a skip entry where lines are missing here, and a gap entry
 * where bytes are missing in the log. It begins at `fromLine`; what is before that is older, not missing.
 */
export function createLogWindow(source: LogSource, fromLine: number, numbers: LogNumbers) {
  const list = createList()
  const newGaps = createNewGaps()
  let nextLine = fromLine

  // A clock that was set back must not put a line above the one before it.
  const place = (atMs: number): Place => ({
    source,
    atMs: Math.max(atMs, list.entries.at(-1)?.atMs ?? 0),
    batch: numbers.nextBatch(),
  })

  function append(batch: LogLines): readonly LogEntry[] {
    const { missing, firstLine, lines } = newPartOf(batch, nextLine)
    const gaps = newGaps(batch.gaps, firstLine, firstLine + lines.length)
    if (lines.length === 0 && missing === 0 && gaps.length === 0) return []
    const at = place(batch.atMs)
    const fresh: LogEntry[] = []
    if (missing > 0) fresh.push({ kind: 'skip', id: numbers.nextId(), line: nextLine, missing, ...at })
    for (const entry of entriesOf(firstLine, lines, gaps, at, numbers)) fresh.push(entry)
    nextLine = firstLine + lines.length
    return list.add(fresh)
  }

  return {
    source,
    /** What a follower asks for next. */
    get nextLine() {
      return nextLine
    },
    /** The oldest line still here; `nextLine` when there is none. */
    get firstLine() {
      return list.entries[0]?.line ?? nextLine
    },
    get lineCount() {
      return list.lineCount
    },
    get entries(): readonly LogEntry[] {
      return list.entries
    },
    /** What of the batch is new, as entries. A line that is already here is not taken twice. */
    append,
    /** Of these gaps, those after the last line, as entries. */
    end(gaps: readonly LogGap[]): readonly LogEntry[] {
      const last = newGaps(gaps, nextLine, nextLine)
      return list.add(entriesOf(nextLine, [], last, place(last[0]?.atMs ?? 0), numbers))
    },
    /** Forgets the oldest beyond `capacity`. */
    trim: (capacity: number): void => list.trim(capacity),
    /** Lines that were fetched for a skip take its place. */
    fill: (skip: LogSkip, by: readonly LogEntry[]): void => list.replace(skip, by),
  }
}

export type LogWindow = ReturnType<typeof createLogWindow>

function createList() {
  let entries: LogEntry[] = []
  let lineCount = 0
  const set = (next: LogEntry[]): void => {
    entries = next
    lineCount = next.reduce((count, entry) => (entry.kind === 'line' ? count + 1 : count), 0)
  }
  return {
    get entries() {
      return entries
    },
    get lineCount() {
      return lineCount
    },
    add(fresh: readonly LogEntry[]): readonly LogEntry[] {
      for (const entry of fresh) {
        entries.push(entry)
        if (entry.kind === 'line') lineCount += 1
      }
      return fresh
    },
    trim(capacity: number): void {
      if (entries.length > capacity) set(entries.slice(entries.length - capacity))
    },
    replace(entry: LogEntry, by: readonly LogEntry[]): void {
      const at = entries.indexOf(entry)
      if (at >= 0) set(entries.slice(0, at).concat(by, entries.slice(at + 1)))
    },
  }
}

/** Of some gaps those between two lines that have no entry yet: the batches on both sides of a gap tell of it. */
function createNewGaps() {
  const known = new Set<string>()
  return (gaps: readonly LogGap[], from: number, to: number): readonly LogGap[] => {
    const found = gaps.filter(gap => gap.beforeLine >= from && gap.beforeLine <= to && !known.has(keyOf(gap)))
    for (const gap of found) known.add(keyOf(gap))
    return found
  }
}

const keyOf = ({ beforeLine, atMs }: LogGap): string => `${beforeLine} ${atMs}`

/** Lines from `firstLine` on and the gaps among them, as entries in their order. */
export function entriesOf(
  firstLine: number,
  lines: readonly string[],
  gaps: readonly LogGap[],
  place: Place,
  numbers: LogNumbers,
): LogEntry[] {
  const entries: LogEntry[] = []
  const waiting = [...gaps].sort((left, right) => left.beforeLine - right.beforeLine)
  const addGaps = (until: number): void => {
    while ((waiting[0]?.beforeLine ?? Number.POSITIVE_INFINITY) <= until) {
      const gap = waiting.shift()
      if (gap === undefined || gap.beforeLine < firstLine) continue
      const { beforeLine: line, lostBytes, reason } = gap
      entries.push({ kind: 'gap', id: numbers.nextId(), line, lostBytes, reason, ...place })
    }
  }
  lines.forEach((text, at) => {
    if (waiting.length > 0) addGaps(firstLine + at)
    entries.push({ kind: 'line', id: numbers.nextId(), line: firstLine + at, text, ...place })
  })
  addGaps(firstLine + lines.length)
  return entries
}

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
  for (const { firstLine, atMs, lines, gaps } of batches) {
    const placedAtMs = Math.min(first.atMs, Math.max(atMs, older.at(-1)?.atMs ?? 0))
    const place = { source, atMs: placedAtMs, batch }
    const wanted = lines.slice(0, Math.max(0, first.line - firstLine))
    for (const entry of entriesOf(firstLine, wanted, gaps, place, numbers)) {
      // A gap between two answers is told by both.
      const isTold = entry.kind === 'gap' && older.at(-1)?.kind === 'gap' && older.at(-1)?.line === entry.line
      if (!isTold && entry.line < first.line) older.push(entry)
    }
  }
  const last = older.at(-1)
  const next = last === undefined ? first.line : last.kind === 'line' ? last.line + 1 : last.line
  const missing = first.line - next
  if (last !== undefined && missing > 0) {
    older.push({ ...placeOf(last), kind: 'skip', id: numbers.nextId(), line: next, missing })
  }
  return older
}

const placeOf = ({ source, atMs, batch }: LogEntry): Place => ({ source, atMs, batch })

/** What takes the place of `skip` after a read that began at its first line: the lines, and a skip for the rest. */
export function filledSkip(
  skip: LogSkip,
  batches: readonly Pick<LogLines, 'lines' | 'gaps'>[],
  numbers: LogNumbers,
): readonly LogEntry[] {
  const place = placeOf(skip)
  const taken = batches.flatMap(({ lines }) => lines).slice(0, skip.missing)
  const gaps = new Map(batches.flatMap(batch => batch.gaps).map(gap => [keyOf(gap), gap]))
  const end = skip.line + taken.length
  // The one at the end stands on the other side already, where the lines go on.
  const within = [...gaps.values()].filter(gap => gap.beforeLine < end)
  const filled = entriesOf(skip.line, taken, within, place, numbers)
  const missing = skip.missing - taken.length
  if (missing > 0) filled.push({ kind: 'skip', id: numbers.nextId(), line: end, missing, ...place })
  return filled
}
