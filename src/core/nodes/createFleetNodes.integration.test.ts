import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startSshNode, type SshNode } from '../../../e2e/rig/sshNode'
import { startTcpProxy } from '../../../e2e/rig/tcpProxy'
import { NodeName } from '../../contract/ids'
import type { BlockReason, Link } from '../../contract/nodes'
import { FleetFile } from '../config/fleetSchema'
import { systemClock } from '../kernel/clock'
import { createFleetNodes } from './createFleetNodes'
import type { FleetNode, FleetNodes } from './fleetNodes'

const LIBRARY = `drydock_echo() { printf '%s' "$@"; }`
const PC2 = NodeName.parse('pc2')

let folder: string
let nodes: FleetNodes
let server: SshNode
const crashes: unknown[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-fleet-'))
  await mkdir(join(folder, 'user', '.ssh'), { recursive: true })
  server = await startSshNode()
  nodes = createFleetNodes({
    home: join(folder, 'drydock'),
    userHome: join(folder, 'user'),
    clock: systemClock,
    library: LIBRARY,
    environment: { PATH: process.env['PATH'], HOME: join(folder, 'user') },
    log: { info: () => {}, warn: () => {}, error: (_message, error) => String(crashes.push(error)) },
    onCrash: (name, error) => crashes.push([name, error]),
  })
})
afterEach(async () => {
  await nodes[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
  if (crashes.length > 0) throw new Error(`something broke: ${crashes.splice(0).map(String).join('; ')}`)
})

function apply(target: { readonly host: string; readonly port: number } = server): void {
  const { host, port } = target
  const ssh = { host, port, user: server.user, identityFile: server.clientKey.path }
  nodes.apply(FleetFile.parse({ version: 1, nodes: [{ name: 'pc2', ssh }] }))
}

/** The node once its link is in this state; now, or by the next change that brings it there. */
function reaches(state: Link['state'], name = PC2): Promise<FleetNode> {
  return new Promise(resolve => {
    const look = (node: FleetNode | undefined): void => {
      if (node?.config.name !== name || node.link.state !== state) return
      remove()
      resolve(node)
    }
    const remove = nodes.onLink(look)
    look(nodes.get(name))
  })
}

async function blockReason(): Promise<BlockReason | null> {
  const { link } = await reaches('blocked')
  return link.state === 'blocked' ? link.reason : null
}

const know = (line: string): Promise<void> => writeFile(join(folder, 'user', '.ssh', 'known_hosts'), line)
const address = (): string => `${server.host}:${server.port}`
const offered = (): { type: string; fingerprint: string } => {
  const { type, fingerprint } = server.hostKey()
  return { type, fingerprint }
}

it('asks about an unknown host key before any login, and logs in after the click', async () => {
  apply()
  expect(await blockReason()).toEqual({ kind: 'host-key-unknown', address: address(), offered: offered() })
  await server.waitForLog(/Connection (closed|reset) by|Received disconnect/)
  expect(server.log()).not.toContain('userauth-request')

  await nodes.trustHostKey(PC2, offered().fingerprint)
  const { online } = await reaches('online')
  expect(await online?.shell.call('drydock_echo', ['a'])).toBe('a')
  expect(online?.inventory.kernel).toMatch(/^\d/)
  expect(await readFile(join(folder, 'drydock', 'known_hosts'), 'utf8')).toBe(server.knownHostsLine())
})

it('does not ask about a key that the user’s own known_hosts has, hashed or not', async () => {
  await know(server.knownHostsLine())
  await promisify(execFile)('ssh-keygen', ['-q', '-H', '-f', join(folder, 'user', '.ssh', 'known_hosts')])
  apply()
  await reaches('online')
  expect(await readFile(join(folder, 'drydock', 'known_hosts'), 'utf8').catch(() => null)).toBe(null)
})

it('blocks on a changed key without a login, and shows both', async () => {
  await know(server.knownHostsLine())
  const { type, fingerprint } = offered()
  await server.changeHostKey()
  const from = server.log().length
  apply()
  expect(await blockReason()).toEqual({
    kind: 'host-key-changed',
    address: address(),
    offered: offered(),
    known: [{ type, fingerprint }],
    knownIn: join(folder, 'user', '.ssh', 'known_hosts'),
  })
  await server.waitForLog(/Connection (closed|reset) by|Received disconnect/, from)
  expect(server.log().slice(from)).not.toContain('userauth-request')
})

it('takes a key of another type for a change when the server no longer has the known one', async () => {
  await know(server.knownHostsLine())
  await server.changeHostKey('ecdsa')
  apply()
  expect(await blockReason()).toMatchObject({
    kind: 'host-key-changed',
    offered: { type: 'ecdsa-sha2-nistp256' },
  })
})

it('blocks on a revoked key', async () => {
  await know(`${server.knownHostsLine()}@revoked * ${server.hostKey().publicKey}\n`)
  apply()
  expect(await blockReason()).toMatchObject({
    kind: 'unusable',
    message: expect.stringContaining('is marked as revoked in'),
  })
})

it('loses a node whose server is killed, and finds it again when it is back', async () => {
  await know(server.knownHostsLine())
  apply()
  await reaches('online')
  const lost = reaches('unreachable')
  await server.kill()
  expect((await lost).link).toMatchObject({ hint: expect.stringContaining('reconnects by itself') })
  await server.start()
  const { online } = await reaches('online')
  expect(await online?.shell.call('drydock_echo', ['again'])).toBe('again')
})

it('loses a node whose server hangs, and finds it again when it goes on', async () => {
  await know(server.knownHostsLine())
  apply()
  await reaches('online')
  server.freeze()
  await reaches('unreachable')
  server.thaw()
  const { online } = await reaches('online')
  expect(await online?.shell.call('drydock_echo', ['again'])).toBe('again')
})

it('comes back after a cut on the way, over and over', async () => {
  await know(server.knownHostsLine().replace(`:${server.port} `, ':* '))
  await using proxy = await startTcpProxy(server)
  apply(proxy)
  await reaches('online')
  for (let count = 0; count < 3; count += 1) {
    const lost = reaches('unreachable')
    proxy.cut()
    await lost
    await reaches('online')
  }
  expect(proxy.connectionCount()).toBe(4)
})

it('has this PC online without SSH', async () => {
  const name = NodeName.parse('this-pc')
  nodes.apply(FleetFile.parse({ version: 1, nodes: [{ name, local: true }] }))
  const { online } = await reaches('online', name)
  expect(online?.facts.stateDir).toBe(join(folder, 'user', '.drydock'))
  expect(await online?.shell.call('drydock_echo', ['here'])).toBe('here')
})

it('brings twelve nodes of one server up, three at a time, without a refusal', async () => {
  await know(server.knownHostsLine())
  const ssh = { host: server.host, port: server.port, user: server.user, identityFile: server.clientKey.path }
  const names = Array.from({ length: 12 }, (_, index) => NodeName.parse(`node-${index}`))
  const history: string[] = []
  nodes.onLink(({ link }) => history.push(link.state))
  nodes.apply(FleetFile.parse({ version: 1, nodes: names.map(name => ({ name, ssh })) }))
  await Promise.all(names.map(name => reaches('online', name)))
  expect(history.filter(state => state === 'unreachable')).toEqual([])
})
