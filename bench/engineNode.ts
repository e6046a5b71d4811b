import { execFile, spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
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

/** The probe's own round trip on a node, the median of what was sampled. */
export async function roundTripMs(engine: RigEngine, name: string): Promise<number> {
  for (;;) {
    const samples = engine.events.flatMap(event =>
      event.type === 'sample' && event.sample.node === name ? [event.sample.roundTripMs ?? NaN] : [],
    )
    if (samples.length >= 5) return samples.sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? NaN
    await sleepFor(200)
  }
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
