import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createWallClock } from './clock'

beforeEach(() => void vi.useFakeTimers({ now: 10_000 }))
afterEach(() => void vi.useRealTimers())

test('the clock ticks once a second for everybody, and only while somebody listens', () => {
  const clock = createWallClock()
  const heard: string[] = []
  const endOne = clock.subscribe(() => heard.push(`one ${clock.nowMs()}`))
  const endOther = clock.subscribe(() => heard.push(`other ${clock.nowMs()}`))
  vi.advanceTimersByTime(2500)
  endOne()
  endOther()
  expect(heard).toEqual(['one 11000', 'other 11000', 'one 12000', 'other 12000'])
  expect(vi.getTimerCount()).toBe(0)
})

test('between two ticks everybody sees the same time', () => {
  const clock = createWallClock()
  const end = clock.subscribe(() => {})
  vi.advanceTimersByTime(900)
  expect(clock.nowMs()).toBe(10_000)
  end()
  vi.advanceTimersByTime(5000)
  expect(clock.nowMs()).toBe(15_900)
})
