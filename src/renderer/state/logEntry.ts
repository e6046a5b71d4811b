import type { LogId, NodeName, RunId, TrackName } from '../../contract/ids'

/** The log a line came from, as its rows name it. One object a log, so that rows compare by identity. */
export interface LogSource {
  readonly run: RunId
  /** A worker's own log, or a file that the run's programs write. */
  readonly log: LogId
  readonly node: NodeName
  readonly track: TrackName
  /** `pc2 w1`, `pc2 equity.log` */
  readonly label: string
  /** Which of the log colours (from 0) its bar has: its track's place in the run, or its node's in the fleet. */
  readonly colour: number
}

interface Placed {
  /** Unique on this screen: React's key and the virtual list's. */
  readonly id: number
  readonly source: LogSource
  /** Counts from 0 in its log. */
  readonly line: number
  /** When Drydock received it (epoch ms), never before the line above it of the same log. */
  readonly atMs: number
  /** Number of the batch it came in: orders what was received in the same millisecond. */
  readonly batch: number
}

export interface LogLine extends Placed {
  readonly kind: 'line'
  /** Raw, as it was printed. */
  readonly text: string
}

/** Lines that are in the log and not on this screen: `line` is the first of them. */
export interface LogSkip extends Placed {
  readonly kind: 'skip'
  readonly missing: number
}

/** Bytes that the log had on its node and that are not here: they stood before `line`. */
export interface LostBytes extends Placed {
  readonly kind: 'gap'
  /** At most so many; null when nobody can say. */
  readonly lostBytes: number | null
  /** A sentence: what happened to the file. */
  readonly reason: string
}

export type LogEntry = LogLine | LogSkip | LostBytes
