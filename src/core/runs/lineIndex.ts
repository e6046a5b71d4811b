/** Where a stretch of lines begins: its first line's number, its first byte, and when Drydock received it. */
export interface IndexEntry {
  readonly line: number
  readonly offset: number
  readonly atMs: number
}

/** Bytes of one stored entry: three little-endian doubles (exact up to 2^53). */
export const ENTRY_BYTES = 24
const NEWLINE = 10
const LINES_PER_ENTRY = 512
const BYTES_PER_ENTRY = 64 * 1024
const MS_PER_ENTRY = 100
/** So many of the newest entries keep their own time; of older ones, those stay that a short read needs. */
const TIMED_ENTRIES = 16_384

/**
 * Which byte a line starts at, and when it came: one entry for at most 512 lines, 64 KiB or 100 ms, so that any line
 * of a hundred million is one search in memory and one short read away. Memory grows with lines and bytes, not with
 * time: a log that gets a line a second for weeks forgets when exactly its old lines came, not where they are.
 */
export function createLineIndex(stored: readonly IndexEntry[]) {
  let entries = thinned(stored)
  // Thinning walks all entries: it comes again only when there are twice as many as it left.
  let thinAt = nextThinning(entries)

  return {
    get last(): IndexEntry | undefined {
      return entries.at(-1)
    },

    /** Takes the start of a new line; returns the entry to store, or null when the one before still covers it. */
    note(line: number, offset: number, atMs: number): IndexEntry | null {
      const last = entries.at(-1)
      const isCovered =
        last !== undefined &&
        line - last.line < LINES_PER_ENTRY &&
        offset - last.offset < BYTES_PER_ENTRY &&
        atMs - last.atMs < MS_PER_ENTRY
      if (isCovered || last?.line === line) return null
      const entry = { line, offset, atMs }
      entries.push(entry)
      if (entries.length < thinAt) return entry
      entries = thinned(entries)
      thinAt = nextThinning(entries)
      return entry
    },

    /** The last entry that begins at or before `line`, and the one after it. */
    around(line: number): { readonly entry: IndexEntry; readonly next: IndexEntry | null } | null {
      const count = countUpTo(entries, one => one.line <= line)
      const entry = entries[count - 1]
      return entry === undefined ? null : { entry, next: entries[count] ?? null }
    },

    /** The last entry that begins at or before a byte. */
    atByte: (offset: number): IndexEntry | null =>
      entries[countUpTo(entries, one => one.offset <= offset) - 1] ?? null,

    /** The first line of the first stretch that came at `atMs` or later; null when none did. */
    lineAt: (atMs: number): number | null =>
      entries[countUpTo(entries, one => one.atMs < atMs)]?.line ?? null,
  }
}

/** How many entries from the first one on meet a condition that none does after the first that does not. */
function countUpTo(entries: readonly IndexEntry[], meets: (entry: IndexEntry) => boolean): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const entry = entries[middle]
    if (entry !== undefined && meets(entry)) low = middle + 1
    else high = middle
  }
  return low
}

const nextThinning = (entries: readonly IndexEntry[]): number =>
  Math.max(4 * TIMED_ENTRIES, 2 * entries.length)

/** Leaves out old entries that the one before covers just as well. */
function thinned(entries: readonly IndexEntry[]): IndexEntry[] {
  const timedFrom = entries.length - TIMED_ENTRIES
  const kept: IndexEntry[] = []
  entries.forEach((entry, i) => {
    const last = kept.at(-1)
    const next = entries[i + 1]
    const isNeeded =
      i >= timedFrom ||
      last === undefined ||
      next === undefined ||
      next.line - last.line > LINES_PER_ENTRY ||
      next.offset - last.offset > BYTES_PER_ENTRY
    if (isNeeded) kept.push(entry)
  })
  return kept
}

export function encodeEntries(entries: readonly IndexEntry[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(entries.length * ENTRY_BYTES))
  entries.forEach((entry, i) => {
    bytes.setFloat64(i * ENTRY_BYTES, entry.line, true)
    bytes.setFloat64(i * ENTRY_BYTES + 8, entry.offset, true)
    bytes.setFloat64(i * ENTRY_BYTES + 16, entry.atMs, true)
  })
  return new Uint8Array(bytes.buffer)
}

/** Stops at the first entry that cannot belong to a log of `size` bytes: what a crash left half written. */
export function decodeEntries(stored: Uint8Array, size: number): IndexEntry[] {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength)
  const entries: IndexEntry[] = []
  for (let at = 0; at + ENTRY_BYTES <= stored.byteLength; at += ENTRY_BYTES) {
    const entry = {
      line: view.getFloat64(at, true),
      offset: view.getFloat64(at + 8, true),
      atMs: view.getFloat64(at + 16, true),
    }
    const last = entries.at(-1)
    const isPlausible =
      last === undefined ? entry.line === 0 : entry.line > last.line && entry.offset > last.offset
    if (!isPlausible || entry.offset > size) break
    entries.push(entry)
  }
  return entries
}

/** Follows the lines of a growing log: how many there are, and where the one that is not whole yet begins. */
export function createLineCounter(index: ReturnType<typeof createLineIndex>) {
  let { line, offset: lineStart } = index.last ?? { line: 0, offset: 0 }
  let size = lineStart

  return {
    get size() {
      return size
    },
    get wholeLines() {
      return line
    },
    /** Whether there are bytes after the last newline. */
    get hasRest() {
      return size > lineStart
    },
    /** Counts bytes that stand (or soon will stand) at the end of the log; returns the entries to store. */
    note(bytes: Uint8Array, atMs: number): IndexEntry[] {
      const added: (IndexEntry | null)[] = []
      if (bytes.length > 0 && size === lineStart) added.push(index.note(line, lineStart, atMs))
      for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
        line += 1
        lineStart = size + at + 1
        if (at + 1 < bytes.length) added.push(index.note(line, lineStart, atMs))
      }
      size += bytes.length
      return added.filter(entry => entry !== null)
    },
  }
}
