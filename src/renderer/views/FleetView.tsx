import { useMemo, useState } from 'react'
import type { NodeName } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import { useFleet } from '../state/fleetStore'
import { AddMachines } from './AddMachines'
import { FleetFilter, filtered } from './FleetFilter'
import { FleetNews } from './FleetNews'
import { FleetSkeleton } from './FleetSkeleton'
import { NodeCard } from './NodeCard'
import { NodeTable } from './NodeTable'
import type { NodeWork } from './nodeWork'
import { chosenPlan } from './refusals'
import { ResultsPanel } from './ResultsPanel'
import { RunsPanel } from './RunsPanel'
import { useScreen } from './screenStore'
import { useProblems, useWork } from './useProblems'

/** Full cards up to here, */
const MOST_FULL_CARDS = 4
/** compact ones up to here, rows beyond. */
const MOST_CARDS = 12
/** So many of the newest runs stand under the cards; the rest is on the screen of runs. */
const RUNS_SHOWN = 8

export function FleetView() {
  const engine = useFleet(state => state.engine)
  const nodes = useFleet(state => state.nodes)
  const hasResults = useFleet(state => state.results.length > 0)
  const hasRuns = useFleet(state => state.runs.length > 0)
  const problems = useProblems()
  const work = useWork()
  const [filter, setFilter] = useState('all')
  const troubled = useMemo(() => new Set(problems.flatMap(problem => problem.node ?? [])), [problems])
  if (engine === 'waiting') return <FleetSkeleton />
  const shared = { work, troubled }
  const isDense = nodes.length > MOST_CARDS
  return (
    <div className="screen" data-engine={engine}>
      <h1 className="sr-only">Fleet</h1>
      {isDense ? (
        <FleetFilter nodes={nodes} troubled={troubled} filter={filter} onFilter={setFilter} />
      ) : null}
      <FleetNews isBrief={nodes.length > MOST_FULL_CARDS} />
      {isDense ? (
        <ManyNodes {...shared} nodes={filtered(nodes, filter, troubled)} />
      ) : (
        <FewNodes {...shared} nodes={nodes} />
      )}
      <div className="tables" data-single={hasResults || hasRuns ? undefined : ''}>
        <RunsPanel limit={RUNS_SHOWN} />
        {hasResults || hasRuns ? <ResultsPanel /> : null}
      </div>
    </div>
  )
}

interface NodesProps {
  readonly nodes: readonly NodeView[]
  readonly work: ReadonlyMap<NodeName, NodeWork>
  readonly troubled: ReadonlySet<NodeName>
}

function FewNodes({ nodes, work, troubled }: NodesProps) {
  const hint = useHint(nodes.length)
  const hasGpus = useFleet(state => nodes.some(node => (state.gpus[node.name]?.gpus.length ?? 0) > 0))
  const layout = nodes.length === 1 ? 'wide' : nodes.length <= MOST_FULL_CARDS ? 'full' : 'compact'
  return (
    <div className="cards" data-columns={columnsFor(nodes.length)} data-gpus={hasGpus ? '' : undefined}>
      {nodes.map(node => (
        <NodeCard
          key={node.name}
          node={node}
          layout={layout}
          work={work.get(node.name)}
          isInTrouble={troubled.has(node.name)}
          hint={hint}
        />
      ))}
      {nodes.length < 2 ? <AddMachines /> : null}
    </div>
  )
}

/** Four cards make two even rows; five and more are lower and stand four in a row. */
function columnsFor(nodes: number): string {
  if (nodes < 2) return 'wide'
  if (nodes > MOST_FULL_CARDS) return '4'
  return nodes === 3 ? '3' : '2'
}

/** What a card says while nothing runs on its node. */
function useHint(nodes: number): string {
  const picked = useScreen(state => state.plan)
  const plan = useFleet(state => chosenPlan(state.plans, picked)?.name ?? null)
  const hasRuns = useFleet(state => state.runs.length > 0)
  if (plan === null) return 'Ready. Add a plan to fleet.yaml to use it.'
  return nodes === 1 && !hasRuns ? `Ready. Press START TRAINING to run ${plan} on this PC.` : 'Ready'
}

function ManyNodes(props: NodesProps) {
  if (props.nodes.length === 0) return <p className="panel p-6 text-t2">No node is like that.</p>
  return <NodeTable {...props} />
}
