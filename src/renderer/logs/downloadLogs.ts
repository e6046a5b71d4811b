import type { RunId, WorkerId } from '../../contract/ids'

/** Where the main process serves a log as an attachment. `worker: null` is the whole run in one file. */
const logUrl = (run: RunId, worker: WorkerId | null): string =>
  worker === null ? `app://drydock/logs/${run}.log` : `app://drydock/logs/${run}/${worker}.log`

/** Asks where to save: one file for the whole run (`workers: null`), else one a worker. All lines, not only those in memory. */
export function downloadLogs(run: RunId, workers: readonly { readonly id: WorkerId }[] | null): void {
  const urls = workers === null ? [logUrl(run, null)] : workers.map(worker => logUrl(run, worker.id))
  for (const url of urls) {
    const link = document.createElement('a')
    link.href = url
    link.download = ''
    link.click()
  }
}
