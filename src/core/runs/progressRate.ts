import type { Progress } from '../../contract/runs'

const WINDOW_MS = 60_000
const MAX_POINTS = 120

/** Steps per second over the last minute, from reports that come at any pace. */
export function createProgressRate() {
  let points: { readonly atMs: number; readonly step: number }[] = []

  return {
    /** The report as it is shown; a step that goes backwards starts the measuring anew. */
    note(step: number, total: number | null, atMs: number): Progress {
      const last = points.at(-1)
      if (last !== undefined && step < last.step) points = []
      // Many reports a second say no more than two: keep them half a second apart.
      if (points.length >= 2 && atMs - (points.at(-2)?.atMs ?? 0) < 500) points.pop()
      points.push({ atMs, step })
      points = points.filter(point => atMs - point.atMs <= WINDOW_MS).slice(-MAX_POINTS)
      const first = points[0]
      const spanMs = first === undefined ? 0 : atMs - first.atMs
      const ratePerS = first === undefined || spanMs <= 0 ? null : ((step - first.step) / spanMs) * 1000
      return { step, total, atMs, ratePerS }
    },
  }
}
