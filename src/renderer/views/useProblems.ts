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

/**
 * Asked for by several views after every batch. Links, runs and alerts count at once; what is found in readings is
 * looked for once a second (the clock's step), because it is trouble only after a minute.
 */
const problemsKey = createProblemsKey()

function createProblemsKey(): (state: FleetState, nowMs: number) => string {
  let asked: readonly unknown[] = []
  let key = '[]'
  return (state, nowMs) => {
    const { nodes, runs, alerts, mode } = state
    const now = [nodes, runs, alerts, mode, nowMs]
    if (now.some((one, at) => one !== asked[at])) {
      asked = now
      key = JSON.stringify(problemsOf(state, workByNode(runs), ringsOf, nowMs))
    }
    return key
  }
}

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
