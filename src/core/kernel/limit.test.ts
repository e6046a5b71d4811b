import { expect, it } from 'vitest'
import { createBell } from './bell'
import { systemClock } from './clock'
import { withLimit } from './limit'

const never = new AbortController().signal
const silent = createBell()

it('aborts the work when its time is over, or when it is no longer wanted', async () => {
  await withLimit(systemClock, 1, never, signal => silent.wait(signal))
  const over = new AbortController()
  const work = withLimit(systemClock, 1_000_000, over.signal, signal => silent.wait(signal))
  over.abort()
  await work
  expect(silent.listeners).toBe(0)
})

it('gives what the work gives', async () => {
  expect(await withLimit(systemClock, 1_000_000, never, async () => 'done')).toBe('done')
})
