import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { MetricPoint, Progress, ResultRow } from '../../contract/runs'
import { createProgressReader } from '../results/lineProtocol'
import type { Report } from '../results/lineProtocol'
import { createLineScanner } from './lineScanner'
import type { LocalLog } from './localLog'
import { createProgressRate } from './progressRate'
import type { RunBook } from './runBook'

const PROTOCOL_MARK = Buffer.from('"drydock"')

export interface WorkerReportDeps {
  readonly book: RunBook
  /** What one stretch of a log reported. It may come twice: rows replace each other by name. */
  readonly onReports: (results: readonly ResultRow[], metrics: readonly MetricPoint[]) => void
}

interface Source {
  readonly run: RunId
  readonly worker: WorkerId
  readonly node: NodeName
}

/** Reads one worker's reports out of the bytes of its log, from where the last reader stopped. */
export function createWorkerReports({ book, onReports }: WorkerReportDeps, source: Source, log: LocalLog) {
  const { run, worker } = source
  const record = book.record(run).workers.find(one => one.worker.id === worker)
  // A local copy that is shorter than what was read of it is another one: everything is read, and counted, anew.
  const isSame = record !== undefined && record.readBytes <= log.size
  const startByte = isSame ? record.readBytes : 0
  const reader = createProgressReader(
    record?.progressRule ?? { json: true },
    isSame ? record.readerState : null,
  )
  const scanner = createLineScanner(reader.readsEveryLine ? null : PROTOCOL_MARK)
  const rate = createProgressRate()

  function read(atMs: number, scan: (onLine: (line: string) => void) => void): void {
    const gathered = createGathered(source, atMs)
    let progress: Progress | null = null
    scan(line => {
      for (const report of reader.read(line)) {
        if (report.type === 'progress') progress = rate.note(report.step, report.total, atMs)
        else gathered.add(report)
      }
    })
    const { results, metrics } = gathered
    if (results.size + metrics.size > 0) onReports([...results.values()], [...metrics.values()])
    book.adjust(run, worker, before => ({
      ...before,
      readBytes: startByte + scanner.consumed,
      readerState: reader.state(),
      worker: {
        ...before.worker,
        progress: progress ?? before.worker.progress,
        logBytes: log.size,
        logLines: log.lines,
      },
    }))
  }

  return {
    /** The byte at which reading goes on. */
    startByte,
    /** Takes the log's next bytes. */
    take: (bytes: Uint8Array, atMs: number): void => read(atMs, onLine => scanner.scan(bytes, onLine)),
    /** The log has ended: what its last line says counts, although no newline follows it. */
    end: (atMs: number): void => read(atMs, onLine => scanner.end(onLine)),
  }
}

/** What one stretch of a log reported: of each name the newest, because only that is kept. */
function createGathered({ run, worker, node }: Source, atMs: number) {
  const results = new Map<string, ResultRow>()
  const metrics = new Map<string, MetricPoint>()
  return {
    results,
    metrics,
    add(report: Exclude<Report, { readonly type: 'progress' }>): void {
      const { name } = report
      if (report.type === 'result')
        results.set(name, { run, worker, node, name, values: report.values, atMs })
      else metrics.set(name, { run, worker, name, step: report.step, value: report.value, atMs })
    },
  }
}
