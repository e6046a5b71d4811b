/** One measured figure. `value` is NaN when it could not be measured; `note` then says why. */
export interface BenchRow {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
  readonly repeats: number
  readonly note?: string
}

export type Report = (row: BenchRow) => void

export interface BenchOptions {
  /** Stops with a daemon each. */
  readonly stops: number
  /** Lines of the log that any line is looked up in. */
  readonly lines: number
  /** How long links are held under jitter. */
  readonly jitterSeconds: number
  /** How long the screen is watched. */
  readonly seconds: number
}
