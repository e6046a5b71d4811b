import { Logs } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useRef } from 'react'
import type { NodeName } from '../../contract/ids'
import { logPanelStore, type LogTab } from './logPanelStore'
import { NodeSquare } from './LogRow'
import { colourOf } from './shownLogs'

interface LogTabsProps {
  /** The nodes of the shown run. */
  readonly nodes: readonly NodeName[]
  readonly fleet: readonly NodeName[]
  readonly tab: LogTab
  /** The id of what the tabs choose. */
  readonly panelId: string
}

/** All workers, or those of one node. Arrow keys go from tab to tab. */
export function LogTabs({ nodes, fleet, tab, panelId }: LogTabsProps) {
  const list = useRef<HTMLDivElement>(null)
  const choices: readonly LogTab[] = ['all', ...nodes.map(node => ({ node }))]
  const current = choices.findIndex(choice => isSame(choice, tab))

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
    <div ref={list} className="log-tabs" role="tablist" aria-label="Workers shown">
      {choices.map((choice, index) => (
        <Tab
          key={choice === 'all' ? '' : choice.node}
          isChosen={index === current}
          panelId={panelId}
          onChoose={() => choose(index)}
          onKeyDown={onKeyDown}
        >
          {choice === 'all' ? (
            <Logs size={14} strokeWidth={1.75} aria-hidden />
          ) : (
            <NodeSquare colour={colourOf(choice.node, fleet)} />
          )}
          {choice === 'all' ? 'All workers' : choice.node}
        </Tab>
      ))}
    </div>
  )
}

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

const isSame = (left: LogTab, right: LogTab): boolean =>
  left === right || (left !== 'all' && right !== 'all' && left.node === right.node)
