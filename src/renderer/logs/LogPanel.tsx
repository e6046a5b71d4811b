import { type RefObject, useEffect, useEffectEvent, useId, useRef, useState } from 'react'
import type { LogHit } from '../state/logSearch'
import type { LogStore } from '../state/logStore'
import { attempt } from '../views/attempt'
import { matchesShortcut } from '../shortcuts'
import { followShownLogs } from './followShownLogs'
import { jumpToHit } from './jumpToHit'
import { LogChooser } from './LogChooser'
import { LogFindBar } from './LogFindBar'
import { LogList } from './LogList'
import { useLogPanel } from './logPanelStore'
import { LogRuns } from './LogRuns'
import { createLogScroller } from './logScroller'
import { LogSearchPart } from './LogSearchPart'
import { LogTabs } from './LogTabs'
import { type LogLayout, LogTools } from './LogTools'
import { NoLines } from './NoLines'
import { useLogPlace } from './useLogPlace'
import { useLogs } from './useLogs'

export interface LogPanelProps {
  readonly store: LogStore
  readonly layout: LogLayout
}

/** Tabs, tools and lines of the shown run: the same in the dock, on the whole screen and in a window of its own. */
export function LogPanel({ store, layout }: LogPanelProps) {
  const panelId = useId()
  const { run, tab, fleet } = useLogPlace()
  const filterRef = useRef<HTMLInputElement>(null)
  const root = useRef<HTMLElement>(null)
  const [scroller] = useState(() => createScroller(store))
  const find = (step: 1 | -1): void => store.find(step, scroller.firstInSight())
  useEffect(() => followShownLogs(store), [store])
  useAskedFocus(root)
  useLogKeys(root, { layout, find, focusFilter: () => focusOn(filterRef.current) })

  return (
    <section ref={root} className="log-panel" data-layout={layout} aria-label="Log panel">
      <div className="log-bar">
        <LogRuns run={run} />
        <LogTabs {...{ run, fleet, tab, panelId }} />
        {run === null ? null : <LogChooser {...{ run, fleet, tab }} />}
        <LogTools {...{ store, run, tab, layout }} />
      </div>
      <LogFindBar {...{ store, run, tab, filterRef }} onFind={find} />
      <Problem store={store} />
      <div id={panelId} role="tabpanel" aria-label="Log lines" className="log-lines">
        <LogList {...{ store, scroller }} />
        <NoLines {...{ store, run, tab }} />
      </div>
      <LogSearchPart
        searches={store.searches}
        run={run}
        fleet={fleet}
        onJump={(hit: LogHit) => attempt(() => jumpToHit(store, hit))}
      />
    </section>
  )
}

function Problem({ store }: { store: LogStore }) {
  const problem = useLogs(store, snapshot => snapshot.problem)
  if (problem === null) return null
  return (
    <output className="log-problem">
      {problem.source.label}: {problem.message} Trying again.
    </output>
  )
}

const createScroller = (store: LogStore) =>
  createLogScroller(store, {
    onTop: () => (store.getSnapshot().isReading ? undefined : attempt(() => store.readOlder())),
    onBottom: () => (store.getSnapshot().isReading ? undefined : attempt(() => store.readNewer())),
  })

function focusOn(field: HTMLInputElement | null): void {
  field?.focus()
  field?.select()
}

/** Somebody asked for the logs from elsewhere: they get the keyboard. */
function useAskedFocus(root: RefObject<HTMLElement | null>): void {
  const asked = useLogPanel(state => state.focusAsked)
  useEffect(() => {
    if (asked > 0) root.current?.querySelector<HTMLElement>('[role="log"]')?.focus()
  }, [asked, root])
}

interface LogKeys {
  readonly layout: LogLayout
  readonly find: (step: 1 | -1) => void
  readonly focusFilter: () => void
}

/** Ctrl+F goes to the filter, F3 from match to match; in the dock only when the keyboard is there already. */
function useLogKeys(root: RefObject<HTMLElement | null>, keys: LogKeys): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent): void => {
    const isHere = keys.layout !== 'dock' || root.current?.contains(document.activeElement)
    if (!isHere) return
    if (matchesShortcut(event, 'filterLogs')) keys.focusFilter()
    else if (matchesShortcut(event, 'nextMatch')) keys.find(1)
    else if (matchesShortcut(event, 'previousMatch')) keys.find(-1)
    else return
    event.preventDefault()
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onKeyDown(event)
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}
