import type { DiagnosisRow } from '../../../contract/diagnosis'
import type { NodeConfig } from '../../config/fleetSchema'
import type { Machine } from './machine'
import type { Seen } from './seen'

/** What came of one look. */
export type Finding = Pick<DiagnosisRow, 'verdict' | 'measured' | 'wanted' | 'fix'>

/** What a row is called. */
type CheckHead = Pick<DiagnosisRow, 'id' | 'group' | 'name'>

/** One row, ready to be looked at; null when its time was over first. Errors: any; they become its finding. */
export interface Check extends CheckHead {
  readonly look: (signal: AbortSignal) => Promise<Finding | null>
}

/** One row that is looked at on a node, by one function of `nodeSide/diagnose.sh`, and judged here. */
export interface NodeCheck extends CheckHead {
  readonly look: `drydock_look_${string}`
  /** The function's arguments; null when there is nothing to look at, with the reason. */
  readonly args?: (place: Place) => readonly string[] | { readonly skip: string }
  /** Pure: from what was seen to the verdict. */
  readonly judge: (seen: Seen, place: Place) => Finding
}

/** The node that is looked at. */
export interface Place {
  readonly config: NodeConfig
  readonly machine: Machine
  readonly home: string
  readonly stateDir: string
}

export function pass(measured: string, wanted: string | null = null): Finding {
  return { verdict: 'PASS', measured, wanted, fix: null }
}

export function warn(measured: string, wanted: string | null, fix: string | null = null): Finding {
  return { verdict: 'WARN', measured, wanted, fix }
}

export function fail(measured: string, wanted: string | null, fix: string | null = null): Finding {
  return { verdict: 'FAIL', measured, wanted, fix }
}

export function skip(reason: string): Finding {
  return { verdict: 'SKIP', measured: reason, wanted: null, fix: null }
}
