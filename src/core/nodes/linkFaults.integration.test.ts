import { execFile, spawn } from 'node:child_process'
import dns from 'node:dns'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSshKey } from '../../../e2e/rig/sshKeys'
import type { SshNode } from '../../../e2e/rig/sshNode'
import { startTcpProxy, type TcpProxy } from '../../../e2e/rig/tcpProxy'
import type { Link } from '../../contract/nodes'
import { createFleetRig, sshHost, sshOf, type FleetRig } from './fleetRig'

const run = promisify(execFile)

let rig: FleetRig
beforeEach(async () => {
  rig = await createFleetRig()
})
afterEach(() => rig[Symbol.asyncDispose]())

const trusting = (...servers: readonly SshNode[]): Promise<void> =>
  rig.writeSsh(
    'known_hosts',
    servers.map(server => server.knownHostsLine().trim()),
  )
const answerOf = async (name: string): Promise<string | undefined> =>
  (await rig.reaches(name, 'online')).online?.shell.call('drydock_echo', [name])

async function throughProxy(): Promise<{ server: SshNode; proxy: TcpProxy }> {
  const server = await rig.node()
  const proxy = rig.own(await startTcpProxy(server))
  await rig.writeSsh('known_hosts', [`[127.0.0.1]:${proxy.port} ${server.hostKey().publicKey}`])
  return { server, proxy }
}

describe('a link that is merely bad', () => {
  it.each([
    ['slow: every round trip takes 800 ms', (proxy: TcpProxy) => proxy.setDelay(400)],
    ['lossy: one piece in twenty is sent again', (proxy: TcpProxy) => proxy.setLoss(0.05)],
  ])('comes up and is not taken for dead when it is %s', async (_name, harm) => {
    const { server, proxy } = await throughProxy()
    harm(proxy)
    rig.apply([{ name: 'pc2', ssh: sshOf(server, { port: proxy.port }) }])
    expect(await answerOf('pc2')).toBe('pc2')
    // Many times the silence that would end it; nothing can be awaited that does not happen.
    for (let look = 0; look < 10; look += 1) {
      await sleep(1000)
      expect(await answerOf('pc2')).toBe('pc2')
    }
    expect(rig.history).toEqual(['pc2 connecting', 'pc2 online'])
  })
})

describe('a hundred nodes that are lost together', () => {
  const LIMITED = { sshdConfig: ['MaxStartups 10:30:100'] }
  const names = Array.from({ length: 100 }, (_, index) => `pc${index}`)
  const dropped = (server: SshNode): readonly string[] =>
    server.log().match(/.*(drop connection|MaxStartups throttling).*/g) ?? []

  async function loseAndFind(lost: SshNode): Promise<void> {
    await Promise.all(names.map(name => rig.reaches(name, 'online')))
    const all = Promise.all(names.map(name => rig.reaches(name, 'unreachable')))
    await lost.kill()
    await all
    await lost.start()
    await Promise.all(names.map(name => rig.reaches(name, 'online')))
  }

  it('behind one server all come back, and none is refused because of us', async () => {
    const server = await rig.node(LIMITED)
    await trusting(server)
    rig.apply(names.map(name => ({ name, ssh: sshOf(server) })))
    await loseAndFind(server)
    expect(dropped(server)).toEqual([])
  })

  it('behind one jump host all come back by two logins there, and none is refused because of us', async () => {
    const [bastion, inner] = [await rig.node(LIMITED), await rig.node(LIMITED)]
    await trusting(bastion, inner)
    await rig.writeSsh('config', sshHost('bastion', bastion))
    rig.apply(names.map(name => ({ name, ssh: sshOf(inner, { jump: ['bastion'] }) })))
    await loseAndFind(bastion)
    expect([...dropped(bastion), ...dropped(inner)]).toEqual([])
    expect(bastion.log().match(/Accepted publickey/g)).toHaveLength(2)
  })
})

describe('a server that turns us away before it speaks', () => {
  it.each([
    ['closes the connection', (socket: net.Socket) => void socket.end()],
    ['resets the connection', (socket: net.Socket) => void socket.resetAndDestroy()],
  ])('is asked ever more seldom, and the likely cause is told (it %s)', async (_name, turnAway) => {
    const attemptsMs: number[] = []
    const server = net.createServer(socket => {
      attemptsMs.push(performance.now())
      socket.on('error', () => {})
      turnAway(socket)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    rig.own({ [Symbol.asyncDispose]: async () => void server.close() })
    const { port } = server.address() as net.AddressInfo
    const waitsMs: number[] = []
    let told: Link | undefined
    rig.nodes.onLink(({ link }) => {
      if (link.state !== 'unreachable' || link.nextTryAtMs === null) return
      told = link
      waitsMs.push(link.nextTryAtMs - Date.now())
    })
    const key = await createSshKey(join(rig.folder, 'key'))
    rig.apply([{ name: 'pc2', ssh: { host: '127.0.0.1', port, user: 'w1', identityFile: key.path } }])
    await vi.waitFor(() => expect(waitsMs.length).toBeGreaterThanOrEqual(4), { timeout: 30_000 })
    expect(told).toMatchObject({
      message: `127.0.0.1:${port} closed the connection before the login.`,
      hint: expect.stringContaining('(MaxStartups, fail2ban, penalties)'),
    })
    for (const [failures, waitMs] of waitsMs.slice(0, 4).entries()) {
      expect(waitMs).toBeLessThanOrEqual(500 * 2 ** failures + 5)
      expect(waitMs).toBeGreaterThan(200 * 2 ** failures)
    }
    expect(attemptsMs).toHaveLength(waitsMs.length)
  })

  it('by refusing the key is not asked again by itself', async () => {
    const server = await rig.node()
    await trusting(server)
    const key = await createSshKey(join(rig.folder, 'key'))
    rig.apply([{ name: 'pc2', ssh: sshOf(server, { identityFile: key.path }) }])
    expect(await rig.blocked('pc2')).toMatchObject({ kind: 'auth' })
    await sleep(3000) // several times the first wait of a link that is tried again
    expect(server.log().match(/Connection from/g)).toHaveLength(1)
  })
})

describe('known_hosts', () => {
  it('with an authority for certificates makes no plain key known, and takes none for changed', async () => {
    const folder = rig.folder
    const [ca, host] = [await createSshKey(join(folder, 'ca')), await createSshKey(join(folder, 'host'))]
    await run('ssh-keygen', ['-q', '-s', ca.path, '-I', 'rig', '-h', '-n', '127.0.0.1', `${host.path}.pub`])
    const server = await rig.node({
      hostKeyKind: 'ecdsa',
      sshdConfig: [`HostKey ${host.path}`, `HostCertificate ${host.path}-cert.pub`],
    })
    // What OpenSSH's own client makes of it: a host that is known by its certificate.
    const line = `@cert-authority * ${ca.publicKey}`
    await rig.writeSsh('known_hosts', [line])
    const options = [
      '-o',
      'BatchMode=yes',
      '-o',
      `UserKnownHostsFile=${join(folder, 'user', '.ssh', 'known_hosts')}`,
    ]
    const where = ['-i', server.clientKey.path, '-p', String(server.port), `${server.user}@${server.host}`]
    expect((await run('ssh', [...options, ...where, 'echo in'])).stdout).toBe('in\n')

    rig.apply([{ name: 'pc2', ssh: sshOf(server) }])
    const { type, fingerprint } = host
    expect(await rig.blocked('pc2')).toMatchObject({
      kind: 'host-key-unknown',
      offered: { type, fingerprint },
    })
    expect(await readFile(join(folder, 'user', '.ssh', 'known_hosts'), 'utf8')).toBe(`${line}\n`)
  })

  it('with the authority’s key revoked lets nobody in who offers that key', async () => {
    const server = await rig.node()
    await rig.writeSsh('known_hosts', [
      `@cert-authority * ${server.hostKey().publicKey}`,
      `@revoked * ${server.hostKey().publicKey}`,
    ])
    rig.apply([{ name: 'pc2', ssh: sshOf(server) }])
    expect(await rig.blocked('pc2')).toMatchObject({ kind: 'unusable' })
    expect(server.log()).not.toContain('userauth-request')
  })
})

describe('names and addresses', () => {
  it('that cannot be resolved for a while are resolved again', async () => {
    const server = await rig.node()
    await rig.writeSsh('known_hosts', [`[pc2.lan]:${server.port} ${server.hostKey().publicKey}`])
    const lookup = dns.lookup
    let isDnsUp = false
    // The name server of a machine cannot be taken away from one test alone.
    vi.spyOn(dns, 'lookup').mockImplementation(((
      host: string,
      options: object,
      done: (...all: unknown[]) => void,
    ) => {
      if (host !== 'pc2.lan') return lookup(host, options as never, done as never)
      if (isDnsUp) return lookup('127.0.0.1', options as never, done as never)
      return done(Object.assign(new Error('getaddrinfo EAI_AGAIN pc2.lan'), { code: 'EAI_AGAIN' }))
    }) as never)
    rig.apply([{ name: 'pc2', ssh: sshOf(server, { host: 'pc2.lan' }) }])
    expect(await rig.unreachable('pc2')).toMatchObject({
      message: 'The name pc2.lan cannot be resolved.',
      hint: 'Correct host in fleet.yaml, or give the IP address.',
    })
    isDnsUp = true
    expect(await answerOf('pc2')).toBe('pc2')
  })

  it('may be IPv6 alone, with a key that is asked for by its whole address', async context => {
    const server = await rig.node({ address: '::1' }).catch(() => null)
    context.skip(server === null, 'this machine has no IPv6 on its loopback')
    if (server === null) return
    rig.apply([{ name: 'pc2', ssh: sshOf(server) }])
    const reason = await rig.blocked('pc2')
    expect(reason).toMatchObject({ kind: 'host-key-unknown', address: `[::1]:${server.port}` })
    await rig.nodes.trustHostKey(
      (await rig.reaches('pc2', 'blocked')).config.name,
      server.hostKey().fingerprint,
    )
    expect(await answerOf('pc2')).toBe('pc2')
    expect(await readFile(join(rig.folder, 'drydock', 'known_hosts'), 'utf8')).toBe(server.knownHostsLine())
  })

  it('may be IPv6 behind a jump host', async context => {
    const inner = await rig.node({ address: '::1' }).catch(() => null)
    context.skip(inner === null, 'this machine has no IPv6 on its loopback')
    if (inner === null) return
    const bastion = await rig.node()
    await trusting(bastion, inner)
    await rig.writeSsh('config', sshHost('bastion', bastion))
    rig.apply([{ name: 'pc2', ssh: sshOf(inner, { jump: ['bastion'] }) }])
    expect(await answerOf('pc2')).toBe('pc2')
  })
})

describe('Drydock itself stopped for a while', () => {
  it('keeps a link that lived meanwhile, and finds one again that did not', async () => {
    const { server, proxy } = await throughProxy()
    const steady = await rig.node()
    await rig.writeSsh('known_hosts', [
      `[127.0.0.1]:${proxy.port} ${server.hostKey().publicKey}`,
      steady.knownHostsLine().trim(),
    ])
    rig.apply([
      { name: 'pc2', ssh: sshOf(server, { port: proxy.port }) },
      { name: 'pc3', ssh: sshOf(steady) },
    ])
    await Promise.all(['pc2', 'pc3'].map(answerOf))
    const lost = rig.reaches('pc2', 'unreachable')
    proxy.stall()
    await stopThisProcess(6)
    await lost
    proxy.cut()
    proxy.heal()
    expect(await Promise.all(['pc2', 'pc3'].map(answerOf))).toEqual(['pc2', 'pc3'])
    expect(rig.history.filter(change => change.startsWith('pc3'))).toEqual(['pc3 connecting', 'pc3 online'])
  })
})

/** SIGSTOP, as a sleeping laptop does to everything, and SIGCONT after some seconds. */
async function stopThisProcess(seconds: number): Promise<void> {
  const script = 'kill -STOP "$1"; sleep "$2"; kill -CONT "$1"'
  const helper = spawn('sh', ['-c', script, 'sh', String(process.pid), String(seconds)], {
    detached: true,
    stdio: 'ignore',
  })
  await once(helper, 'exit')
}
