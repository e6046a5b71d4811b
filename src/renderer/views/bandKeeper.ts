import { type Band, type GaugeScale, nextBand, type SteadyBand, steadyBand } from '../components/gaugeBand'

/** A reading of one gauge, and when it came: the same one counts once, however often it is drawn. */
interface BandQuestion {
  /** Node and gauge. */
  readonly key: string
  readonly atMs: number
  readonly readingPct: number
  readonly scale: GaugeScale
  /** Its last five minutes with this reading; undefined without any. */
  readonly ring: Float32Array | undefined
}

export type BandKeeper = (question: BandQuestion) => Band

/** Remembers the band of every gauge, because a band is left only after several readings away from it. */
export function createBandKeeper(): BandKeeper {
  const kept = new Map<string, { atMs: number; scale: GaugeScale; state: SteadyBand }>()
  return ({ key, atMs, readingPct, scale, ring }) => {
    const before = kept.get(key)
    const isKnown = before !== undefined && isSameScale(before.scale, scale)
    if (isKnown && before.atMs === atMs && before.state.band !== null) return before.state.band
    const past = isKnown ? nextBand(before.state, readingPct, scale) : steadyBand(ring ?? [], scale)
    // A ring may lack the newest reading, which is drawn and so has a band.
    const state = past.band === null ? nextBand(past, readingPct, scale) : past
    kept.set(key, { atMs, scale, state })
    return state.band ?? 'idle'
  }
}

const isSameScale = (one: GaugeScale, other: GaugeScale): boolean =>
  one.targetPct === other.targetPct &&
  one.tolerancePct === other.tolerancePct &&
  one.limitPct === other.limitPct
