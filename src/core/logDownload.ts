import { Readable } from 'node:stream'
import { LogId, RunId } from '../contract/ids'
import type { LogBook } from './runs/logBook'
import type { RunBook } from './runs/runBook'
import { logsOf } from './runs/runLogs'

export interface LogDownload {
  readonly fileName: string
  readonly stream: ReadableStream<Uint8Array>
}

interface Source {
  readonly heading: string
  readonly log: LogId
}

/** A log to keep: the bytes as the node wrote them; of a whole run, log after log, each under its name. */
export function logDownload(
  book: RunBook,
  logs: LogBook,
  runText: string,
  logText: string | null,
): LogDownload | null {
  const run = RunId.safeParse(runText)
  if (!run.success || !book.has(run.data)) return null
  const { id, plan, workers, files } = book.record(run.data)
  if (logText === null) {
    const sources: Source[] = [
      ...workers.map(({ worker }) => ({ heading: `==> ${worker.node} ${worker.id} <==\n`, log: worker.id })),
      ...files.map(file => ({ heading: `==> ${file.node} ${file.path} <==\n`, log: file.id })),
    ]
    return { fileName: `${plan}-${id}.log`, stream: toWeb(all(sources)) }
  }
  const log = LogId.safeParse(logText)
  if (!log.success || !logsOf(book.record(id)).includes(log.data)) return null
  const name = log.data.replace('@', 'file-')
  return { fileName: `${plan}-${id}-${name}.log`, stream: toWeb(logs.stream(id, log.data)) }

  async function* all(sources: readonly Source[]) {
    for (const { heading, log: one } of sources) {
      yield Buffer.from(heading)
      let last = 10
      for await (const bytes of logs.stream(id, one)) {
        last = bytes.at(-1) ?? last
        yield bytes
      }
      if (last !== 10) yield Buffer.from('\n')
    }
  }
}

function toWeb(bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  return Readable.toWeb(Readable.from(bytes)) as ReadableStream<Uint8Array>
}
