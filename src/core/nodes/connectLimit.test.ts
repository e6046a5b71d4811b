import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createConnectLimit } from './connectLimit'

const never = new AbortController().signal

it('lets three in at once, the others in their order, and no key waits for another', async () => {
  const limited = createConnectLimit(3)
  const log: string[] = []
  const gates = new Map<string, () => void>()
  const start = (key: string, name: string): Promise<void> =>
    limited(key, never, async () => {
      log.push(name)
      await new Promise<void>(resolve => gates.set(name, resolve))
    })
  const all = ['a', 'b', 'c', 'd', 'e'].map(name => start('host:22', name))
  all.push(start('other:22', 'x'))
  await nextTurn()
  expect(log).toEqual(['a', 'b', 'c', 'x'])
  gates.get('b')?.()
  await all[1]
  await nextTurn()
  expect(log).toEqual(['a', 'b', 'c', 'x', 'd'])
  for (const name of ['a', 'c', 'd']) gates.get(name)?.()
  await Promise.all([all[0], all[2], all[3]])
  await nextTurn()
  expect(log).toEqual(['a', 'b', 'c', 'x', 'd', 'e'])
  gates.get('e')?.()
  gates.get('x')?.()
  await Promise.all(all)
})

it('gives a place back after a failure, and forgets those who gave up waiting', async () => {
  const limited = createConnectLimit(1)
  let fail = (_error: Error): void => {}
  const first = limited('host', never, () => new Promise<void>((_resolve, reject) => (fail = reject)))
  await Promise.resolve()
  const giveUp = new AbortController()
  const second = limited('host', giveUp.signal, () => Promise.resolve('second'))
  const third = limited('host', never, () => Promise.resolve('third'))
  giveUp.abort(new Error('enough'))
  await expect(second).rejects.toThrow('enough')
  fail(new Error('no route'))
  await expect(first).rejects.toThrow('no route')
  expect(await third).toBe('third')
  expect(await limited('host', never, () => Promise.resolve('fourth'))).toBe('fourth')
})
