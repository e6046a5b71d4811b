import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { markedProcesses } from '../../e2e/rig/marked'
import { signalProcess } from '../../e2e/rig/processes'
import type { SshNode } from '../../e2e/rig/sshNode'
import { startTcpProxy, type TcpProxy } from '../../e2e/rig/tcpProxy'
import { PlanName } from '../contract/ids'
import type { NodeView } from '../contract/nodes'
import type { Run } from '../contract/runs'
import type { Sample } from '../contract/samples'

/** What a dead, deaf or narrow link does to a run: nothing. Each fault is a real one. */

let rig: EngineRig
beforeEach(() => {
  rig = createEngineRig()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 40_000, interval: 20 })
const online = (app: RigEngine, ...nodes: string[]): Promise<void> =>
  soon(() => expect(nodes.map(node => app.link(node))).toEqual(nodes.map(() => 'online')))
const start = (app: RigEngine, plan: string): Promise<Run> =>
  app.client.runs.start({ plan: PlanName.parse(plan) })
const stop = (app: RigEngine, run: Run['id']): Promise<Run> =>
  app.client.runs.stop({ run, how: 'stop', nodes: null })
const workerOn = (app: RigEngine, node: string): Run['workers'][number] | undefined =>
  app.run()?.workers.find(worker => worker.node === node)
const samplesOf = (app: RigEngine, node: string): readonly Sample[] =>
  app.events.flatMap(event => (event.type === 'sample' && event.sample.node === node ? [event.sample] : []))
const viewOf = (app: RigEngine, name: string): NodeView | undefined =>
  app.events.flatMap(event => (event.type === 'node' && event.node.name === name ? [event.node] : [])).at(-1)
const linksOf = (app: RigEngine, name: string): readonly string[] =>
  app.events.flatMap(event =>
    event.type === 'node' && event.node.name === name ? [event.node.link.state] : [],
  )

const COUNT = 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.05; done'

/** What the worker itself wrote (a shell adds that its sleep was ended). One answer holds what came at one time. */
async function countedBy(app: RigEngine, run: Run, node: string): Promise<readonly string[]> {
  const worker = workerOn(app, node)
  if (worker === undefined) return []
  const all: string[] = []
  for (let total = 1; all.length < total;) {
    const ask = { run: run.id, log: worker.id, fromLine: all.length, count: 1000 }
    const { lines, totalLines } = await app.client.logs.read(ask)
    total = totalLines
    all.push(...lines)
  }
  return all.filter(line => line.startsWith('line '))
}

interface Fault {
  readonly server: SshNode
  readonly proxy: TcpProxy
}

describe('a run goes on and is found again whole when its link', () => {
  const faults: readonly (readonly [string, (on: Fault) => unknown, (on: Fault) => unknown])[] = [
    ['falls into a black hole', ({ proxy }) => proxy.stall(), ({ proxy }) => proxy.heal()],
    ['loses only the replies', ({ proxy }) => proxy.stallReplies(), ({ proxy }) => proxy.heal()],
    [
      'has its server process killed',
      ({ server }) => server.connections().map(each => signalProcess(each, 'SIGKILL')),
      () => {},
    ],
    ['finds no server any more', ({ server }) => server.kill(), ({ server }) => server.start()],
    ['meets a server that hangs', ({ server }) => server.freeze(), ({ server }) => server.thaw()],
  ]

  it.each(faults)('%s, and no other node notices', async (_name, harm, heal) => {
    const [server, pc3] = [await rig.sshNode(), await rig.sshNode()]
    await using proxy = await startTcpProxy(server)
    appendFileSync(
      join(rig.home, 'drydock', 'known_hosts'),
      `[127.0.0.1]:${proxy.port} ${server.hostKey().publicKey}\n`,
    )
    const pc2 = { ...server, host: proxy.host, port: proxy.port }
    const app = await rig.open({ nodes: { pc2, pc3 }, plans: [{ name: 'count', command: COUNT }] })
    await online(app, 'this-pc', 'pc2', 'pc3')
    const run = await start(app, 'count')
    await soon(() => expect(workerOn(app, 'pc2')?.logLines ?? 0).toBeGreaterThan(3))
    const before = workerOn(app, 'pc2')?.identity
    const changes = linksOf(app, 'pc3').length

    await harm({ server, proxy })
    await soon(() => expect(linksOf(app, 'pc2')).toContain('unreachable'))
    await soon(() =>
      expect(
        app.events
          .filter(event => event.type === 'run')
          .map(({ run: seen }) => seen.workers.find(({ node }) => node === 'pc2')?.state),
      ).toContain('unknown'),
    )
    await heal({ server, proxy })
    await online(app, 'pc2')
    await soon(() => expect(workerOn(app, 'pc2')?.state).toBe('running'))
    expect(workerOn(app, 'pc2')?.identity).toEqual(before)
    expect(linksOf(app, 'pc3').slice(changes)).not.toContain('unreachable')

    expect(await stop(app, run.id)).toMatchObject({ state: 'stopped', stop: { outcome: 'proved' } })
    expect(markedProcesses(run.id)).toEqual([])
    const lines = await countedBy(app, run, 'pc2')
    expect(lines.length).toBeGreaterThan(20)
    expect(lines).toEqual(lines.map((_, index) => `line ${index + 1}`))
    expect(app.errors).toEqual([])
  })
})

describe.each([1, 2])('a node that allows %d sessions on a connection', sessions => {
  it('is measured, trains, shows its log and stops with a proof, and is told about', async () => {
    const pc2 = await rig.sshNode({ sshdConfig: [`MaxSessions ${sessions}`], gpu: true })
    const app = await rig.open({ local: false, nodes: { pc2 }, plans: [{ name: 'count', command: COUNT }] })
    await online(app, 'pc2')
    await soon(() => expect(samplesOf(app, 'pc2').length).toBeGreaterThan(3))
    expect(samplesOf(app, 'pc2').at(-1)).toMatchObject({ cpuPct: expect.any(Number) })
    await soon(() => {
      const readings = app.events.flatMap(event => (event.type === 'gpu' ? [event.reading] : []))
      expect(readings.at(-1)).toMatchObject({
        state: 'ok',
        gpus: [{ name: expect.stringContaining('3070') }],
      })
    })
    expect(viewOf(app, 'pc2')?.notices.map(({ kind }) => kind)).toEqual(['few-sessions'])
    const run = await start(app, 'count')
    await soon(() => expect(workerOn(app, 'pc2')?.logLines ?? 0).toBeGreaterThan(20))
    expect(await stop(app, run.id)).toMatchObject({ state: 'stopped', stop: { outcome: 'proved' } })
    const lines = await countedBy(app, run, 'pc2')
    expect(lines.length).toBeGreaterThan(20)
    expect(lines).toEqual(lines.map((_, index) => `line ${index + 1}`))
    expect([markedProcesses(run.id), app.errors]).toEqual([[], []])
  })
})

it('works on a node that has BusyBox and nothing else', async () => {
  const bin = mkdtempSync(join(tmpdir(), 'drydock-busybox-'))
  try {
    execFileSync('busybox', ['--install', '-s', bin])
    const pc2 = await rig.sshNode({ environment: { PATH: bin } })
    const app = await rig.open({ local: false, nodes: { pc2 }, plans: [{ name: 'count', command: COUNT }] })
    await online(app, 'pc2')
    await soon(() => expect(samplesOf(app, 'pc2').length).toBeGreaterThan(2))
    const run = await start(app, 'count')
    await soon(() => expect(workerOn(app, 'pc2')?.logLines ?? 0).toBeGreaterThan(5))
    expect(await stop(app, run.id)).toMatchObject({ state: 'stopped', stop: { outcome: 'proved' } })
    expect([markedProcesses(run.id), app.errors]).toEqual([[], []])
  } finally {
    rmSync(bin, { recursive: true })
  }
})
