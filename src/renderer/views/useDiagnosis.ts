import { useEffect, useState } from 'react'
import type { DiagnosisEvent, DiagnosisRow } from '../../contract/diagnosis'
import type { NodeName } from '../../contract/ids'
import { type FleetActions, useActions } from './actions'
import { problemOf } from './attempt'
import type { ActionProblem } from './screenStore'

export interface Diagnosis {
  readonly phase: 'running' | 'over' | 'failed'
  /** What is looked at; empty until that is known. */
  readonly heads: readonly Pick<DiagnosisRow, 'id' | 'group' | 'name'>[]
  readonly rows: Readonly<Record<string, DiagnosisRow>>
  readonly atMs: number | null
  readonly problem: ActionProblem | null
}

const BEGUN: Diagnosis = { phase: 'running', heads: [], rows: {}, atMs: null, problem: null }

/** Looks at a node once, beginning at once, and gives up when nobody shows it any more. */
export function useDiagnosis(node: NodeName): Diagnosis {
  const actions = useActions()
  const [diagnosis, setDiagnosis] = useState(BEGUN)
  useEffect(() => {
    const left = new AbortController()
    void look(actions, node, setDiagnosis, left.signal)
    return () => left.abort()
  }, [actions, node])
  return diagnosis
}

async function look(
  actions: FleetActions,
  node: NodeName,
  set: (change: (before: Diagnosis) => Diagnosis) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const event of await actions.diagnose(node, signal)) {
      if (signal.aborted) return
      set(before => withEvent(before, event))
    }
    if (!signal.aborted) set(before => ({ ...before, phase: 'over' }))
  } catch (error) {
    if (!signal.aborted) set(before => ({ ...before, phase: 'failed', problem: problemOf(error) }))
  }
}

function withEvent(before: Diagnosis, event: DiagnosisEvent): Diagnosis {
  if (event.type === 'begin') return { ...before, atMs: event.atMs, heads: event.rows }
  return { ...before, rows: { ...before.rows, [event.row.id]: event.row } }
}
