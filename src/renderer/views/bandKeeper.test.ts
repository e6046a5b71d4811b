import { expect, test } from 'vitest'
import { createBandKeeper } from './bandKeeper'

const scale = { targetPct: 75, tolerancePct: 10, limitPct: 90 }
const ask = (atMs: number, readingPct: number) => ({
  key: 'pc2 CPU',
  atMs,
  readingPct,
  scale,
  ring: undefined,
})

test('readings that go to and fro across a border keep the band for ever', () => {
  const bandOf = createBandKeeper()
  const bands = Array.from({ length: 700 }, (_, second) => bandOf(ask(second, second % 2 === 0 ? 84 : 87)))
  expect(new Set(bands)).toEqual(new Set(['target']))
})

test('a reading counts once, however often it is drawn', () => {
  const bandOf = createBandKeeper()
  bandOf(ask(1, 75))
  expect([2, 2, 2, 2].map(atMs => bandOf(ask(atMs, 88)))).toEqual(['target', 'target', 'target', 'target'])
  expect([3, 4].map(atMs => bandOf(ask(atMs, 88)))).toEqual(['target', 'hot'])
})

test('what is already known of the last minutes counts at the first drawing', () => {
  const bandOf = createBandKeeper()
  expect(bandOf({ ...ask(5, 88), ring: Float32Array.from([75, 75, 75, 88, 88]) })).toBe('target')
  expect(bandOf({ ...ask(6, 88), ring: undefined })).toBe('hot')
})

test('another target is judged anew', () => {
  const bandOf = createBandKeeper()
  bandOf(ask(1, 75))
  expect(bandOf({ ...ask(1, 75), scale: { ...scale, targetPct: 50 } })).toBe('hot')
})
