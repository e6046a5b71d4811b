import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { NodeView } from '../../contract/nodes'
import { viewNode } from '../views'
import { createFleetRig, sshOf } from './fleetRig'
import { openLocalSession } from './localShell'
import type { NodeSession } from './nodeSession'
import type { Place } from './nodeShell'
import { createRigSessions, optionsFor } from './rigSessions'

const rig = createRigSessions()
afterEach(() => rig.closeAll())

/** A server that answers with what it was sent, once it has all of it. */
async function echoServer(path?: string): Promise<{ readonly port: number; connections(): number }> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    const parts: Buffer[] = []
    socket.on('data', bytes => parts.push(bytes))
    socket.on('end', () => socket.end(Buffer.concat(parts)))
  })
  server.listen(path === undefined ? { port: 0, host: '127.0.0.1' } : { path })
  await once(server, 'listening')
  rig.own({
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    connections: () => sockets.size,
  }
}

/** Sends all, says that it is all, and gives what came back until the end. */
async function exchange(port: number, bytes: Buffer): Promise<Buffer> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.end(bytes)
  const parts: Buffer[] = []
  for await (const part of socket) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const MACHINES: readonly (readonly [string, () => Promise<NodeSession>])[] = [
  ['of a node', async () => rig.connect(optionsFor(await rig.node()))],
  [
    'of this PC',
    async () => {
      const { home } = await rig.node()
      const environment = { PATH: process.env['PATH'], HOME: home }
      const session = { label: 'this-pc', stateDir: '~/.drydock', library: '', handshakeTimeoutMs: 5000 }
      return rig.own(await openLocalSession({ ...session, environment }))
    },
  ],
]

describe.each(MACHINES)('a tunnel %s', (_name, connect) => {
  it('carries megabytes both ways and the end of each way by itself', async () => {
    const { port } = await echoServer()
    const { tunnels } = await connect()
    const tunnel = await tunnels.open({ to: { host: '127.0.0.1', port }, purpose: 'Ray dashboard' })
    const all = await Promise.all(
      [0, 1, 200_000, 20_000_000].map(async size => {
        const bytes = randomBytes(size)
        return hashOf(await exchange(tunnel.localPort, bytes)) === hashOf(bytes)
      }),
    )
    expect(all).toEqual([true, true, true, true])
  })

  it('leads to a Unix socket', async () => {
    const session = await connect()
    const path = join(session.facts.home, 'docker.sock')
    await echoServer(path)
    const tunnel = await session.tunnels.open({ to: { socket: path }, purpose: 'Docker' })
    expect((await exchange(tunnel.localPort, Buffer.from('ping'))).toString()).toBe('ping')
    expect(session.tunnels.list()).toMatchObject([{ to: path, purpose: 'Docker' }])
  })

  it('counts its connections, is listed, and tells of changes', async () => {
    const echo = await echoServer()
    const session = await connect()
    let news = 0
    session.onNews(() => (news += 1))
    const tunnel = await session.tunnels.open({
      to: { host: '127.0.0.1', port: echo.port },
      purpose: 'Redis',
    })
    expect(news).toBe(1)
    const described = { localPort: tunnel.localPort, to: `127.0.0.1:${echo.port}`, purpose: 'Redis' }
    expect(session.tunnels.list()).toEqual([{ ...described, connections: 0 }])
    const sockets = Array.from({ length: 12 }, () => net.connect(tunnel.localPort, '127.0.0.1'))
    await vi.waitFor(() => expect(session.tunnels.list()).toEqual([{ ...described, connections: 12 }]))
    await vi.waitFor(() => expect(echo.connections()).toBe(12))
    for (const socket of sockets) socket.destroy()
    await vi.waitFor(() =>
      expect([session.tunnels.list()[0]?.connections, echo.connections()]).toEqual([0, 0]),
    )
    await vi.waitFor(() => expect(news).toBeGreaterThan(1))
    await tunnel[Symbol.asyncDispose]()
    expect(session.tunnels.list()).toEqual([])
    await expect(exchange(tunnel.localPort, Buffer.from('x'))).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('ends with its session, and its connections with it', async () => {
    const { port } = await echoServer()
    const session = await connect()
    const tunnel = await session.tunnels.open({ to: { host: '127.0.0.1', port }, purpose: 'Redis' })
    const socket = net.connect(tunnel.localPort, '127.0.0.1')
    socket.on('error', () => {})
    await vi.waitFor(() => expect(session.tunnels.list()[0]?.connections).toBe(1))
    const closed = once(socket, 'close')
    await session[Symbol.asyncDispose]()
    await Promise.all([closed, tunnel.closed])
    await expect(
      session.tunnels.open({ to: { host: '127.0.0.1', port }, purpose: 'x' }),
    ).rejects.toMatchObject({
      code: 'unreachable',
    })
  })
})

describe('a place that a tunnel cannot lead to', () => {
  const to: Place = { host: '127.0.0.1', port: 1 }
  it.each([
    ['yes', 'unreachable', 'pc2 cannot reach 127.0.0.1:1: Connection refused.'],
    ['no', 'refused', 'The SSH server on pc2 does not forward connections to 127.0.0.1:1.'],
  ])('is told to whoever opens it (AllowTcpForwarding %s)', async (allowed, code, message) => {
    const server = await rig.node({ sshdConfig: [`AllowTcpForwarding ${allowed}`] })
    const { tunnels } = await rig.connect(optionsFor(server))
    await expect(tunnels.open({ to, purpose: 'x' })).rejects.toMatchObject({ code, message })
    expect(tunnels.list()).toEqual([])
  })

  it('may be a socket that is not there or that the server does not forward', async () => {
    const server = await rig.node({ sshdConfig: ['AllowStreamLocalForwarding no'] })
    const { tunnels } = await rig.connect(optionsFor(server))
    await expect(tunnels.open({ to: { socket: '/x' }, purpose: 'x' })).rejects.toMatchObject({
      code: 'unreachable',
      message: 'pc2 cannot reach /x: open failed.',
      hint: expect.stringContaining('AllowStreamLocalForwarding'),
    })
  })
})

it('takes no session from a node that allows one', async () => {
  const { port } = await echoServer()
  const server = await rig.node({ sshdConfig: ['MaxSessions 1'] })
  const session = await rig.connect(optionsFor(server))
  const tunnel = await session.tunnels.open({ to: { host: '127.0.0.1', port }, purpose: 'Redis' })
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => exchange(tunnel.localPort, Buffer.from('ping'))),
  )
  expect(answers.map(String)).toEqual(answers.map(() => 'ping'))
  expect(session.notices()).toEqual([])
})

it('is shown with its node while it is open, and gone with a link that is lost', async () => {
  const fleet = rig.own(await createFleetRig())
  const server = await fleet.node()
  await fleet.writeSsh('known_hosts', [server.knownHostsLine().trim()])
  fleet.apply([{ name: 'pc2', ssh: sshOf(server) }])
  const { online } = await fleet.reaches('pc2', 'online')
  const shown: NodeView['tunnels'][] = []
  fleet.nodes.onLink(node => shown.push(viewNode(node, []).tunnels))
  const to = { host: server.host, port: server.port }
  const tunnel = await online?.tunnels.open({ to, purpose: 'SSH again' })
  const described = {
    localPort: tunnel?.localPort,
    to: `${server.host}:${server.port}`,
    purpose: 'SSH again',
    connections: 0,
  }
  expect(shown.at(-1)).toEqual([described])
  const lost = fleet.unreachable('pc2')
  await server.kill()
  await Promise.all([lost, tunnel?.closed])
  expect(shown.at(-1)).toEqual([])
})
