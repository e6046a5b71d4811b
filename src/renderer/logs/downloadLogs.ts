import type { LogId, RunId } from '../../contract/ids'

/** Where the main process serves a log as an attachment. `log: null` is the whole run in one file. */
const logUrl = (run: RunId, log: LogId | null): string =>
  log === null ? `app://drydock/logs/${run}.log` : `app://drydock/logs/${run}/${log}.log`

/** Asks where to save: one file for the whole run (`logs: null`), else one a log. All lines, not only those in memory. */
export function downloadLogs(run: RunId, logs: readonly { readonly id: LogId }[] | null): void {
  const urls = logs === null ? [logUrl(run, null)] : logs.map(log => logUrl(run, log.id))
  for (const url of urls) {
    const link = document.createElement('a')
    link.href = url
    link.download = ''
    link.click()
  }
}
