import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeEach, expect, it } from 'vitest'
import { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { SshConnection } from './sshConnection'
import { createHops } from './sshHops'
import type { Hop } from './sshRoute'

const never = new AbortController().signal
const hop = (name: string): Hop => ({ name, host: name, port: 22, user: 'w1', identityFiles: null })
const down = new AppError('unreachable', 'No SSH server answers.', { hint: 'Start it.' })

let nowMs: number
let log: string[]
let outcome: (name: string) => Promise<void>
let hops: ReturnType<typeof createHops>

beforeEach(() => {
  nowMs = 0
  log = []
  outcome = async () => {}
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs, sleep: async () => {} }
  hops = createHops({
    clock,
    async connect({ name }, via, signal) {
      const way = via === null ? name : `${name} through ${via.target.host}`
      log.push(`connect ${way}`)
      signal.addEventListener('abort', () => log.push(`give up ${name}`), { once: true })
      await outcome(name)
      return connectionTo(name)
    },
  })
})

function connectionTo(name: string): SshConnection {
  return {
    client: {} as SshConnection['client'],
    target: hop(name),
    died: new Promise(() => {}),
    isGone: () => false,
    silentMs: () => 0,
    atEnd: () => () => {},
    forward: () => Promise.reject(new Error('not here')),
    [Symbol.asyncDispose]: async () => void log.push(`end ${name}`),
  }
}

it('makes one connection for all who ask, and ends it with the last', async () => {
  const leases = await Promise.all([1, 2, 3].map(() => hops.lease([hop('a'), hop('b')], never)))
  expect(log).toEqual(['connect a', 'connect b through a'])
  await leases[0]?.[Symbol.asyncDispose]()
  await leases[0]?.[Symbol.asyncDispose]()
  await leases[1]?.[Symbol.asyncDispose]()
  expect(log).toHaveLength(2)
  await leases[2]?.[Symbol.asyncDispose]()
  expect(log.filter(entry => entry.startsWith('end'))).toEqual(['end b', 'end a'])
  expect(await hops.lease([], never)).toBe(null)
})

it('answers with the last failure for a moment that grows, unless a new attempt is wanted', async () => {
  outcome = () => Promise.reject(down)
  const message = 'Jump host a: No SSH server answers.'
  const ask = (): Promise<unknown> => hops.lease([hop('a')], never).catch((error: unknown) => error)
  const failures = await Promise.all([ask(), ask(), ask()])
  const attemptCount = (): number => log.filter(entry => entry.startsWith('connect')).length
  expect(failures).toEqual(failures.map(() => expect.objectContaining({ code: 'unreachable', message })))
  expect(attemptCount()).toBe(1)
  for (const [atMs, attempts] of [
    [400, 1],
    [600, 2],
    [1500, 2],
    [1700, 3],
  ] as const) {
    nowMs = atMs
    expect(await ask()).toMatchObject({ message })
    expect(attemptCount()).toBe(attempts)
  }
  hops.forgetFailures()
  outcome = async () => {}
  expect(await ask()).toMatchObject({ connection: { target: { host: 'a' } } })
})

it('gives an attempt up when nobody waits for it any more, and not before', async () => {
  let finish = (): void => {}
  outcome = () => new Promise<void>(resolve => (finish = resolve))
  const [first, second] = [new AbortController(), new AbortController()]
  const asks = [first, second].map(({ signal }) => hops.lease([hop('a')], signal))
  first.abort(new Error('enough'))
  const outcomes = Promise.allSettled(asks)
  await nextTurn()
  expect(log).toEqual(['connect a'])
  second.abort(new Error('enough'))
  await nextTurn()
  expect(log).toEqual(['connect a', 'give up a'])
  finish()
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(log.at(-1)).toBe('end a')
})
