import { fleetStore } from '../state/fleetStore'
import type { LogStore } from '../state/logStore'
import { screenStore } from '../views/screenStore'
import { logPanelStore } from './logPanelStore'
import { shownLogs, shownRun, validTab } from './shownLogs'

/** Has the log store show what the panel has chosen, whatever changes, until it is ended: then none. */
export function followShownLogs(store: Pick<LogStore, 'show' | 'setChoice' | 'takeGaps'>): () => void {
  let shownKey: string | null = null
  let seen: readonly unknown[] = []

  function update(): void {
    const { runs, nodes } = fleetStore.getState()
    const { tab, level, showsReports, onlyMatches } = logPanelStore.getState()
    const { run: chosen } = screenStore.getState()
    // Readings change every second; nothing of them is of any matter here.
    const now = [runs, nodes, tab, level, showsReports, onlyMatches, chosen]
    if (now.every((value, at) => value === seen[at])) return
    seen = now
    const run = shownRun(runs, chosen)
    const fleet = nodes.map(node => node.name)
    const logs = shownLogs(run, validTab(run, tab), fleet)
    store.setChoice({ level, showsReports, onlyMatches })
    // Runs change with every line; what is followed changes only with these.
    const key = [run?.id, ...logs.map(({ source }) => source.log)].join(' ')
    if (key !== shownKey) {
      shownKey = key
      store.show(logs)
    }
    if (run !== null && run.gaps.length > 0) store.takeGaps(run.gaps)
  }

  const ends = [fleetStore.subscribe(update), screenStore.subscribe(update), logPanelStore.subscribe(update)]
  update()
  return () => {
    for (const end of ends) end()
    store.show([])
  }
}
