import { type RefObject, useEffect, useId, useMemo, useRef, useSyncExternalStore } from 'react'
import type { NodeName } from '../../contract/ids'
import { useFleet } from '../state/fleetStore'
import type { LogStore } from '../state/logStore'
import { useScreen } from '../views/screenStore'
import { matchesShortcut } from '../shortcuts'
import { followShownLogs } from './followShownLogs'
import { LogList } from './LogList'
import { useLogPanel } from './logPanelStore'
import { LogTabs } from './LogTabs'
import { LogTools } from './LogTools'
import { NoLines } from './NoLines'
import { nodesOf, shownRun, validTab } from './shownLogs'

export interface LogPanelProps {
  readonly store: LogStore
  readonly layout: 'dock' | 'screen'
}

/** Tabs, tools and lines of the shown run: the same in the dock and on the whole screen. */
export function LogPanel({ store, layout }: LogPanelProps) {
  const panelId = useId()
  const chosen = useScreen(state => state.run)
  const run = useFleet(state => shownRun(state.runs, chosen))
  const fleet = useFleetNames()
  const tab = validTab(
    run,
    useLogPanel(state => state.tab),
  )
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot)
  const filterRef = useRef<HTMLInputElement>(null)
  const root = useRef<HTMLElement>(null)
  const showsReports = useLogPanel(state => state.showsReports)
  useEffect(() => store.setShowsReports(showsReports), [store, showsReports])
  useEffect(() => followShownLogs(store), [store])
  useAskedFocus(root)
  useFilterKey(root, filterRef, layout)

  return (
    <section ref={root} className="log-panel" data-layout={layout} aria-label="Log panel">
      <div className="log-bar">
        <LogTabs nodes={run === null ? [] : nodesOf(run, fleet)} {...{ fleet, tab, panelId }} />
        <LogTools {...{ store, snapshot, run, tab, layout, filterRef }} />
      </div>
      {snapshot.problem === null ? null : (
        <output className="log-problem">
          {snapshot.problem.source.label}: {snapshot.problem.message} Trying again.
        </output>
      )}
      <div id={panelId} role="tabpanel" aria-label="Log lines" className="log-lines">
        <LogList store={store} snapshot={snapshot} />
        <NoLines {...{ store, snapshot, run, tab }} />
      </div>
    </section>
  )
}

/** Names alone: readings and links change every second, they do not. */
function useFleetNames(): readonly NodeName[] {
  const key = useFleet(state => state.nodes.map(node => node.name).join('\n'))
  return useMemo(() => (key === '' ? [] : (key.split('\n') as NodeName[])), [key])
}

/** Somebody asked for the logs from elsewhere: they get the keyboard. */
function useAskedFocus(root: RefObject<HTMLElement | null>): void {
  const asked = useLogPanel(state => state.focusAsked)
  useEffect(() => {
    if (asked > 0) root.current?.querySelector<HTMLElement>('[role="log"]')?.focus()
  }, [asked, root])
}

/** Ctrl+F goes to the filter, in the dock only when the keyboard is there already. */
function useFilterKey(
  root: RefObject<HTMLElement | null>,
  filter: RefObject<HTMLInputElement | null>,
  layout: LogPanelProps['layout'],
): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isHere = layout === 'screen' || root.current?.contains(document.activeElement)
      if (!isHere || !matchesShortcut(event, 'filterLogs')) return
      event.preventDefault()
      filter.current?.focus()
      filter.current?.select()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [root, filter, layout])
}
