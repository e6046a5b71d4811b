import type { NodeName, RunId, WorkerId } from '../../contract/ids'

/** The worker a line came from, as its rows name it. One object a worker, so that rows compare by identity. */
export interface LogSource {
  readonly run: RunId
  readonly worker: WorkerId
  readonly node: NodeName
  /** `pc2 w1` */
  readonly label: string
  /** Which of the node colours (from 0) its square has: the node's place in the fleet. */
  readonly colour: number
}

interface Placed {
  /** Unique on this screen: React's key and the virtual list's. */
  readonly id: number
  readonly source: LogSource
  /** Counts from 0 in its worker's log. */
  readonly line: number
  /** When Drydock received it (epoch ms), never before the line above it of the same worker. */
  readonly atMs: number
  /** Number of the batch it came in: orders what was received in the same millisecond. */
  readonly batch: number
}

export interface LogLine extends Placed {
  readonly kind: 'line'
  /** Raw, as the worker printed it. */
  readonly text: string
}

/** Lines that never reached this screen: `line` is the first of them. */
export interface LogGap extends Placed {
  readonly kind: 'gap'
  readonly missing: number
}

export type LogEntry = LogLine | LogGap
