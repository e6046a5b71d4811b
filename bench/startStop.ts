import { createEngineRig } from '../e2e/rig/engine'
import type { RigEngine } from '../e2e/rig/engine'
import { markedProcesses } from '../e2e/rig/marked'
import { PlanName } from '../src/contract/ids'
import type { Run } from '../src/contract/runs'
import type { BenchRow } from './benchRow'
import { openSshPeer, roundTripMs, slowNode, untilOnline } from './engineNode'
import { figures, timed } from './figures'

const REPEATS = 40
const STUBBORN_REPEATS = 10
const DAEMON_STOPS = 200
const GRACE_S = 0.5

const PLANS = [
  { name: 'willing', command: 'exec sleep 600', on: ['far'] },
  {
    name: 'stubborn',
    command: `trap '' TERM; while :; do sleep 1; done`,
    on: ['far'],
    graceSeconds: GRACE_S,
  },
  { name: 'daemon', command: `(setsid sh -c 'env -i sleep 600 &' &) ; exec sleep 600`, on: ['far'] },
]

/** START and STOP through the router, on a real sshd, at two round trips; OpenSSH's own client in the same rounds. */
export async function benchStartStop(report: (row: BenchRow) => void): Promise<void> {
  for (const delayMs of [0, 50]) await benchAt(delayMs, report)
}

async function benchAt(delayMs: number, report: (row: BenchRow) => void): Promise<void> {
  await using rig = createEngineRig()
  const { node, proxy } = await slowNode(rig, delayMs)
  await using _proxy = proxy
  const engine = await rig.open({ local: false, nodes: { far: node }, plans: PLANS })
  await untilOnline(engine, ['far'])
  const rttMs = await roundTripMs(engine, 'far')
  const peer = await openSshPeer(rig, node)
  const at = `at a round trip of ${rttMs.toFixed(1)} ms`
  const started: number[] = []
  const stopped: number[] = []
  const peerStarted: number[] = []
  for (let i = 0; i < REPEATS; i += 1) {
    const start = await timed(() => startOf(engine, 'willing'))
    started.push(start.ms)
    const stop = await timed(() => stopOf(engine, start.value, false))
    stopped.push(stop.ms)
    const other = await timed(() => peer.exec('setsid sleep 600 >/dev/null 2>&1 </dev/null & echo $!'))
    peerStarted.push(other.ms)
    await peer.exec(`kill ${other.value.stdout.trim()}`)
  }
  report(
    figures(`START to confirmed process, ${at}`, 'ms', started, `goal p95 <= ${(rttMs + 15).toFixed(0)}`),
  )
  report(figures(`peer: ssh (shared connection) starts a process, unconfirmed, ${at}`, 'ms', peerStarted))
  report(figures(`STOP to proved gone, ${at}`, 'ms', stopped, `goal p95 <= ${(rttMs + 10).toFixed(0)}`))
  if (delayMs === 0) await benchLadders(engine, report)
  await peer.close()
}

async function benchLadders(engine: RigEngine, report: (row: BenchRow) => void): Promise<void> {
  const over: number[] = []
  for (let i = 0; i < STUBBORN_REPEATS; i += 1) {
    const run = await startOf(engine, 'stubborn')
    await new Promise(resolve => setTimeout(resolve, 50)) // until it ignores the signal
    const { ms } = await timed(() => stopOf(engine, run, false))
    over.push(ms - GRACE_S * 1000)
  }
  report(
    figures('STOP of a process that ignores the signal, beyond its grace', 'ms', over, 'goal p95 <= 100'),
  )
  let survivors = 0
  for (let i = 0; i < DAEMON_STOPS; i += 1) {
    const run = await startOf(engine, 'daemon')
    const proof = await stopOf(engine, run, false)
    if (proof.stop?.outcome !== 'proved') survivors += 1
    survivors += markedProcesses(run.id).length
  }
  const name = `survivors of ${DAEMON_STOPS} stops with a double-forked daemon each`
  report({ name, value: survivors, unit: 'processes', repeats: DAEMON_STOPS, note: 'goal 0' })
}

/** One START on a hundred links to one sshd. */
export async function benchManyNodes(report: (row: BenchRow) => void): Promise<void> {
  await using rig = createEngineRig()
  const node = await rig.sshNode()
  const names = Array.from({ length: 100 }, (_, i) => `n${i + 1}`)
  const nodes = Object.fromEntries(names.map(name => [name, node]))
  const engine = await rig.open({
    local: false,
    nodes,
    plans: [{ name: 'willing', command: 'exec sleep 600' }],
  })
  const connected = await timed(() => untilOnline(engine, names))
  report(figures('100 links to one sshd, all online', 'ms', [connected.ms]))
  const starts: number[] = []
  const stops: number[] = []
  for (let i = 0; i < 3; i += 1) {
    const start = await timed(() => startOf(engine, 'willing'))
    starts.push(start.ms)
    stops.push((await timed(() => stopOf(engine, start.value, false))).ms)
  }
  report(figures('START on 100 nodes, all confirmed (all of them on this box)', 'ms', starts, 'goal <= 400'))
  report(figures('STOP on 100 nodes, all proved (all of them on this box)', 'ms', stops))
}

async function startOf(engine: RigEngine, plan: string): Promise<Run> {
  const run = await engine.client.runs.start({ plan: PlanName.parse(plan) })
  const odd = run.workers.find(worker => worker.state !== 'running')
  if (odd !== undefined) throw new Error(`${plan} did not start: ${odd.detail}`)
  return run
}

async function stopOf(engine: RigEngine, run: Run, force: boolean): Promise<Run> {
  return await engine.client.runs.stop({ run: run.id, force, nodes: null })
}
