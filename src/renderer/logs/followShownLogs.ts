import { fleetStore } from '../state/fleetStore'
import type { LogStore } from '../state/logStore'
import { screenStore } from '../views/screenStore'
import { logPanelStore } from './logPanelStore'
import { shownLogs, shownRun, validTab } from './shownLogs'

/** Has the log store follow the workers that the panel shows, whatever changes, until it is ended: then none. */
export function followShownLogs(store: Pick<LogStore, 'show'>): () => void {
  let shownKey: string | null = null

  function update(): void {
    const { runs, nodes } = fleetStore.getState()
    const run = shownRun(runs, screenStore.getState().run)
    const logs = shownLogs(
      run,
      validTab(run, logPanelStore.getState().tab),
      nodes.map(node => node.name),
    )
    // Runs change with every line; what is followed changes only with these.
    const key = [run?.id, ...logs.map(log => log.source.worker)].join(' ')
    if (key === shownKey) return
    shownKey = key
    store.show(logs)
  }

  const ends = [fleetStore.subscribe(update), screenStore.subscribe(update), logPanelStore.subscribe(update)]
  update()
  return () => {
    for (const end of ends) end()
    store.show([])
  }
}
