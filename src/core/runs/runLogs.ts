import type { LogId } from '../../contract/ids'
import { AppError } from '../kernel/appError'
import type { RunRecord } from './runRecord'
import { isActive } from './workerState'

/** All logs of a run: those of its workers, then the files that its programs write. */
export function logsOf({ workers, files }: RunRecord): LogId[] {
  return [...workers.map(({ worker }) => worker.id), ...files.map(({ id }) => id)]
}

/** Whether nothing more can come for this log. Errors: `not-found` for one that the run does not have. */
export function isLogEnded(record: RunRecord, log: LogId): boolean {
  const worker = record.workers.find(one => one.worker.id === log)?.worker
  if (worker !== undefined) return !isActive(worker.state)
  const file = record.files.find(({ id }) => id === log)
  if (file === undefined) throw new AppError('not-found', `The run ${record.id} has no log ${log}.`)
  return !record.workers.some(one => one.worker.node === file.node && isActive(one.worker.state))
}
