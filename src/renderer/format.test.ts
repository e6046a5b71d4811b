import { expect, test } from 'vitest'
import {
  age,
  byteRate,
  byteSize,
  clockTime,
  count,
  diskSize,
  duration,
  etaMs,
  fraction,
  freshness,
  gib,
  gibOf,
  gibTotal,
  money,
  percent,
  percentDigits,
  plain,
  plural,
  ratio,
  seconds,
  span,
  startTime,
  timeLeft,
} from './format'

/** Thin spaces as `_`, so that the expectations can be read. */
const shown = (text: string | null): string | null => text?.replaceAll('\u2009', '_') ?? null
const SECOND = 1000
const MINUTE = 60_000
const HOUR = 3_600_000

test('percentages are whole and have a thin space before the sign', () => {
  expect(
    ['', 0, 0.4, 73.5, 100].map(value =>
      value === '' ? percentDigits(null) : percentDigits(value as number),
    ),
  ).toEqual(['—', '0', '0', '74', '100'])
  expect([percent(74.2), percent(null)].map(shown)).toEqual(['74_%', '—'])
})

test('GiB have one decimal; what a machine has in whole GiB has none', () => {
  expect([gib(6349), gib(null), gibOf(6349, 8192), gibOf(null, 8192), gibOf(null, null)].map(shown)).toEqual([
    '6.2_GiB',
    '—',
    '6.2/8.0_GiB',
    '8.0_GiB',
    null,
  ])
  expect([gibTotal(32 * 1024), gibTotal(31.3 * 1024)].map(shown)).toEqual(['32_GiB', '31.3_GiB'])
})

test('disks are told in the unit that a person would use', () => {
  expect([900, 11_264, 217_088, 1_500_000].map(mib => shown(diskSize(mib)))).toEqual([
    '0.9_GiB',
    '11_GiB',
    '212_GiB',
    '1.4_TiB',
  ])
})

test('rates are told in the unit that a person would use', () => {
  const rates = [null, 0, 0.4, 900, 1024, 12_700, 1_500_000, 34 * 2 ** 20, 3 * 2 ** 40]
  expect(rates.map(rate => shown(byteRate(rate)))).toEqual([
    '—',
    '0_B/s',
    '0_B/s',
    '900_B/s',
    '1_KiB/s',
    '12_KiB/s',
    '1.4_MiB/s',
    '34_MiB/s',
    '3,072_GiB/s',
  ])
})

test('durations name their two largest units', () => {
  const spans = [-5, 840, 42 * SECOND, 21 * MINUTE + 7 * SECOND, 4 * HOUR + 50 * MINUTE, 76 * HOUR]
  expect(spans.map(ms => shown(duration(ms)))).toEqual([
    '0.0_s',
    '0.8_s',
    '42_s',
    '21_m 07_s',
    '4_h 50_m',
    '3_d 04_h',
  ])
  expect(shown(seconds(20_412))).toBe('20.4_s')
})

test('ages and what is left name one unit, and the last second is not 0', () => {
  expect([8 * SECOND, 2 * MINUTE, 3 * HOUR, 50 * HOUR].map(ms => shown(span(ms)))).toEqual([
    '8_s',
    '2_min',
    '3_h',
    '2_d',
  ])
  expect(shown(age(12_400))).toBe('12_s ago')
  expect([400, 12_400].map(ms => shown(freshness(ms)))).toEqual(['0.4_s', '12_s'])
  expect([0, 30_400, 12 * MINUTE, 5 * HOUR, 80 * HOUR].map(ms => shown(timeLeft(ms)))).toEqual([
    '1_s left',
    '31_s left',
    '12_min left',
    '5_h left',
    '3_d left',
  ])
})

test('an ETA is only given when total and rate are known', () => {
  expect(etaMs({ step: 1000, total: 2000, ratePerS: 2 })).toBe(500_000)
  expect(etaMs({ step: 2100, total: 2000, ratePerS: 2 })).toBe(0)
  expect(etaMs({ step: 1000, total: null, ratePerS: 2 })).toBeNull()
  expect(etaMs({ step: 1000, total: 2000, ratePerS: null })).toBeNull()
  expect(etaMs({ step: 1000, total: 2000, ratePerS: 0 })).toBeNull()
})

test('times are UTC, with the day only when it is another one', () => {
  const now = Date.UTC(2026, 8, 24, 14, 2, 11)
  expect(clockTime(now)).toBe('14:02:11')
  expect(startTime(Date.UTC(2026, 8, 24, 13, 41, 4), now)).toBe('13:41')
  expect(startTime(Date.UTC(2026, 8, 3, 9, 12), now)).toBe('3 Sep 09:12')
})

test('numbers have thousands separators and a real minus sign, and nothing has a sign', () => {
  expect([count(1262), money(18_930.4), money(1204.5), money(-1204.5), money(14_210)]).toEqual([
    '1,262',
    '18,930',
    '1,204.50',
    '\u22121,204.50',
    '14,210',
  ])
  expect([fraction(-0.182), fraction(0.036), fraction(-0.0001)].map(shown)).toEqual([
    '\u221218.2_%',
    '3.6_%',
    '0.0_%',
  ])
  expect([ratio(0.612), ratio(-1.2), plain(12_345.67), plain(0.123456), plain(-3)]).toEqual([
    '0.61',
    '\u22121.20',
    '12,346',
    '0.1235',
    '\u22123',
  ])
  expect([plural(1, 'worker'), plural(2, 'worker'), plural(0, 'node')]).toEqual([
    '1 worker',
    '2 workers',
    '0 nodes',
  ])
})

test('how large a file is, in the units of file managers', () => {
  expect(
    [0, 812, 12_400, 1_200_000, 249_000_000, 3_400_000_000].map(bytes => shown(byteSize(bytes))),
  ).toEqual(['0_B', '812_B', '12_kB', '1.2_MB', '249_MB', '3.4_GB'])
})
