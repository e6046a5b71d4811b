import { setTimeout as sleepFor } from 'node:timers/promises'
import type { SshNode } from '../e2e/rig/sshNode'
import type { TcpProxy } from '../e2e/rig/tcpProxy'
import { startTcpProxy } from '../e2e/rig/tcpProxy'
import { NodeName } from '../src/contract/ids'
import { createFleetRig, sshHost, sshOf, type FleetRig } from '../src/core/nodes/fleetRig'
import type { Report } from './benchRow'
import { figures } from './figures'

const REPEATS = 8
const NODES = 100
const PC2 = NodeName.parse('pc2')
const LIMITED = { sshdConfig: ['MaxStartups 10:30:100'] }

interface Faulty {
  readonly server: SshNode
  readonly proxy: TcpProxy
}

const FAULTS: readonly {
  readonly name: string
  readonly harm: (on: Faulty) => unknown
  readonly heal: (on: Faulty) => unknown
}[] = [
  { name: 'a cut', harm: ({ proxy }) => proxy.cut(), heal: () => {} },
  { name: 'a black hole', harm: ({ proxy }) => proxy.stall(), heal: ({ proxy }) => proxy.heal() },
  { name: 'lost replies', harm: ({ proxy }) => proxy.stallReplies(), heal: ({ proxy }) => proxy.heal() },
  { name: 'a frozen sshd', harm: ({ server }) => server.freeze(), heal: ({ server }) => server.thaw() },
]

/** How soon the loss of a link is noticed, how often it is imagined, and how soon a hundred are back. Links alone, no gauges. */
export async function benchLinks(
  report: Report,
  { jitterSeconds }: { readonly jitterSeconds: number },
): Promise<void> {
  await noticed(report)
  await imagined(report, jitterSeconds)
  await backTogether(report, 'behind one sshd', rig => rig.node(LIMITED), null)
  await backTogether(
    report,
    'behind one jump host',
    rig => rig.node(LIMITED),
    rig => rig.node(LIMITED),
  )
}

async function noticed(report: Report): Promise<void> {
  await using rig = await createFleetRig()
  const on = await proxied(rig)
  rig.apply([{ name: 'pc2', ssh: sshOf(on.server, { port: on.proxy.port }) }])
  for (const { name, harm, heal } of FAULTS) {
    const noticedMs: number[] = []
    const backMs: number[] = []
    for (let at = 0; at < REPEATS; at += 1) {
      await rig.reaches('pc2', 'online')
      await sleepFor(1000 + Math.random() * 1000) // anywhere between two signs of life
      const start = performance.now()
      harm(on)
      await rig.reaches('pc2', 'unreachable')
      noticedMs.push(performance.now() - start)
      const healed = performance.now()
      heal(on)
      // By itself a link that comes up only to die again is tried ever more seldom.
      rig.nodes.reconnect(PC2)
      await rig.reaches('pc2', 'online')
      backMs.push(performance.now() - healed)
    }
    report(figures(`link: ${name} noticed`, 'ms', noticedMs))
    report(figures(`link: back after ${name}`, 'ms', backMs, 'from Reconnect, at the end of the fault'))
  }
}

async function imagined(report: Report, seconds: number): Promise<void> {
  await using rig = await createFleetRig()
  const { server, proxy } = await proxied(rig)
  proxy.setDelay(20, 200)
  proxy.setLoss(0.01)
  const names = Array.from({ length: 10 }, (_, index) => `pc${index}`)
  rig.apply(names.map(name => ({ name, ssh: sshOf(server, { port: proxy.port }) })))
  await Promise.all(names.map(name => rig.reaches(name, 'online')))
  await sleepFor(seconds * 1000)
  report({
    name: 'link: false alarms under 200 ms of jitter each way, 1 % sent again',
    value: rig.history.filter(change => change.endsWith(' unreachable')).length,
    unit: 'alarms',
    repeats: names.length,
    note: `${names.length} links for ${seconds} s: ${((names.length * seconds) / 3600).toFixed(2)} hours of link`,
  })
}

/** `server` (and what leads to it) is killed and started again; the time runs from the start. */
async function backTogether(
  report: Report,
  where: string,
  startServer: (rig: FleetRig) => Promise<SshNode>,
  startJump: ((rig: FleetRig) => Promise<SshNode>) | null,
): Promise<void> {
  await using rig = await createFleetRig()
  const server = await startServer(rig)
  const jump = startJump === null ? null : await startJump(rig)
  const servers = jump === null ? [server] : [server, jump]
  await rig.writeSsh(
    'known_hosts',
    servers.map(each => each.knownHostsLine().trim()),
  )
  if (jump !== null) await rig.writeSsh('config', sshHost('jump', jump))
  const names = Array.from({ length: NODES }, (_, index) => `pc${index}`)
  const ssh = sshOf(server, jump === null ? {} : { jump: ['jump'] })
  const all = (state: 'online' | 'unreachable') => Promise.all(names.map(name => rig.reaches(name, state)))

  const first = performance.now()
  rig.apply(names.map(name => ({ name, ssh })))
  await all('online')
  report({
    name: `${NODES} nodes ${where}: online at first`,
    value: performance.now() - first,
    unit: 'ms',
    repeats: 1,
  })
  const lost = all('unreachable')
  await (jump ?? server).kill()
  await lost
  const start = performance.now()
  await (jump ?? server).start()
  await all('online')
  const turnedAway = servers.flatMap(
    each => each.log().match(/drop connection|MaxStartups throttling/g) ?? [],
  )
  report({
    name: `${NODES} nodes ${where}: back online`,
    value: performance.now() - start,
    unit: 'ms',
    repeats: 1,
    note: `MaxStartups 10:30:100; turned away: ${turnedAway.length}; logins at the jump host: ${jump?.log().match(/Accepted publickey/g)?.length ?? 'none'}`,
  })
}

async function proxied(rig: FleetRig): Promise<Faulty> {
  const server = await rig.node()
  const proxy = rig.own(await startTcpProxy(server))
  await rig.writeSsh('known_hosts', [`[127.0.0.1]:${proxy.port} ${server.hostKey().publicKey}`])
  return { server, proxy }
}
