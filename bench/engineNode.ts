import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleepFor } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { EngineRig, RigEngine } from '../e2e/rig/engine'
import type { SshNode } from '../e2e/rig/sshNode'
import type { TcpProxy } from '../e2e/rig/tcpProxy'
import { startTcpProxy } from '../e2e/rig/tcpProxy'

const run = promisify(execFile)

/** A real sshd behind a proxy that adds a round trip; the engine trusts its key at that address too. */
export async function slowNode(
  rig: EngineRig,
  roundTripMs: number,
): Promise<{ node: SshNode; proxy: TcpProxy }> {
  const node = await rig.sshNode()
  const proxy = await startTcpProxy(node)
  proxy.setDelay(roundTripMs / 2)
  appendFileSync(
    join(rig.home, 'drydock', 'known_hosts'),
    `[127.0.0.1]:${proxy.port} ${node.hostKey().publicKey}\n`,
  )
  return { node: { ...node, host: '127.0.0.1', port: proxy.port }, proxy }
}

export async function untilOnline(engine: RigEngine, names: readonly string[]): Promise<void> {
  while (!names.every(name => engine.link(name) === 'online')) await sleepFor(20)
}

/** The network's own round trip with this delay on the way: an echo server behind the same proxy, the median. */
export async function roundTripMs(delayMs: number): Promise<number> {
  const server = net.createServer({ noDelay: true }, socket => {
    socket.on('error', () => {}) // the proxy ends with a reset
    socket.pipe(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: address.port })
  proxy.setDelay(delayMs / 2)
  const socket = net.connect({ host: proxy.host, port: proxy.port, noDelay: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  const trips: number[] = []
  for (let at = 0; at < 21; at += 1) {
    const start = performance.now()
    socket.write('x')
    await once(socket, 'data')
    trips.push(performance.now() - start)
  }
  socket.destroy()
  await proxy[Symbol.asyncDispose]()
  server.close()
  return trips.sort((a, b) => a - b)[10] ?? NaN
}

/** OpenSSH's own client over one shared connection: the peer for everything that is one command on a node. */
export async function openSshPeer(rig: EngineRig, node: SshNode) {
  const control = join(rig.home, `control-${node.port}`)
  const options = [
    '-o',
    'StrictHostKeyChecking=yes',
    '-o',
    `UserKnownHostsFile=${join(rig.home, 'drydock', 'known_hosts')}`,
  ]
  const where = [
    '-c',
    'aes128-gcm@openssh.com',
    '-i',
    node.clientKey.path,
    '-p',
    String(node.port),
    '-S',
    control,
    `${node.user}@${node.host}`,
  ]
  await run('ssh', [...options, '-o', 'ControlMaster=yes', '-f', '-N', ...where])
  return {
    exec: (command: string) => run('ssh', [...options, ...where, command]),
    spawn: (command: string) =>
      spawn('ssh', [...options, ...where, command], { stdio: ['ignore', 'pipe', 'inherit'] }),
    close: () => run('ssh', [...options, '-O', 'exit', ...where]),
  }
}
