import type { LogId } from '../../contract/ids'
import type { LogLines, LogSearchEvent } from '../../contract/logs'
import type { LogSource } from './logEntry'
import type { LogClient } from './logStreams'

/** For tests: a batch of lines. */
export const linesFrom = (firstLine: number, texts: readonly string[], atMs = 1_000): LogLines => ({
  firstLine,
  atMs,
  lines: [...texts],
  totalLines: firstLine + texts.length,
  gaps: [],
})

interface DiskLine {
  readonly text: string
  readonly atMs: number
}
interface Asked {
  readonly log: LogId
  readonly fromLine: number
  readonly count: number
}

/**
 * For tests: an engine whose logs are pushed by the test. Every open stream gets what is pushed for its log; what is
 * put on `disk` can be read and found by its time, and a search tells what the test lets it tell.
 */
export function createScriptedLogEngine() {
  const open = new Set<Stream<LogLines>>()
  const asked: string[] = []
  const reads = new Map<number, LogLines>()
  const disk = new Map<string, readonly DiskLine[]>()
  const searches: Stream<LogSearchEvent>[] = []
  const settle = () => new Promise<void>(resolve => setTimeout(resolve))
  const client = {
    follow: async (
      { log, fromLine }: { log: LogId; fromLine: number },
      options?: { signal?: AbortSignal },
    ) => {
      asked.push(`${log} from ${fromLine}`)
      const stream = createStream<LogLines>(log, options?.signal)
      open.add(stream)
      options?.signal?.addEventListener('abort', () => open.delete(stream))
      return stream.values()
    },
    read: async (wanted: Asked) =>
      disk.has(wanted.log)
        ? readDisk(disk.get(wanted.log) ?? [], wanted)
        : (reads.get(wanted.fromLine) ?? EMPTY(wanted)),
    lineAt: async ({ log, atMs }: { log: LogId; atMs: number }) => {
      const lines = disk.get(log) ?? []
      const at = lines.findIndex(line => line.atMs >= atMs)
      return at < 0 ? lines.length : at
    },
    search: async (input: object, options?: { signal?: AbortSignal }) => {
      asked.push(`search ${JSON.stringify(input)}`)
      const stream = createStream<LogSearchEvent>('search', options?.signal)
      searches.push(stream)
      return stream.values()
    },
  }
  return {
    client: client as unknown as LogClient,
    asked,
    reads,
    disk,
    openLogs: () => [...open].map(stream => stream.name).sort(),
    /** The newest search: what it tells next, and how it ends. */
    get search() {
      const stream = searches.at(-1)
      if (stream === undefined) throw new Error('Nothing was searched for.')
      return stream
    },
    async push(source: LogSource, batch: LogLines): Promise<void> {
      for (const stream of open) if (stream.name === source.log) stream.push(batch)
      await settle()
    },
    async fail(source: LogSource, message: string): Promise<void> {
      for (const stream of open) if (stream.name === source.log) stream.end(new Error(message))
      await settle()
    },
    settle,
  }
}

const EMPTY = ({ fromLine }: Asked): LogLines => ({
  firstLine: fromLine,
  atMs: 0,
  lines: [],
  totalLines: 0,
  gaps: [],
})

/** As the engine does: one answer ends where lines of another time begin. */
function readDisk(lines: readonly DiskLine[], { fromLine, count }: Asked): LogLines {
  const atMs = lines[fromLine]?.atMs ?? 0
  const wanted = lines.slice(fromLine, fromLine + count)
  const end = wanted.findIndex(line => line.atMs !== atMs)
  return {
    firstLine: fromLine,
    atMs,
    lines: wanted.slice(0, end < 0 ? wanted.length : end).map(({ text }) => text),
    totalLines: lines.length,
    gaps: [],
  }
}

type Stream<Value> = ReturnType<typeof createStream<Value>>

function createStream<Value>(name: string, signal?: AbortSignal) {
  const waiting: Value[] = []
  let end: Error | 'done' | null = null
  let wake = (): void => {}
  const finish = (how: Error | 'done'): void => {
    end = how
    wake()
  }
  signal?.addEventListener('abort', () => finish(new Error('aborted')))
  return {
    name,
    push(value: Value): void {
      waiting.push(value)
      wake()
    },
    end: (error: Error): void => finish(error),
    done: (): void => finish('done'),
    async *values() {
      for (;;) {
        const value = waiting.shift()
        if (value !== undefined) yield value
        else if (end === 'done') return
        else if (end !== null) throw end
        else await new Promise<void>(resolve => (wake = resolve))
      }
    },
  }
}
