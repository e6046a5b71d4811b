import type { LogLines } from '../../contract/logs'
import type { Run } from '../../contract/runs'
import type { LogEntry, LogSource } from './logEntry'
import { createLogWindow, type LogNumbers, type LogWindow } from './logWindow'

/** Newest lines kept of one log … */
export const WINDOW_LINES = 20_000
/** … and of all shown logs together. */
export const SHOWN_LINES = 100_000
const FEWEST_LINES = 1_000

/** A source to show, and how many lines its log is known to have. */
export interface ShownLog {
  readonly source: LogSource
  readonly knownLines: number
}

/** What came since the last look. */
export interface Fresh {
  /** One list a log, each in its own order. */
  readonly lists: readonly (readonly LogEntry[])[]
  readonly count: number
  /** Whether a window has forgotten lines meanwhile. */
  readonly isTrimmed: boolean
}

/** The windows of the shown logs, and what they got since somebody looked. */
export function createLogBuffers(numbers: LogNumbers) {
  const windows = new Map<LogSource, LogWindow>()
  let shown: readonly LogSource[] = []
  const fresh = createFresh()

  const capacity = (): number =>
    Math.max(FEWEST_LINES, Math.min(WINDOW_LINES, Math.floor(SHOWN_LINES / Math.max(1, shown.length))))

  function keep(source: LogSource, window: LogWindow, entries: readonly LogEntry[]): boolean {
    if (entries.length === 0) return false
    // In bulk: trimming at every line would copy the window at every line.
    const isFull = window.entries.length > capacity() * 1.25
    if (isFull) window.trim(capacity())
    fresh.add(source, entries, isFull)
    return true
  }

  return {
    get shown() {
      return shown
    },
    windowOf: (source: LogSource): LogWindow | undefined => windows.get(source),
    /** Whether an entry is still in its window: for one pass over many. */
    createIsKept: () => isInside(windows),
    /** Windows of these logs, begun near the end of a long log; those of other runs are forgotten. */
    show(logs: readonly ShownLog[]): void {
      const runs = new Set(logs.map(log => log.source.run))
      // Nothing shown for a while is no reason to forget what was.
      const isGone = ({ run }: LogSource): boolean => runs.size > 0 && !runs.has(run)
      for (const source of windows.keys()) if (isGone(source)) windows.delete(source)
      shown = logs.map(log => knownSource(windows.keys(), log.source))
      logs.forEach(({ knownLines }, at) => {
        const source = shown[at]
        if (source === undefined || windows.has(source)) return
        windows.set(source, createLogWindow(source, Math.max(0, knownLines - capacity()), numbers))
      })
    },
    /** Whether the batch brought anything new. */
    take(source: LogSource, batch: LogLines): boolean {
      const window = windows.get(source)
      return window !== undefined && keep(source, window, window.append(batch))
    },
    /** What is known to be lost at the very end of a log, where no line tells of it. Whether that was news. */
    takeGaps(gaps: Run['gaps']): boolean {
      const isNews = shown.map(source => {
        const window = windows.get(source)
        const own = gaps.filter(({ log }) => log === source.log).map(({ gap }) => gap)
        return window !== undefined && own.length > 0 && keep(source, window, window.end(own))
      })
      return isNews.includes(true)
    },
    get freshCount() {
      return fresh.count
    },
    takeFresh: (): Fresh => fresh.take(),
    lists: () => shown.map(source => windows.get(source)?.entries ?? []),
    lineCount: () => shown.reduce((sum, source) => sum + (windows.get(source)?.lineCount ?? 0), 0),
  }
}

export type LogBuffers = ReturnType<typeof createLogBuffers>

function createFresh() {
  let lists = new Map<LogSource, LogEntry[]>()
  let count = 0
  let isTrimmed = false
  return {
    get count() {
      return count
    },
    add(source: LogSource, entries: readonly LogEntry[], hasTrimmed: boolean): void {
      const waiting = lists.get(source)
      if (waiting === undefined) lists.set(source, [...entries])
      else for (const entry of entries) waiting.push(entry)
      count += entries.length
      isTrimmed ||= hasTrimmed
    },
    take(): Fresh {
      const taken = { lists: [...lists.values()], count, isTrimmed }
      lists = new Map()
      count = 0
      isTrimmed = false
      return taken
    },
  }
}

/** The same log asked for again is the same source, whoever made the object. */
function knownSource(known: Iterable<LogSource>, source: LogSource): LogSource {
  for (const other of known) if (other.run === source.run && other.log === source.log) return other
  return source
}

function isInside(windows: ReadonlyMap<LogSource, LogWindow>): (entry: LogEntry) => boolean {
  // Neighbours mostly share their source, so that it is looked up once for many.
  let source: LogSource | null = null
  let firstLine = 0
  return entry => {
    if (entry.source !== source) {
      source = entry.source
      firstLine = windows.get(source)?.firstLine ?? 0
    }
    return entry.line >= firstLine
  }
}
