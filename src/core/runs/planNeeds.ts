import type { PreviewNode } from '../../contract/plans'
import type { PlanConfig, TrackConfig } from '../config/planSchema'
import type { WorkerSpec } from './planWorkers'

type Need = PreviewNode['needs'][number]
export type What = Need['what']

const WHATS: readonly What[] = ['cpu', 'gpu', 'memGiB', 'diskGiB']

/**
 * What these workers of one node ask for together, whenever they run. What no track of theirs says is left out; a
 * track that does not say it, beside others that do, adds nothing.
 */
export function needsOf(
  plan: PlanConfig,
  specs: readonly WorkerSpec[],
): readonly { readonly what: What; readonly low: number; readonly high: number }[] {
  const tracks = specs.flatMap(spec => plan.tracks.filter(track => track.name === spec.track))
  return WHATS.flatMap(what => {
    const ranges = tracks.flatMap(track => rangeOf(track, what))
    if (ranges.length === 0) return []
    const sum = (pick: 0 | 1): number => rounded(ranges.reduce((total, range) => total + range[pick], 0))
    return [{ what, low: sum(0), high: sum(1) }]
  })
}

/** `ok`: the high end fits; `tight`: only the low end does; `over`: not even that; `unknown`: nothing was measured. */
export function verdictOf(low: number, high: number, free: number | null): Need['verdict'] {
  if (free === null) return 'unknown'
  if (high <= free) return 'ok'
  return low <= free ? 'tight' : 'over'
}

function rangeOf({ needs }: TrackConfig, what: What): readonly (readonly [number, number])[] {
  const need = needs?.[what]
  if (need === undefined) return []
  return [typeof need === 'number' ? [need, need] : need]
}

/** 0.1 + 0.2 is 0.3 for a trader. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
