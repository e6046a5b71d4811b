import { useMemo } from 'react'
import type { NodeName } from '../../contract/ids'
import { type FleetState, useFleet } from '../state/fleetStore'
import { history } from '../state/history'
import { useTime } from './clock'
import { changedKeyOf } from './HostKeyChanged'
import type { RingOf } from './nodeReadings'
import { type NodeWork, workByNode } from './nodeWork'
import type { Problem } from './problem'
import { problemsOf } from './problems'
import { useScreen } from './screenStore'

const ringsOf =
  (node: NodeName): RingOf =>
  gauge =>
    history.of(node, gauge)

export function useWork(): ReadonlyMap<NodeName, NodeWork> {
  const runs = useFleet(state => state.runs)
  return useMemo(() => workByNode(runs), [runs])
}

/** What is wrong now and was not put away: the same array for as long as nothing about it changed. */
export function useProblems(): readonly Problem[] {
  const closed = useScreen(state => state.closedProblems)
  const nowMs = useTime()
  // A text decides whether to draw again: readings come every second, trouble seldom.
  const key = useFleet(state => problemsKey(state, nowMs()))
  return useMemo(() => {
    const problems = JSON.parse(key) as readonly Problem[]
    return problems.filter(problem => !closed.includes(problem.id))
  }, [key, closed])
}

/** Asked for by several views after every batch, and the same for all of them. */
function problemsKey(state: FleetState, nowMs: number): string {
  const known = keys.get(state)
  if (known?.nowMs === nowMs) return known.key
  const key = JSON.stringify(problemsOf(state, workByNode(state.runs), ringsOf, nowMs))
  keys.set(state, { nowMs, key })
  return key
}
const keys = new WeakMap<FleetState, { readonly nowMs: number; readonly key: string }>()

/** The nodes that the strip lists: those that are in trouble, and those with no more than a note. */
export function useAttention(problems: readonly Problem[]): {
  readonly troubled: ReadonlySet<NodeName>
  readonly listed: ReadonlySet<NodeName>
} {
  const nodes = useFleet(state => state.nodes)
  return useMemo(() => {
    const changed = nodes.filter(node => changedKeyOf(node) !== null).map(node => node.name)
    const namesOf = (of: readonly Problem[]): NodeName[] => of.flatMap(problem => problem.node ?? [])
    return {
      troubled: new Set([...changed, ...namesOf(problems.filter(problem => problem.isNote !== true))]),
      listed: new Set([...changed, ...namesOf(problems)]),
    }
  }, [nodes, problems])
}
