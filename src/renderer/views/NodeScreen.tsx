import { ServerOff } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { NodeView } from '../../contract/nodes'
import { Button } from '../components/Button'
import { EmptyState } from '../components/Panel'
import { useFleet } from '../state/fleetStore'
import { AttentionStrip } from './AttentionStrip'
import { changedKeyOf, HostKeyChanged } from './HostKeyChanged'
import { NodeCharts, SpanSwitch } from './NodeCharts'
import { NodeDiagnosis } from './NodeDiagnosis'
import { NodeHead } from './NodeHead'
import { NodeMeasures } from './NodeMeasures'
import { NodeNotices } from './NodeNotices'
import { NodePanels } from './NodePanels'
import { leaveNode } from './openNode'
import { type NodeTab, screenStore, useScreen } from './screenStore'
import { useProblems } from './useProblems'

/** One machine, with all that is known of it. Escape or Backspace leads back to the fleet. */
export function NodeScreen() {
  const name = useScreen(state => state.node)
  const engine = useFleet(state => state.engine)
  const node = useFleet(state => state.nodes.find(one => one.name === name))
  useWayBack()
  if (engine === 'waiting') return <NodeSkeleton />
  if (node === undefined) return <NoSuchNode name={name ?? ''} />
  return <KnownNode key={node.name} node={node} />
}

function KnownNode({ node }: { node: NodeView }) {
  const engine = useFleet(state => state.engine)
  const tab = useScreen(state => state.nodeTab)
  const problems = useProblems().filter(problem => problem.node === node.name)
  const changedKey = changedKeyOf(node)
  return (
    <section
      className="screen node-screen"
      aria-label={node.name}
      data-engine={engine}
      data-link={node.link.state}
    >
      <NodeHead node={node} isInTrouble={problems.length > 0} />
      {changedKey === null ? null : <HostKeyChanged node={node} reason={changedKey} />}
      <AttentionStrip problems={problems} isBrief={false} />
      <NodeNotices notices={node.notices} />
      <div className="node-bar">
        <NodeTabs tab={tab} />
        {tab === 'overview' ? <SpanSwitch /> : null}
      </div>
      {tab === 'overview' ? (
        <div className="node-part" role="tabpanel" aria-label="Overview">
          <NodeMeasures node={node} />
          <NodeCharts node={node} />
          <NodePanels node={node} />
        </div>
      ) : (
        <div className="node-part" role="tabpanel" aria-label="Diagnosis">
          <NodeDiagnosis node={node.name} />
        </div>
      )}
    </section>
  )
}

const TABS: readonly (readonly [NodeTab, string])[] = [
  ['overview', 'Overview'],
  ['diagnosis', 'Diagnosis'],
]

function NodeTabs({ tab }: { tab: NodeTab }) {
  const list = useRef<HTMLDivElement>(null)
  const choose = (nodeTab: NodeTab): void => screenStore.setState({ nodeTab })
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return
    event.preventDefault()
    choose(tab === 'overview' ? 'diagnosis' : 'overview')
    list.current?.querySelector<HTMLElement>('[role="tab"][aria-selected="false"]')?.focus()
  }
  return (
    <div ref={list} className="log-tabs" role="tablist" aria-label="Parts of the node">
      {TABS.map(([name, word]) => (
        <button
          key={name}
          type="button"
          role="tab"
          className="log-tab"
          aria-selected={name === tab}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => choose(name)}
          onKeyDown={onKeyDown}
        >
          {word}
        </button>
      ))}
    </div>
  )
}

/** Escape and Backspace lead back, unless something else has a use for them: a field, a menu, a dialog, a tooltip. */
function useWayBack(): void {
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent): void => {
      if (event.defaultPrevented || (event.key !== 'Escape' && event.key !== 'Backspace')) return
      const { target } = event
      const isHere =
        target === document.body ||
        (target instanceof Element && target.matches('.node-screen, .node-screen *:not(input, textarea)'))
      if (!isHere) return
      event.preventDefault()
      leaveNode()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

function NoSuchNode({ name }: { name: string }) {
  return (
    <div className="screen node-screen">
      <h1 className="sr-only">No such node</h1>
      <div className="panel">
        <EmptyState
          icon={<ServerOff size={20} strokeWidth={1.75} aria-hidden />}
          title={`There is no node called ${name}`}
        >
          It may have been renamed in fleet.yaml, or taken out of it.
        </EmptyState>
      </div>
      <p>
        <Button onClick={leaveNode}>Back to the fleet</Button>
      </p>
    </div>
  )
}

/** The true layout, before anything is known. */
function NodeSkeleton() {
  return (
    <div className="screen node-screen skeleton" aria-busy="true">
      <h1 className="sr-only">Loading</h1>
      <span className="bone h-7 w-60" />
      <div className="panel h-[76px] flex-none" />
      <div className="node-charts">
        {[0, 1, 2, 3].map(chart => (
          <div key={chart} className="chart h-[204px]" />
        ))}
      </div>
    </div>
  )
}
