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
  readonly onResult: (row: ResultRow) => void
  readonly onMetric: (point: MetricPoint) => void
}

interface Source {
  readonly run: RunId
  readonly worker: WorkerId
  readonly node: NodeName
}

/** Reads one worker's reports out of the bytes of its log, from where the last reader stopped. */
export function createWorkerReports(
  { book, onResult, onMetric }: WorkerReportDeps,
  { run, worker, node }: Source,
) {
  const record = book.record(run).workers.find(one => one.worker.id === worker)
  const startByte = record?.readBytes ?? 0
  const reader = createProgressReader(record?.progressRule ?? { json: true }, record?.readerState)
  const scanner = createLineScanner(reader.readsEveryLine ? null : PROTOCOL_MARK)
  const rate = createProgressRate()

  function tell(report: Report, atMs: number): Progress | null {
    switch (report.type) {
      case 'progress':
        return rate.note(report.step, report.total, atMs)
      case 'metric':
        onMetric({ run, worker, name: report.name, step: report.step, value: report.value, atMs })
        return null
      case 'result':
        onResult({ run, worker, node, name: report.name, values: report.values, atMs })
        return null
      default:
        return report satisfies never
    }
  }

  return {
    /** The byte at which reading goes on. */
    startByte,
    /** Takes the log's next bytes. Results and metrics are told at once, progress with the next change of the run. */
    take(bytes: Uint8Array, log: LocalLog, atMs: number): void {
      let progress: Progress | null = null
      scanner.scan(bytes, line => {
        for (const report of reader.read(line)) progress = tell(report, atMs) ?? progress
      })
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
    },
  }
}
