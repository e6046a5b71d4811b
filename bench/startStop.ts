import { setTimeout as sleepFor } from 'node:timers/promises'
import type { EngineRig, RigEngine } from '../e2e/rig/engine'
import { createEngineRig } from '../e2e/rig/engine'
import { commandLines } from '../e2e/rig/marked'
import { PlanName } from '../src/contract/ids'
import type { FleetEvent } from '../src/contract/events'
import type { Run } from '../src/contract/runs'
import type { BenchOptions, Report } from './benchRow'
import { openSshPeer, roundTripMs, slowNode, untilOnline } from './engineNode'
import { figures, timed } from './figures'

const REPEATS = 40
/** Graces of many lengths, so that none of them happens to suit the engine's own looking for the end. */
const GRACES_MS = [500, 530, 560, 590, 620, 650, 680, 710, 740, 770]
/** Nothing else on this box sleeps so long. */
const DAEMON = 'sleep 7654321'

const PLANS = [
  { name: 'willing', command: 'exec sleep 600', on: ['far'] },
  // A daemon without session, parents, group or environment of its worker.
  { name: 'daemon', command: `(setsid sh -c 'env -i ${DAEMON} &' &) ; exec ${DAEMON}`, on: ['far'] },
  ...GRACES_MS.map(graceMs => ({
    name: `stubborn-${graceMs}`,
    command: `trap '' TERM; echo ready; while :; do sleep 1; done`,
    on: ['far'],
    graceSeconds: graceMs / 1000,
  })),
]

/** START and STOP through the router, on a real sshd, at two round trips; OpenSSH's own client in the same rounds. */
export async function benchStartStop(report: Report, { stops }: BenchOptions): Promise<void> {
  for (const delayMs of [0, 50]) {
    await using rig = createEngineRig()
    const engine = await benchAt(rig, delayMs, report)
    if (delayMs > 0) continue
    await benchStubborn(engine, report)
    await benchDaemons(engine, stops, report)
  }
}

async function benchAt(rig: EngineRig, delayMs: number, report: Report): Promise<RigEngine> {
  const { node } = await slowNode(rig, delayMs)
  const engine = await rig.open({ local: false, nodes: { far: node }, plans: PLANS })
  await untilOnline(engine, ['far'])
  const rttMs = await roundTripMs(delayMs)
  const peer = await openSshPeer(rig, node)
  const started: number[] = []
  const stopped: number[] = []
  const peerStarted: number[] = []
  for (let i = 0; i < REPEATS; i += 1) {
    const start = await timed(() => startOf(engine, 'willing'))
    started.push(start.ms)
    await untilSeen(engine, start.value)
    stopped.push((await timed(() => stopOf(engine, start.value))).ms)
    const other = await timed(() => peer.exec('setsid sleep 600 >/dev/null 2>&1 </dev/null & echo $!'))
    peerStarted.push(other.ms)
    await peer.exec(`kill ${other.value.stdout.trim()}`)
  }
  await peer.close()
  const at = `at a round trip of ${rttMs.toFixed(1)} ms`
  const goal = (overMs: number): string => `goal p95 <= ${(rttMs + overMs).toFixed(0)}`
  report(figures(`START to confirmed process, ${at}`, 'ms', started, goal(15)))
  report(figures(`peer: ssh (shared connection) starts a process, unconfirmed, ${at}`, 'ms', peerStarted))
  report(figures(`STOP to proved gone, ${at}`, 'ms', stopped, goal(10)))
  return engine
}

async function benchStubborn(engine: RigEngine, report: Report): Promise<void> {
  const over: number[] = []
  for (const graceMs of GRACES_MS) {
    const run = await startOf(engine, `stubborn-${graceMs}`)
    await untilSeen(engine, run, 1) // it ignores the signal by then
    const { ms } = await timed(() => stopOf(engine, run))
    over.push(ms - graceMs)
  }
  const name = 'STOP of a process that ignores the signal, beyond its grace'
  report(figures(name, 'ms', over, 'goal p95 <= 100'))
}

async function benchDaemons(engine: RigEngine, stops: number, report: Report): Promise<void> {
  let survivors = 0
  let unproved = 0
  for (let i = 0; i < stops; i += 1) {
    const run = await startOf(engine, 'daemon')
    while (daemons() !== 2) await sleepFor(5)
    const { stop } = await stopOf(engine, run)
    if (stop?.outcome !== 'proved') unproved += 1
    survivors += daemons()
  }
  const name = `survivors of ${stops} stops with a double-forked daemon each`
  const note = `goal 0; ${unproved} stops without proof; looked for by command line, not by what Drydock knows`
  report({ name, value: survivors, unit: 'processes', repeats: stops, note })
}

function daemons(): number {
  return commandLines().filter(line => line === DAEMON).length
}

/** One START on a hundred links to one sshd. */
export async function benchManyNodes(report: Report): Promise<void> {
  await using rig = createEngineRig()
  const node = await rig.sshNode()
  const names = Array.from({ length: 100 }, (_, i) => `n${i + 1}`)
  const nodes = Object.fromEntries(names.map(name => [name, node]))
  const plans = [{ name: 'willing', command: 'exec sleep 600' }]
  const connected = await timed(async () => {
    const engine = await rig.open({ local: false, nodes, plans })
    await untilOnline(engine, names)
    return engine
  })
  const engine = connected.value
  report(figures('100 links to one sshd, all online', 'ms', [connected.ms], 'goal <= 5000'))
  const starts: number[] = []
  const stops: number[] = []
  const cpu: number[] = []
  for (let i = 0; i < 3; i += 1) {
    await untilQuiet()
    const before = process.cpuUsage()
    const start = await timed(() => startOf(engine, 'willing'))
    const { user, system } = process.cpuUsage(before)
    cpu.push((user + system) / 1000)
    starts.push(start.ms)
    await untilSeen(engine, start.value)
    stops.push((await timed(() => stopOf(engine, start.value))).ms)
  }
  const here = '100 nodes that are all this box'
  report(figures(`START on ${here}, all confirmed`, 'ms', starts, 'goal <= 400 on nodes of their own'))
  report(figures(`engine CPU of that START`, 'ms', cpu, 'what is left of it when the nodes are elsewhere'))
  report(figures(`STOP on ${here}, all proved`, 'ms', stops))
}

/** Until the engine has read back what the run's processes carry, and `lines` of each log are here. */
async function untilSeen({ events }: RigEngine, { id }: Run, lines = 0): Promise<void> {
  const isSeen = (event: FleetEvent): boolean =>
    event.type === 'run' &&
    event.run.id === id &&
    event.run.workers.every(worker => worker.reported !== null && worker.logLines >= lines)
  while (!events.slice(-200).some(isSeen)) await sleepFor(5)
}

/** What a STOP leaves to do in the background is not part of the next START. */
async function untilQuiet(): Promise<void> {
  for (;;) {
    const before = process.cpuUsage()
    await sleepFor(250)
    const { user, system } = process.cpuUsage(before)
    if (user + system < 50_000) return
  }
}

async function startOf(engine: RigEngine, plan: string): Promise<Run> {
  const run = await engine.client.runs.start({ plan: PlanName.parse(plan) })
  const odd = run.workers.find(worker => worker.state !== 'running')
  if (odd !== undefined) throw new Error(`${plan} did not start: ${odd.detail}`)
  return run
}

async function stopOf(engine: RigEngine, run: Run): Promise<Run> {
  return await engine.client.runs.stop({ run: run.id, how: 'stop', nodes: null })
}
