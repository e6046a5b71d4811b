import type { LogLines } from '../../contract/logs'
import type { LogEntry, LogSkip, LogSource } from './logEntry'
import type { LogClient } from './logStreams'
import type { LogView } from './logView'
import { filledSkip, olderLines, type LogNumbers, type LogWindow } from './logWindow'

/** Older lines fetched of each log at a time. */
const OLDER_LINES = 500
/** How long the list may become by reading older lines; the download has the rest. */
const MOST_ROWS = 200_000
/** The contract's limit for one read. */
const MOST_LINES_A_READ = 10_000

interface LogReaderDeps {
  readonly view: LogView
  readonly numbers: LogNumbers
  readonly onChange: () => void
}

/** Fetches lines that are not in memory, on demand: older ones, and those behind a skip. */
export function createLogReader(deps: LogReaderDeps) {
  /** Sources whose read before the first row gave nothing: there is no more to have. */
  const exhausted = new Set<LogSource>()
  const reading = createReading(deps.onChange)
  let generation = 0

  return {
    get isReading() {
      return reading.isOn
    },
    hasOlder: (windows: readonly (LogWindow | undefined)[]): boolean =>
      deps.view.merged.length < MOST_ROWS &&
      windows.some(window => window !== undefined && window.firstLine > 0 && !exhausted.has(window.source)),
    whileReading: (work: () => Promise<void>): Promise<void> => reading.whileOn(work),
    /** After a rebuild what was known about the beginning of the list is not true any more. */
    forget(): void {
      exhausted.clear()
      generation += 1
    },
    /** Errors: the engine's, for the caller to show. */
    readOlder: (client: LogClient, sources: readonly LogSource[]): Promise<void> =>
      reading.whileOn(async () => {
        const first = firstEntries(deps.view.merged)
        const begun = generation
        for (const source of sources) {
          const oldest = first.get(source)
          if (oldest === undefined || oldest.line === 0) continue
          const batches = await readAll(client, source, Math.max(0, oldest.line - OLDER_LINES), oldest.line)
          // The list was built anew meanwhile: these lines belong before another one.
          if (begun !== generation) return
          const lines = olderLines(batches, oldest, deps.numbers)
          if (lines.length === 0 || lines[0]?.line === 0) exhausted.add(source)
          deps.view.add(lines)
        }
      }),
    /** Errors: the engine's, for the caller to show. */
    readSkip: (
      client: LogClient,
      skip: LogSkip,
      fill: (skip: LogSkip, by: readonly LogEntry[]) => void,
    ): Promise<void> =>
      reading.whileOn(async () => {
        const end = skip.line + Math.min(skip.missing, MOST_LINES_A_READ)
        const batches = await readAll(client, skip.source, skip.line, end)
        if (batches.length === 0) return
        const entries = filledSkip(skip, batches, deps.numbers)
        fill(skip, entries)
        deps.view.replace(skip, entries)
      }),
  }
}

export type LogReader = ReturnType<typeof createLogReader>

/** One reading at a time: another one meanwhile is not begun. */
function createReading(onChange: () => void) {
  let isOn = false
  return {
    get isOn() {
      return isOn
    },
    async whileOn(work: () => Promise<void>): Promise<void> {
      if (isOn) return
      isOn = true
      onChange()
      try {
        await work()
      } finally {
        isOn = false
        onChange()
      }
    },
  }
}

/** Lines `[from, to)` as far as they can be had: one answer ends where lines of another time begin. */
export async function readAll(
  client: LogClient,
  { run, log }: LogSource,
  from: number,
  to: number,
): Promise<readonly LogLines[]> {
  const batches: LogLines[] = []
  for (let fromLine = from; fromLine < to;) {
    const batch = await client.read({
      run,
      log,
      fromLine,
      count: Math.min(to - fromLine, MOST_LINES_A_READ),
    })
    if (batch.firstLine !== fromLine || batch.lines.length === 0) break
    batches.push(batch)
    fromLine += batch.lines.length
  }
  return batches
}

function firstEntries(merged: readonly LogEntry[]): ReadonlyMap<LogSource, LogEntry> {
  const first = new Map<LogSource, LogEntry>()
  for (const entry of merged) if (!first.has(entry.source)) first.set(entry.source, entry)
  return first
}
