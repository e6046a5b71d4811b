import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bandNote, bandOf, gaugeSpeech, type GaugeScale, steadyBand } from './gaugeBand'

const TARGET: GaugeScale = { targetPct: 75, tolerancePct: 10, limitPct: 90 }
const LIMIT_ONLY: GaugeScale = { targetPct: null, tolerancePct: 0, limitPct: 90 }

test('bands begin and end at the numbers that are shown', () => {
  const readings = [0, 9.4, 9.6, 64.4, 64.6, 85.4, 85.6, 89.4, 89.6, 100]
  expect(readings.map(reading => bandOf(reading, TARGET))).toEqual([
    'idle',
    'idle',
    'under',
    'under',
    'target',
    'target',
    'hot',
    'hot',
    'over',
    'over',
  ])
})

test('without a target nothing is wrong until the limit', () => {
  expect([0, 50, 89, 90].map(reading => bandOf(reading, LIMIT_ONLY))).toEqual([
    'idle',
    'idle',
    'idle',
    'over',
  ])
})

test('a limit below the target wins', () => {
  expect(bandOf(70, { targetPct: 75, tolerancePct: 10, limitPct: 60 })).toBe('over')
})

test('a band is left after three readings away from it, not after two', () => {
  expect(steadyBand([75, 75, 88, 88], TARGET).band).toBe('target')
  expect(steadyBand([75, 75, 88, 88, 88], TARGET).band).toBe('hot')
  expect(steadyBand([75, 88, 88, 75, 88, 88], TARGET).band).toBe('target')
})

test('readings that scatter beyond a band move to the nearest of them', () => {
  expect(steadyBand([75, 95, 88, 95], TARGET).band).toBe('hot')
})

test('readings on both sides of a band do not leave it', () => {
  expect(steadyBand([75, 88, 50, 88, 50, 88, 50], TARGET).band).toBe('target')
})

test('a missing reading has no band, and after it the next one counts at once', () => {
  expect(steadyBand([75, 75, Number.NaN], TARGET).band).toBeNull()
  expect(steadyBand([75, 75, Number.NaN, 95], TARGET).band).toBe('over')
  expect(steadyBand([], TARGET).band).toBeNull()
})

test('a band never changes more often than every third reading', () => {
  const readings = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(readings, series => {
      const bands = series.map((_, index) => steadyBand(series.slice(0, index + 1), TARGET).band)
      const changes = bands.flatMap((band, index) => (index > 0 && band !== bands[index - 1] ? [index] : []))
      return changes.every((at, index) => at - (changes[index - 1] ?? 0) >= 3)
    }),
  )
})

test('five equal readings always decide', () => {
  const percent = fc.integer({ min: 0, max: 100 })
  fc.assert(
    fc.property(fc.array(percent), percent, (before, last) => {
      return steadyBand([...before, ...Array<number>(5).fill(last)], TARGET).band === bandOf(last, TARGET)
    }),
  )
})

test('every band has words for the eye and for the ear', () => {
  const words = [3, 41, 74, 87, 97].map(reading => {
    const band = bandOf(reading, TARGET)
    return [bandNote(reading, band, TARGET), gaugeSpeech('GPU 0', reading, band, TARGET)]
  })
  expect(words).toEqual([
    ['idle', 'GPU 0, 3 percent, idle, target 75'],
    ['\u221234 under target', 'GPU 0, 41 percent, 34 under target 75'],
    ['on target', 'GPU 0, 74 percent, on target 75'],
    ['+12 over target', 'GPU 0, 87 percent, 12 over target 75'],
    ['over the limit of 90', 'GPU 0, 97 percent, over limit 90'],
  ])
  expect(bandNote(78, 'idle', LIMIT_ONLY)).toBeNull()
  expect(gaugeSpeech('RAM', 78, 'idle', LIMIT_ONLY)).toBe('RAM, 78 percent, limit 90')
})
