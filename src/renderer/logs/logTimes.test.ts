import { describe, expect, it } from 'vitest'
import { fullTime, lineTime, parseTypedTime } from './logTimes'

const AT_MS = Date.UTC(2026, 8, 24, 14, 2, 9, 118)
/** Wherever this is run: what a local clock shows then. */
const at = new Date(AT_MS)
const two = (value: number): string => String(value).padStart(2, '0')
const localClock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`

describe('the time of a line', () => {
  it('is told by UTC or by the local clock', () => {
    expect([lineTime(AT_MS, 'utc'), lineTime(AT_MS, 'local')]).toEqual(['14:02:09.118', `${localClock}.118`])
    expect(fullTime(AT_MS, 'utc')).toBe('2026-09-24 14:02:09.118 UTC')
    expect(fullTime(AT_MS, 'local')).toMatch(/^2026-09-2\d \d\d:\d\d:09\.118 UTC([+-]\d\d:\d\d)?$/)
  })
})

describe('a typed time', () => {
  const last = AT_MS
  it.each([
    ['14:02:09', Date.UTC(2026, 8, 24, 14, 2, 9)],
    ['14:02', Date.UTC(2026, 8, 24, 14, 2)],
    [' 9:05 ', Date.UTC(2026, 8, 24, 9, 5)],
    ['14:02:09.1', Date.UTC(2026, 8, 24, 14, 2, 9, 100)],
    // Later than anything can be: yesterday's.
    ['14:02:10', Date.UTC(2026, 8, 23, 14, 2, 10)],
    ['2026-09-22 23:59:59', Date.UTC(2026, 8, 22, 23, 59, 59)],
    ['2026-09-22T23:59Z', Date.UTC(2026, 8, 22, 23, 59)],
    ['24:00', null],
    ['14', null],
    ['14:60', null],
    ['2026-02-30 10:00', null],
    ['soon', null],
    ['', null],
  ])('%j is that moment', (text, expected) => {
    expect(parseTypedTime(text, 'utc', last)).toBe(expected)
  })

  it('is of the local clock, unless it says UTC', () => {
    expect(parseTypedTime(localClock, 'local', last)).toBe(Date.UTC(2026, 8, 24, 14, 2, 9))
    expect(parseTypedTime('2026-09-24 14:02:09 UTC', 'local', last)).toBe(Date.UTC(2026, 8, 24, 14, 2, 9))
  })
})
