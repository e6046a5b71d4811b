import { expect, it } from 'vitest'
import { clockSkewMs } from './clockSkew'

// This PC asks at 1000.000 s and has the answer 100 ms later.
const trip = { sentAtMs: 1_000_000_000_000, receivedAtMs: 1_000_000_000_100 }

it('takes the time on the node out of the round trip', () => {
  // 10 ms there, 60 ms at work, 30 ms back: half the difference of the ways is left as the error.
  expect(clockSkewMs('1000000000.010', '1000000000.070', trip)).toBe(-10)
  expect(clockSkewMs('1000000000.020', '1000000000.080', trip)).toBe(0)
})

it.each([
  ['nanoseconds without a point (GNU date)', '1000003600020000000', '1000003600080000000', 3_600_000],
  ['microseconds (bash, BusyBox)', '1000003600.020000', '1000003600.080000', 3_600_000],
  ['whole seconds', '1000003600', '1000003600', 3_600_450],
  ['a clock that is behind', '0999996400.020000', '0999996400.080000', -3_600_000],
])('reads %s', (_name, first, last, skewMs) => {
  expect(clockSkewMs(first, last, trip)).toBe(skewMs)
})

it('claims nothing that its error hides', () => {
  // Somewhere in this second.
  expect(clockSkewMs('1000000000', '1000000000', trip)).toBe(null)
  const slow = { sentAtMs: trip.sentAtMs, receivedAtMs: trip.sentAtMs + 4000 }
  expect(clockSkewMs('1000000003.000', '1000000003.000', slow)).toBe(null)
  expect(clockSkewMs('1000000009.000', '1000000009.000', slow)).toBe(7000)
})

it.each([undefined, '', 'N', '1795577782N', '12'])('is not reported when the clock reads %s', text => {
  expect(clockSkewMs(text, '1000000000.070', trip)).toBe(null)
  expect(clockSkewMs('1000000000.010', '1000000000.070', null)).toBe(null)
})
