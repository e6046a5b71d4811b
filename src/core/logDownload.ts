import { Readable } from 'node:stream'
import { RunId, WorkerId } from '../contract/ids'
import type { LogBook } from './runs/logBook'
import type { RunBook } from './runs/runBook'

export interface LogDownload {
  readonly fileName: string
  readonly stream: ReadableStream<Uint8Array>
}

/** A log to keep: the bytes as the node wrote them; of a whole run, worker after worker, each under its name. */
export function logDownload(
  book: RunBook,
  logs: LogBook,
  runText: string,
  workerText: string | null,
): LogDownload | null {
  const run = RunId.safeParse(runText)
  if (!run.success || !book.has(run.data)) return null
  const { id, plan, workers } = book.record(run.data)
  if (workerText === null) {
    const sources = workers.map(({ worker }) => ({
      heading: `==> ${worker.node} ${worker.id} <==\n`,
      worker: worker.id,
    }))
    return { fileName: `${plan}-${id}.log`, stream: toWeb(all(sources)) }
  }
  const worker = WorkerId.safeParse(workerText)
  if (!worker.success || !workers.some(one => one.worker.id === worker.data)) return null
  return { fileName: `${plan}-${id}-${worker.data}.log`, stream: toWeb(logs.stream(id, worker.data)) }

  async function* all(sources: readonly { readonly heading: string; readonly worker: WorkerId }[]) {
    for (const { heading, worker: one } of sources) {
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
