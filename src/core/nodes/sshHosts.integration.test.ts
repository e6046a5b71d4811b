import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FleetFile, type NodeConfig } from '../config/fleetSchema'
import { systemClock } from '../kernel/clock'
import { listSshHosts } from './sshHosts'

// Against the real OpenSSH client.

let userHome: string
beforeEach(async () => {
  userHome = await mkdtemp(join(tmpdir(), 'drydock-hosts-'))
  await mkdir(join(userHome, '.ssh'))
})
afterEach(() => rm(userHome, { recursive: true }))

const write = (text: string): Promise<void> => writeFile(join(userHome, '.ssh', 'config'), text)
const never = new AbortController().signal
const list = (nodes: readonly unknown[] = [], signal = never, clock = systemClock) => {
  const configs: readonly NodeConfig[] =
    nodes.length === 0 ? [] : FleetFile.parse({ version: 1, nodes }).nodes
  return listSshHosts({ userHome, clock, nodes: () => configs }, signal)
}

it('resolves what Match, defaults and jumps add, the nearest hop first', async () => {
  await write(`Match originalhost i7
  Port 2200
Host i7
  HostName 192.168.1.7
  User backtest
  IdentityFile ~/.ssh/farm
Host inner
  HostName 10.1.0.5
  ProxyJump gate,me@middle:2222
Host gate
  HostName gate.example.com
  ProxyJump outer@outer.example.com
Host plain
  ProxyJump none
Host *
  User w1
`)
  const none = { node: null, problem: null }
  expect(await list()).toEqual([
    {
      alias: 'i7',
      ...none,
      resolved: {
        host: '192.168.1.7',
        port: 2200,
        user: 'backtest',
        identityFiles: [join(userHome, '.ssh', 'farm')],
        jump: [],
      },
    },
    {
      alias: 'inner',
      ...none,
      resolved: {
        host: '10.1.0.5',
        port: 22,
        user: 'w1',
        identityFiles: [],
        jump: ['outer@outer.example.com:22', 'w1@gate.example.com:22', 'me@middle:2222'],
      },
    },
    {
      alias: 'gate',
      ...none,
      resolved: {
        host: 'gate.example.com',
        port: 22,
        user: 'w1',
        identityFiles: [],
        jump: ['outer@outer.example.com:22'],
      },
    },
    {
      alias: 'plain',
      ...none,
      resolved: { host: 'plain', port: 22, user: 'w1', identityFiles: [], jump: [] },
    },
  ])
})

it('says of each alias alone why it cannot be used', async () => {
  await write(`Host round
  ProxyJump back
Host back
  ProxyJump round
Host odd
  ProxyCommand nc %h %p
Host good
  HostName 10.0.0.1
`)
  expect(
    (await list()).map(({ alias, resolved, problem }) => [alias, resolved?.host ?? null, problem]),
  ).toEqual([
    ['round', null, 'Its jump hosts lead in a circle: back.'],
    ['back', null, 'Its jump hosts lead in a circle: round.'],
    ['odd', null, 'odd goes through a ProxyCommand, which Drydock does not run. Use ProxyJump instead.'],
    ['good', '10.0.0.1', null],
  ])
})

it('knows the nodes that the fleet already has, by alias and by address', async () => {
  await write(`Host a again
  HostName 10.0.0.1
Host b
  HostName PC2.lan
Host c
  HostName 10.0.0.3
Host behind
  HostName 10.0.0.3
  ProxyJump a
`)
  const nodes = [
    { name: 'first', ssh: { alias: 'a' } },
    { name: 'second', ssh: { host: 'pc2.lan', user: 'other' } },
    { name: 'third', ssh: { host: '10.0.0.3', jump: ['first'] } },
    { name: 'fourth', ssh: { host: '10.0.0.3', jump: ['a'] } },
    { name: 'this-pc', local: true },
  ]
  expect((await list(nodes)).map(({ alias, node }) => [alias, node])).toEqual([
    ['a', 'first'],
    ['again', 'first'],
    ['b', 'second'],
    ['c', null],
    ['behind', 'third'],
  ])
})

it('has five hundred of them, a few clients at a time', async () => {
  await write(
    Array.from({ length: 500 }, (_, index) => `Host n${index}\n  HostName 10.0.0.${index}\n`).join(''),
  )
  const patient = {
    ...systemClock,
    sleep: (ms: number, signal: AbortSignal) => systemClock.sleep(ms * 10, signal),
  }
  const hosts = await list([], never, patient)
  expect(hosts.filter(({ resolved }) => resolved !== null)).toHaveLength(500)
}, 600_000)

it('gives up when it is told to', async () => {
  const mark = join(userHome, 'asked')
  await write(`Match exec "touch ${mark}; sleep 10"\n  User x\nHost a\nHost b\n`)
  const stop = new AbortController()
  const listing = list([], stop.signal)
  await vi.waitFor(() => access(mark), { timeout: 30_000 })
  stop.abort(new Error('enough'))
  await expect(listing).rejects.toThrow('enough')
})

it('does not wait for an alias whose configuration hangs', async () => {
  await write('Host a\nMatch originalhost a exec "sleep 10"\n  User x\nHost b\n  HostName 10.0.0.2\n')
  const quickly = {
    ...systemClock,
    sleep: (ms: number, signal: AbortSignal) => systemClock.sleep(ms / 4, signal),
  }
  const hosts = await list([], never, quickly)
  expect(hosts.map(({ resolved }) => resolved?.host ?? null)).toEqual([null, '10.0.0.2'])
  expect(hosts[0]?.problem).toMatch(/^The SSH client did not answer for a in time\./)
})
