import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { createSshKey } from '../../e2e/rig/sshKeys'
import type { SshNode } from '../../e2e/rig/sshNode'
import { startSshNode } from '../../e2e/rig/sshNode'
import { startTcpProxy } from '../../e2e/rig/tcpProxy'
import { NodeName, PlanName } from '../contract/ids'
import type { NodeChange } from '../contract/machines'
import type { SshAddress } from '../contract/nodes'

/** How machines join and change, through the door that the app uses, with real SSH servers. */

let rig: EngineRig
let server: SshNode
let app: RigEngine
const PLANS = [{ name: 'try', command: 'exec sleep 300' }]
const PC2 = NodeName.parse('pc2')

beforeEach(async () => {
  rig = createEngineRig()
  server = await startSshNode() // not through the rig, which would trust it
  app = await rig.open({ plans: PLANS })
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  if (app.errors.length > 0) throw new Error(`something broke: ${app.errors.join('; ')}`)
})

const addressOf = (node: SshNode, more: Partial<Record<'port', number>> = {}): SshAddress => ({
  host: node.host,
  port: more.port ?? node.port,
  user: node.user,
  identityFile: node.clientKey.path,
  jump: [],
})
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 20 })
const knownHosts = (): string => readFileSync(join(rig.home, 'drydock', 'known_hosts'), 'utf8')
const fleetText = (): string => readFileSync(join(rig.home, 'drydock', 'fleet.yaml'), 'utf8')
const change = (some: Partial<NodeChange>): NodeChange => ({
  name: null,
  ssh: null,
  roles: null,
  isDisabled: null,
  ...some,
})
const fingerprintOf = (node: SshNode) => node.hostKey().fingerprint

describe('testing a machine', () => {
  it('asks about its key, logs in once that is trusted, and leaves nothing there', async () => {
    const ssh = addressOf(server)
    const { type, fingerprint } = server.hostKey()
    const offered = { type, fingerprint }
    const place = `${server.host}:${server.port}`
    expect(await app.client.machines.test({ ssh })).toEqual({
      outcome: 'blocked',
      reason: { kind: 'host-key-unknown', address: place, offered },
    })
    expect(server.log()).not.toContain('userauth-request')
    await app.client.machines.trust({ ssh, fingerprint })
    expect(knownHosts()).toBe(server.knownHostsLine())

    const result = await app.client.machines.test({ ssh })
    expect(result).toMatchObject({
      outcome: 'reached',
      sameAs: 'this-pc', // which it is
      inventory: { kernel: expect.any(String) },
    })
    expect(result.outcome === 'reached' && result.roundTripMs! > 0).toBe(true)
    await soon(() => expect(server.connections()).toEqual([]))
    expect(readdirSync(server.home)).toEqual([])
  })

  it('says what keeps it out: a refused key, a closed port, a network that swallows all', async () => {
    writeFileSync(join(rig.home, 'drydock', 'known_hosts'), server.knownHostsLine().replace(/:\d+ /, ':* '))
    await using proxy = await startTcpProxy(server)
    proxy.stall()
    const wrongKey = await createSshKey(join(rig.home, 'wrong'))
    const tests = [
      { ...addressOf(server), identityFile: wrongKey.path },
      addressOf(server, { port: await closedPort() }),
      addressOf(server, { port: proxy.port }),
    ].map(ssh => app.client.machines.test({ ssh }))
    expect(await Promise.all(tests)).toMatchObject([
      { outcome: 'blocked', reason: { kind: 'auth', message: expect.stringContaining('refused the key') } },
      { outcome: 'unreachable', message: expect.stringMatching(/^No SSH server answers on /) },
      { outcome: 'unreachable', message: expect.stringContaining('did not answer in time') },
    ])
  })

  it('ends when the caller goes away', async () => {
    await using proxy = await startTcpProxy(server)
    proxy.stall()
    const stop = new AbortController()
    const testing = app.client.machines.test(
      { ssh: addressOf(server, { port: proxy.port }) },
      { signal: stop.signal },
    )
    await soon(() => expect(proxy.connectionCount()).toBe(1))
    stop.abort(new Error('enough'))
    await expect(testing).rejects.toThrow('enough')
  })

  it('trusts no key that another address met', async () => {
    await using other = await startSshNode()
    const [one, two] = [addressOf(server), addressOf(other)]
    await Promise.all([one, two].map(ssh => app.client.machines.test({ ssh })))
    await expect(
      app.client.machines.trust({ ssh: one, fingerprint: fingerprintOf(other) }),
    ).rejects.toMatchObject({ code: 'REFUSED' })
    await app.client.machines.trust({ ssh: two, fingerprint: fingerprintOf(other) })
    expect(knownHosts()).toBe(other.knownHostsLine())
  })
})

describe('the lists of machines', () => {
  it('come from the user’s SSH configuration and from what is pasted', async () => {
    await mkdir(join(rig.home, '.ssh'))
    writeFileSync(join(rig.home, '.ssh', 'config'), 'Host i7\n  HostName 10.0.0.7\n  User w1\n')
    expect(await app.client.machines.sshHosts()).toEqual([
      {
        alias: 'i7',
        resolved: { host: '10.0.0.7', port: 22, user: 'w1', identityFiles: [], jump: [] },
        problem: null,
        node: null,
      },
    ])
    const pasted = await app.client.machines.readList({ text: 'i7\nthis-pc.lan\n' })
    expect(pasted.map(({ name, ssh }) => [name, ssh])).toEqual([
      ['i7', { alias: 'i7' }],
      ['this-pc-2', { host: 'this-pc.lan', port: 22, user: null, identityFile: null, jump: [] }],
    ])
  })
})

describe('changing the fleet', () => {
  it('adds a node that waits for its key and comes online when it is trusted', async () => {
    await app.client.nodes.add({ nodes: [{ name: PC2, ssh: addressOf(server), roles: ['gpu'] }] })
    await soon(() => expect(app.link('pc2')).toBe('blocked'))
    expect(fleetText()).toContain(`- name: pc2\n    ssh: { host: ${server.host}, port: ${server.port}`)
    await app.client.nodes.trustHostKey({ node: PC2, fingerprint: fingerprintOf(server) })
    await soon(() => expect(app.link('pc2')).toBe('online'))
    await expect(
      app.client.nodes.add({ nodes: [{ name: PC2, ssh: { alias: 'x' }, roles: [] }] }),
    ).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'There is already a node called pc2.',
      data: { hint: 'pc2-2 is free.' },
    })
  })

  it('has taken the change when the call returns', async () => {
    await app.client.nodes.add({ nodes: [{ name: PC2, ssh: addressOf(server), roles: [] }] })
    for await (const batch of await app.client.events()) {
      const [first] = batch
      const names = first?.type === 'snapshot' ? first.snapshot.nodes.map(({ name }) => name) : []
      expect(names).toEqual(['this-pc', 'pc2'])
      break
    }
    await app.client.nodes.move({ node: PC2, toIndex: 0 })
    await app.client.nodes.edit({ node: PC2, change: change({ isDisabled: true }) })
    await soon(() => expect(app.link('pc2')).toBe('disabled'))
    await app.client.nodes.remove({ node: PC2 })
    await soon(() => {
      const last = app.events.findLast(event => event.type === 'fleet')
      expect(last?.nodes.map(({ name }) => name)).toEqual(['this-pc'])
    })
  })

  it('gives a node another address and name without losing the rest, but not while a run is on it', async () => {
    await using proxy = await startTcpProxy(server)
    const trusted = server.knownHostsLine().replace(/:\d+ /, ':* ')
    writeFileSync(join(rig.home, 'drydock', 'known_hosts'), trusted)
    await app.client.nodes.add({ nodes: [{ name: PC2, ssh: addressOf(server), roles: ['gpu'] }] })
    await soon(() => expect([app.link('pc2'), app.link('this-pc')]).toEqual(['online', 'online']))

    const run = await app.client.runs.start({ plan: PlanName.parse('try') })
    const moved = { ...addressOf(server), port: proxy.port }
    const running = { code: 'REFUSED', data: { hint: expect.stringContaining('Stop the run first') } }
    const edit = (some: Partial<NodeChange>) => app.client.nodes.edit({ node: PC2, change: change(some) })
    await expect(app.client.nodes.remove({ node: PC2 })).rejects.toMatchObject(running)
    await expect(edit({ ssh: moved })).rejects.toMatchObject(running)
    await edit({ roles: ['gpu', 'big'] })
    expect(app.link('pc2')).toBe('online')
    await app.client.runs.stop({ run: run.id, how: 'force', nodes: null })

    await edit({ ssh: moved })
    await soon(() => expect(proxy.connectionCount()).toBe(1))
    await soon(() => expect(app.link('pc2')).toBe('online'))
    await edit({ name: NodeName.parse('fast') })
    await soon(() => expect(app.link('fast')).toBe('online'))
    expect(fleetText()).toContain('roles: [gpu, big]')
  })

  it('refuses to write into a file that is broken', async () => {
    const broken = `${fleetText()}oops: 1\n`
    writeFileSync(join(rig.home, 'drydock', 'fleet.yaml'), broken)
    await expect(
      app.client.nodes.add({ nodes: [{ name: PC2, ssh: { alias: 'x' }, roles: [] }] }),
    ).rejects.toMatchObject({ code: 'REFUSED', message: expect.stringContaining('has a mistake in line') })
    expect(fleetText()).toBe(broken)
    expect(existsSync(join(rig.home, 'drydock', 'known_hosts'))).toBe(false)
  })
})

async function closedPort(): Promise<number> {
  const probe = net.createServer()
  await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise<void>(resolve => probe.close(() => resolve()))
  return address === null || typeof address === 'string' ? 1 : address.port
}
