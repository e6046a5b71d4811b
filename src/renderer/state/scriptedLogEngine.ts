import type { WorkerId } from '../../contract/ids'
import type { LogLines } from '../../contract/logs'
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

/** For tests: an engine whose logs are pushed by the test. Every open stream gets what is pushed for its worker. */
export function createScriptedLogEngine() {
  const open = new Set<Stream>()
  const asked: string[] = []
  const reads = new Map<number, LogLines>()
  const settle = () => new Promise<void>(resolve => setTimeout(resolve))
  const client = {
    follow: async (
      { worker, fromLine }: { worker: WorkerId; fromLine: number },
      options?: { signal?: AbortSignal },
    ) => {
      asked.push(`${worker} from ${fromLine}`)
      const stream = createStream(worker)
      open.add(stream)
      options?.signal?.addEventListener('abort', () => {
        open.delete(stream)
        stream.end(new Error('aborted'))
      })
      return stream.batches()
    },
    read: async ({ fromLine }: { fromLine: number }) =>
      reads.get(fromLine) ?? { firstLine: fromLine, atMs: 0, lines: [], totalLines: 0, gaps: [] },
  }
  return {
    client: client as unknown as LogClient,
    asked,
    reads,
    openWorkers: () => [...open].map(stream => stream.worker).sort(),
    async push(source: LogSource, batch: LogLines): Promise<void> {
      for (const stream of open) if (stream.worker === source.worker) stream.push(batch)
      await settle()
    },
    async fail(source: LogSource, message: string): Promise<void> {
      for (const stream of open) if (stream.worker === source.worker) stream.end(new Error(message))
      await settle()
    },
    settle,
  }
}

type Stream = ReturnType<typeof createStream>
function createStream(worker: WorkerId) {
  const waiting: LogLines[] = []
  let failure: Error | null = null
  let wake = (): void => {}
  return {
    worker,
    push(batch: LogLines): void {
      waiting.push(batch)
      wake()
    },
    end(error: Error): void {
      failure = error
      wake()
    },
    async *batches() {
      for (;;) {
        const batch = waiting.shift()
        if (batch !== undefined) yield batch
        else if (failure !== null) throw failure
        else await new Promise<void>(resolve => (wake = resolve))
      }
    },
  }
}
