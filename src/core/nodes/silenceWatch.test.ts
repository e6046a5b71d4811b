import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchSilence } from './silenceWatch'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function watched(roundTripMs: number) {
  const startMs = performance.now()
  const deaths: number[] = []
  let hear = (): void => {}
  const watch = watchSilence(
    roundTripMs,
    listener => (hear = listener),
    () => deaths.push(performance.now() - startMs),
  )
  return { deaths, stop: () => watch.stop(), hear: () => hear() }
}

it('tells of 2.4 s of silence, once', () => {
  const { deaths } = watched(1)
  vi.advanceTimersByTime(10_000)
  expect(deaths).toEqual([2400])
})

it('counts from the last byte', () => {
  const { deaths, hear } = watched(1)
  vi.advanceTimersByTime(2000)
  hear()
  vi.advanceTimersByTime(2399)
  expect(deaths).toEqual([])
  vi.advanceTimersByTime(1)
  expect(deaths).toEqual([4400])
})

it('gives a slow link four round trips more, and no link more than 10 s', () => {
  const slow = watched(800)
  const slowest = watched(60_000)
  vi.advanceTimersByTime(20_000)
  expect([slow.deaths, slowest.deaths]).toEqual([[4200], [10_000]])
})

it('does not take its own sleep for the link’s silence', () => {
  const { deaths } = watched(1)
  // The clock goes on, the timers do not: a laptop that was closed.
  vi.setTimerTickMode?.('manual')
  const now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => now + 60_000)
  vi.advanceTimersByTime(2400)
  expect(deaths).toEqual([])
})

it('ends with its link', () => {
  const { deaths, stop } = watched(1)
  stop()
  vi.advanceTimersByTime(10_000)
  expect([deaths, vi.getTimerCount()]).toEqual([[], 0])
})
