import { Logs, Server } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useRef } from 'react'
import type { NodeName } from '../../contract/ids'
import type { Run } from '../../contract/runs'
import { LogMark } from './LogMark'
import { logPanelStore } from './logPanelStore'
import { isSameTab, type LogTab } from './logTab'
import { coloursOf, nodesOf, tabTitle, tracksOf } from './shownLogs'

interface LogTabsProps {
  readonly run: Run | null
  readonly fleet: readonly NodeName[]
  readonly tab: LogTab
  /** The id of what the tabs choose. */
  readonly panelId: string
}

const ICON = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** All logs of the run, those of one track, of one node, or what was chosen. Arrow keys go from tab to tab. */
export function LogTabs({ run, fleet, tab, panelId }: LogTabsProps) {
  const list = useRef<HTMLDivElement>(null)
  const choices = choicesOf(run, fleet, tab)
  const current = choices.findIndex(choice => isSameTab(choice, tab))

  function choose(index: number): void {
    const choice = choices[(index + choices.length) % choices.length]
    if (choice === undefined) return
    logPanelStore.setState({ tab: choice })
    list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[choices.indexOf(choice)]?.focus()
  }
  function onKeyDown(event: KeyboardEvent): void {
    const to = { ArrowRight: current + 1, ArrowLeft: current - 1, Home: 0, End: choices.length - 1 }[
      event.key
    ]
    if (to === undefined) return
    event.preventDefault()
    choose(to)
  }
  return (
    <div ref={list} className="log-tabs" role="tablist" aria-label="Logs shown">
      {choices.map((choice, index) => (
        <Tab
          key={choice === 'all' ? '' : JSON.stringify(choice)}
          isChosen={index === current}
          panelId={panelId}
          onChoose={() => choose(index)}
          onKeyDown={onKeyDown}
        >
          <Sign run={run} fleet={fleet} choice={choice} />
          {tabTitle(run, choice)}
        </Tab>
      ))}
    </div>
  )
}

function choicesOf(run: Run | null, fleet: readonly NodeName[], tab: LogTab): readonly LogTab[] {
  const tracks = run === null ? [] : tracksOf(run)
  const nodes = run === null ? [] : nodesOf(run, fleet)
  return [
    'all',
    ...(tracks.length > 1 ? tracks.map(track => ({ track })) : []),
    ...nodes.map(node => ({ node })),
    ...(tab !== 'all' && 'logs' in tab ? [tab] : []),
  ]
}

/** The colour where it is that of the tab's lines. */
function Sign({ run, fleet, choice }: { run: Run | null; fleet: readonly NodeName[]; choice: LogTab }) {
  if (run === null || choice === 'all' || 'logs' in choice) return <Logs {...ICON} />
  const [track] = tracksOf(run)
  const colour = coloursOf(run, fleet)
  if ('track' in choice) return <LogMark colour={colour({ track: choice.track, node: NO_NODE })} />
  if (tracksOf(run).length > 1 || track === undefined) return <Server {...ICON} />
  return <LogMark colour={colour({ track, node: choice.node })} />
}

const NO_NODE = '' as NodeName

interface TabProps {
  readonly isChosen: boolean
  readonly panelId: string
  readonly onChoose: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly children: ReactNode
}

const Tab = ({ isChosen, panelId, onChoose, onKeyDown, children }: TabProps) => (
  <button
    type="button"
    role="tab"
    className="log-tab"
    aria-selected={isChosen}
    aria-controls={panelId}
    tabIndex={isChosen ? 0 : -1}
    onClick={onChoose}
    onKeyDown={onKeyDown}
  >
    {children}
  </button>
)
