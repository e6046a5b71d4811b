import { useMemo } from 'react'
import type { NodeName } from '../../contract/ids'
import { type FleetState, useFleet } from '../state/fleetStore'
import { history } from '../state/history'
import { useTime } from './clock'
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
  const key = useFleet(state => JSON.stringify(problemsOfState(state, nowMs())))
  return useMemo(() => {
    const problems = JSON.parse(key) as readonly Problem[]
    return problems.filter(problem => !closed.includes(problem.id))
  }, [key, closed])
}

const problemsOfState = (state: FleetState, nowMs: number): readonly Problem[] =>
  problemsOf(state, workByNode(state.runs), ringsOf, nowMs)
