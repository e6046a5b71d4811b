import { expect, it } from 'vitest'
import { systemClock } from './clock'
import { createPause } from './pause'

const FOR_EVER_MS = 1_000_000
const never = new AbortController().signal

it('ends when its time is over', async () => {
  expect(await createPause(systemClock).wait(1, never)).toBe(false)
})

it('is cut short by a call, and by one that came before it', async () => {
  const pause = createPause(systemClock)
  const waiting = pause.wait(FOR_EVER_MS, never)
  pause.wake()
  expect(await waiting).toBe(true)
  pause.wake()
  expect(await pause.wait(FOR_EVER_MS, never)).toBe(true)
  expect(await pause.wait(1, never)).toBe(false)
})

it('ends when it is no longer wanted', async () => {
  const over = new AbortController()
  const waiting = createPause(systemClock).wait(FOR_EVER_MS, over.signal)
  over.abort()
  expect(await waiting).toBe(false)
})
