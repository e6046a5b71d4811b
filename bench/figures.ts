import type { BenchRow } from './benchRow'

/** Percentiles of measured values; `value` is the median. */
export function figures(name: string, unit: string, values: readonly number[], note?: string): BenchRow {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN
  const percentiles = { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
  return {
    name,
    unit,
    value: at(0.5),
    ...percentiles,
    repeats: values.length,
    ...(note === undefined ? {} : { note }),
  }
}

/** How long `work` takes, in ms. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const start = performance.now()
  const value = await work()
  return { ms: performance.now() - start, value }
}
