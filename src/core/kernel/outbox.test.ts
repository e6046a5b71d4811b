import { expect, it } from 'vitest'
import { createOutbox } from './outbox'

it('keeps the newest reading of each key and everything else in order', () => {
  const outbox = createOutbox(() => 'snapshot')
  outbox.newest('cpu', 'cpu 1')
  outbox.queue('started')
  outbox.newest('cpu', 'cpu 2')
  outbox.queue('stopped')
  expect(outbox.take()).toEqual(['started', 'stopped', 'cpu 2'])
  expect(outbox.take()).toEqual([])
})

it('gives a reader who fell far behind a snapshot instead of an endless queue', () => {
  const outbox = createOutbox(() => 'snapshot')
  for (let i = 0; i < 5_001; i += 1) outbox.queue(`event ${i}`)
  outbox.queue('after')
  expect(outbox.take()).toEqual(['snapshot', 'after'])
})

it('ends the wait when something comes, and when it is no longer wanted', async () => {
  const outbox = createOutbox(() => 'snapshot')
  const waiting = outbox.waiting(new AbortController().signal)
  outbox.queue('event')
  await waiting
  outbox.take()
  const given = new AbortController()
  const unwanted = outbox.waiting(given.signal)
  given.abort()
  await unwanted
  expect(outbox.take()).toEqual([])
})
