import { expect, it } from 'vitest'
import { createProgressRate } from './progressRate'

it('has no rate before the second report', () => {
  expect(createProgressRate().note(1, 10, 1_000)).toEqual({ step: 1, total: 10, atMs: 1_000, ratePerS: null })
})

it('measures steps per second over the last minute, however many reports come', () => {
  const rate = createProgressRate()
  let last = rate.note(0, 2_000, 0)
  for (let step = 1; step <= 2_000; step += 1) last = rate.note(step, 2_000, step * 100)
  expect(last.ratePerS).toBeCloseTo(10, 5)
})

it('begins anew when the steps go backwards', () => {
  const rate = createProgressRate()
  rate.note(100, null, 0)
  rate.note(200, null, 1_000)
  expect(rate.note(0, null, 2_000).ratePerS).toBeNull()
  expect(rate.note(50, null, 7_000).ratePerS).toBe(10)
})
