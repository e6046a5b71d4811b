/** Where a reading lies, from quiet to loud. */
const BANDS = ['idle', 'under', 'target', 'hot', 'over'] as const
export type Band = (typeof BANDS)[number]

/** What a gauge is held against, in percent. Without a target only the limit counts: full is not bad until then. */
export interface GaugeScale {
  readonly targetPct: number | null
  readonly tolerancePct: number
  readonly limitPct: number
}

const IDLE_BELOW_PCT = 10
/** A band is entered and left after this many readings, so nothing flickers. */
const STEADY_READINGS = 3

/** The band of one reading, from the number as it is shown, so that number and colour never disagree. */
export function bandOf(valuePct: number, scale: GaugeScale): Band {
  const shown = Math.round(valuePct)
  const { targetPct, tolerancePct, limitPct } = scale
  if (shown >= limitPct) return 'over'
  if (targetPct === null || shown < IDLE_BELOW_PCT) return 'idle'
  if (shown < targetPct - tolerancePct) return 'under'
  return shown <= targetPct + tolerancePct ? 'target' : 'hot'
}

/** A band and the newest readings that lie away from it, all on the same side. */
export interface SteadyBand {
  readonly band: Band | null
  readonly away: readonly Band[]
}

const NO_BAND: SteadyBand = { band: null, away: [] }

/**
 * The band after one more reading. It moves only when three in a row lie on the same side of it, and then no further
 * than the nearest of the three.
 *
 * Shape: percent. Absent: null or NaN was not reported; there is no band then, and the next reading counts at once.
 */
export function nextBand(before: SteadyBand, readingPct: number | null, scale: GaugeScale): SteadyBand {
  if (readingPct === null || Number.isNaN(readingPct)) return NO_BAND
  const { band } = before
  const seen = bandOf(readingPct, scale)
  if (band === null || seen === band)
    return seen === band && before.away.length === 0 ? before : { band: seen, away: [] }
  const away = isSameSide(before.away.at(-1), seen, band) ? [...before.away, seen] : [seen]
  return away.length < STEADY_READINGS ? { band, away } : { band: nearest(away, band), away: [] }
}

/** The band after all these readings, oldest first. */
export function steadyBand(readingsPct: ArrayLike<number>, scale: GaugeScale): SteadyBand {
  let state = NO_BAND
  for (let index = 0; index < readingsPct.length; index += 1) {
    state = nextBand(state, readingsPct[index] ?? null, scale)
  }
  return state
}

const rank = (band: Band): number => BANDS.indexOf(band)
const isSameSide = (before: Band | undefined, seen: Band, band: Band): boolean =>
  before !== undefined && rank(before) > rank(band) === rank(seen) > rank(band)
const nearest = (away: readonly Band[], band: Band): Band =>
  away.reduce((near, seen) =>
    Math.abs(rank(seen) - rank(band)) < Math.abs(rank(near) - rank(band)) ? seen : near,
  )

/** `on target`, `+12 over target`, `idle`: the band in words, for the eye. Null when it needs none. */
export function bandNote(valuePct: number, band: Band, scale: GaugeScale): string | null {
  const away = Math.round(valuePct) - (scale.targetPct ?? 0)
  switch (band) {
    case 'over':
      return `over the limit of ${scale.limitPct}`
    case 'hot':
      return `+${away} over target`
    case 'target':
      return 'on target'
    case 'under':
      return `\u2212${-away} under target`
    case 'idle':
      return scale.targetPct === null ? null : 'idle'
    default:
      return band satisfies never
  }
}

/** `GPU 0, 74 percent, on target 75`: what a screen reader says. */
export function gaugeSpeech(name: string, valuePct: number, band: Band | null, scale: GaugeScale): string {
  const spoken = `${name}, ${Math.round(valuePct)} percent`
  const away = Math.round(valuePct) - (scale.targetPct ?? 0)
  switch (band) {
    case 'over':
      return `${spoken}, over limit ${scale.limitPct}`
    case 'hot':
      return `${spoken}, ${away} over target ${scale.targetPct}`
    case 'target':
      return `${spoken}, on target ${scale.targetPct}`
    case 'under':
      return `${spoken}, ${-away} under target ${scale.targetPct}`
    case 'idle':
      return scale.targetPct === null
        ? `${spoken}, limit ${scale.limitPct}`
        : `${spoken}, idle, target ${scale.targetPct}`
    case null:
      return spoken
    default:
      return band satisfies never
  }
}
