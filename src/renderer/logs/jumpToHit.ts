import { isChosen } from '../state/logFilter'
import type { LogHit } from '../state/logSearch'
import type { LogStore } from '../state/logStore'
import { logPanelStore } from './logPanelStore'

/** Brings a hit into sight with the lines around it: whatever would leave them out is switched off. Errors: the engine's. */
export async function jumpToHit(store: LogStore, { log, line, atMs, text }: LogHit): Promise<void> {
  const { level, showsReports } = logPanelStore.getState()
  const isLeftOut = !isChosen({ level, showsReports, onlyMatches: false }, text)
  logPanelStore.setState({
    onlyMatches: false,
    ...(isLeftOut ? { level: 'all', showsReports: true } : {}),
  })
  const isShown = store.shown().some(source => source.log === log)
  // The choice of logs may be another one by now than the one that was searched.
  if (!isShown) logPanelStore.setState({ tab: 'all' })
  const source = store.shown().find(shown => shown.log === log)
  const isThere = source !== undefined && (await store.jump({ source, line, atMs }))
  if (!isThere) throw new Error('This line cannot be read any more.')
}
