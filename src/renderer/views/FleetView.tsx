import { useMemo, useState } from 'react'
import type { NodeName } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import { useFleet } from '../state/fleetStore'
import { AddMachines } from './AddMachines'
import { EVERY_NODE, filtered } from './fleetFilter'
import { type Density, useFleetLook } from './fleetLook'
import { FleetNews } from './FleetNews'
import { FleetSkeleton } from './FleetSkeleton'
import { FleetTools } from './FleetTools'
import { NodeCard } from './NodeCard'
import { groupNodes } from './nodeGroups'
import { NodeHeat } from './NodeHeat'
import { NodeTable } from './NodeTable'
import type { NodeWork } from './nodeWork'
import { chosenPlan } from './refusals'
import { ResultsPanel } from './ResultsPanel'
import { RunsPanel } from './RunsPanel'
import { useScreen } from './screenStore'
import { useAttention, useProblems, useWork } from './useProblems'
import { nodeWalk } from './walkNodes'

/** Full cards up to here, */
const MOST_FULL_CARDS = 4
/** compact ones up to here, rows beyond. */
const MOST_CARDS = 12
/** So many of the newest runs stand under the cards; the rest is on the screen of runs. */
const RUNS_SHOWN = 8

export function FleetView() {
  const engine = useFleet(state => state.engine)
  const nodes = useFleet(state => state.nodes)
  const hasRuns = useFleet(state => state.runs.length > 0)
  const problems = useProblems()
  const { troubled, listed } = useAttention(problems)
  const work = useWork()
  if (engine === 'waiting') return <FleetSkeleton />
  const shared = { nodes, work, troubled }
  if (nodes.length > MOST_CARDS) return <ManyNodes {...shared} engine={engine} listed={listed} />
  return (
    <div className="screen" data-engine={engine} {...nodeWalk}>
      <h1 className="sr-only">Fleet</h1>
      <FleetNews isBrief={nodes.length > MOST_FULL_CARDS} />
      {nodes.length === 1 && hasRuns ? (
        <div className="one-node">
          <FewNodes {...shared} />
          <Tables isBeside />
        </div>
      ) : (
        <>
          <FewNodes {...shared} />
          <Tables />
        </>
      )}
    </div>
  )
}

function Tables({ isBeside = false }: { isBeside?: boolean }) {
  const hasAny = useFleet(state => state.results.length > 0 || state.runs.length > 0)
  return (
    <div className="tables" data-single={hasAny && !isBeside ? undefined : ''}>
      <RunsPanel limit={RUNS_SHOWN} />
      {hasAny ? <ResultsPanel /> : null}
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
  const density = useFleetLook(look => look.density)
  const layout = nodes.length === 1 ? 'wide' : isCompact(density, nodes.length) ? 'compact' : 'full'
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

const isCompact = (density: Density, nodes: number): boolean =>
  density === 'compact' || (density === 'auto' && nodes > MOST_FULL_CARDS)

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

interface ManyNodesProps extends NodesProps {
  readonly engine: 'live' | 'lost'
  /** Nodes of the strip. */
  readonly listed: ReadonlySet<NodeName>
}

/** From thirteen on: filtered and in groups if somebody wants that, and never in another order by itself. */
function ManyNodes({ nodes, work, troubled, engine, listed }: ManyNodesProps) {
  const [filter, setFilter] = useState(EVERY_NODE)
  const layout = useFleetLook(look => look.layout)
  const groupBy = useFleetLook(look => look.groupBy)
  const shown = useMemo(() => filtered(nodes, filter, listed), [nodes, filter, listed])
  const groups = useMemo(() => groupNodes(shown, groupBy), [shown, groupBy])
  return (
    <div className="screen" data-engine={engine}>
      <h1 className="sr-only">Fleet</h1>
      <FleetTools nodes={nodes} shown={shown} attention={listed} filter={filter} onFilter={setFilter} />
      <FleetNews isBrief />
      {shown.length === 0 ? (
        <p className="panel p-6 text-t2">
          No node is like that.{' '}
          <button type="button" className="text-accent underline" onClick={() => setFilter(EVERY_NODE)}>
            Show all
          </button>
        </p>
      ) : layout === 'heat' ? (
        <NodeHeat groups={groups} troubled={troubled} />
      ) : (
        <NodeTable groups={groups} work={work} troubled={troubled} />
      )}
      <Tables />
    </div>
  )
}
