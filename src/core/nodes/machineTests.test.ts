import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { SshAddress } from '../../contract/nodes'
import { FleetFile } from '../config/fleetSchema'
import { AppError } from '../kernel/appError'
import { systemClock } from '../kernel/clock'
import { BlockedError } from './blockedError'
import { parseFacts } from './facts'
import type { FleetNode } from './fleetNodes'
import { createMachineTests } from './machineTests'
import type { NodeSession } from './nodeSession'

// What real servers cannot be made to do at will: to answer in a given order, and to be one machine twice.

const SAID = { user: null, identityFile: null, jump: [] }
const address = (host: string, port = 22): SshAddress => ({ ...SAID, host, port })
const never = new AbortController().signal
const { facts, inventory } = parseFacts('home /h\nstateDir /h\nbootId b\n')

interface Attempt {
  readonly host: string
  readonly signal: AbortSignal
  readonly succeed: (machineId: string | null) => void
  readonly fail: (error: Error) => void
}
const attempts: Attempt[] = []
let closed: string[] = []
let trusted: string[] = []
afterEach(() => {
  attempts.length = 0
  closed = []
  trusted = []
})

function sessionOf(host: string, machineId: string | null): NodeSession {
  const refuse = (): never => {
    throw new Error('not for a test')
  }
  return {
    facts,
    inventory: { ...inventory, machineId },
    hostKey: null,
    tunnels: {} as NodeSession['tunnels'],
    notices: () => [],
    onNews: () => () => {},
    died: new Promise(() => {}),
    shell: { call: () => Promise.resolve(''), open: refuse, readAt: refuse, writeFile: refuse },
    [Symbol.asyncDispose]: () => Promise.resolve(void closed.push(host)),
  }
}

const createTests = (nodes: readonly FleetNode[] = []) =>
  createMachineTests({
    clock: systemClock,
    nodes: () => nodes,
    hostKeys: {
      trust: (host, port, key) => Promise.resolve(void trusted.push(`${host}:${port} ${key.fingerprint}`)),
    },
    connect: (config, signal) =>
      new Promise((resolve, reject) => {
        const host = 'ssh' in config && 'host' in config.ssh ? config.ssh.host : ''
        signal.addEventListener('abort', () => reject(new Error('socket destroyed')))
        attempts.push({ host, signal, succeed: id => resolve(sessionOf(host, id)), fail: reject })
      }),
  })

const unknownKey = (fingerprint: string, host = 'a'): BlockedError => {
  const key = { type: 'ssh-ed25519', fingerprint, key: 'AAAA' }
  const reason = { kind: 'host-key-unknown', address: host, offered: key } as const
  return new BlockedError('not known', reason, { host, port: 22, key })
}

it('runs three at a time, and gives the place of one that ends to the next', async () => {
  const tests = createTests()
  const results = ['a', 'b', 'c', 'd'].map(host => tests.test(address(host), never))
  await nextTurn()
  expect(attempts.map(({ host }) => host)).toEqual(['a', 'b', 'c'])
  attempts[1]?.fail(new AppError('unreachable', 'b is off.'))
  expect(await results[1]).toEqual({
    outcome: 'unreachable',
    message: 'b is off.',
    hint: 'Check the address.',
  })
  await nextTurn()
  expect(attempts.map(({ host }) => host)).toEqual(['a', 'b', 'c', 'd'])
  for (const { succeed } of attempts) succeed(null)
  await Promise.all(results)
  expect(closed.toSorted()).toEqual(['a', 'c', 'd'])
})

it('finds the node that is the same machine, only when both say who they are', async () => {
  const node = (name: string, machineId: string | null): FleetNode => ({
    config: FleetFile.parse({ version: 1, nodes: [{ name, local: true }] }).nodes[0]!,
    link: { state: 'online', sinceMs: 0 },
    online: { ...sessionOf(name, machineId), facts },
  })
  const tests = createTests([node('silent', null), node('pc2', 'id-2')])
  const same: unknown[] = []
  for (const machineId of ['id-2', 'id-3', null]) {
    const testing = tests.test(address('a'), never)
    await nextTurn()
    attempts.at(-1)?.succeed(machineId)
    const result = await testing
    same.push(result.outcome === 'reached' ? result.sameAs : result)
  }
  expect(same).toEqual(['pc2', null, null])
})

describe('trusting', () => {
  it('takes only the key that the last test of this very address met, once', async () => {
    const tests = createTests()
    const [first, other] = [tests.test(address('a'), never), tests.test(address('a', 23), never)]
    await nextTurn()
    attempts[0]?.fail(unknownKey('SHA256:one'))
    attempts[1]?.fail(unknownKey('SHA256:two'))
    await Promise.all([first, other])
    const refused = { code: 'refused', message: expect.stringContaining('did not meet the key') }
    await expect(tests.trust(address('a'), 'SHA256:two')).rejects.toMatchObject(refused)
    await expect(tests.trust(address('b'), 'SHA256:one')).rejects.toMatchObject(refused)
    await tests.trust(address('a'), 'SHA256:one')
    expect(trusted).toEqual(['a:22 SHA256:one'])
    await expect(tests.trust(address('a'), 'SHA256:one')).rejects.toMatchObject(refused)
  })

  it('forgets what an older test met, even one that ends later', async () => {
    const tests = createTests()
    const old = tests.test(address('a'), never)
    const young = tests.test(address('a'), never)
    await nextTurn()
    attempts[1]?.fail(unknownKey('SHA256:new'))
    await young
    attempts[0]?.fail(unknownKey('SHA256:old'))
    await old
    await expect(tests.trust(address('a'), 'SHA256:old')).rejects.toMatchObject({ code: 'refused' })
    await tests.trust(address('a'), 'SHA256:new')
    expect(trusted).toEqual(['a:22 SHA256:new'])
  })
})

it('ends an attempt that is aborted, and all of them when Drydock closes', async () => {
  const tests = createTests()
  const stop = new AbortController()
  const [one, two] = [tests.test(address('a'), stop.signal), tests.test(address('b'), never)]
  await nextTurn()
  stop.abort(new Error('enough'))
  await expect(one).rejects.toThrow('enough')
  expect(attempts.map(({ signal }) => signal.aborted)).toEqual([true, false])
  await Promise.all([expect(two).rejects.toThrow('Drydock is closing.'), tests[Symbol.asyncDispose]()])
  expect(attempts[1]?.signal.aborted).toBe(true)
})
