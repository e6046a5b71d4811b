import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { markedProcesses } from '../../e2e/rig/marked'
import { livingTicks, readProcess, signalProcess } from '../../e2e/rig/processes'
import { startTcpProxy } from '../../e2e/rig/tcpProxy'
import { NodeName, PlanName } from '../contract/ids'
import type { Run } from '../contract/runs'

/** STOP through the door that the app uses: of some workers, with a drain, through a cut link, and of one survivor. */

let rig: EngineRig
beforeEach(() => {
  rig = createEngineRig()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 40_000, interval: 20 })
const online = (app: RigEngine, node: string): Promise<void> =>
  soon(() => expect(app.link(node)).toBe('online'))
const start = (app: RigEngine): Promise<Run> => app.client.runs.start({ plan: PlanName.parse('try') })
const pids = (run: Run): number[] => run.workers.map(worker => worker.identity!.pid)

it('stops one worker beside its sibling, says who goes on, and then the whole run', async () => {
  const app = await rig.open({ plans: [{ name: 'try', command: 'exec sleep 300', workers: 2 }] })
  await online(app, 'this-pc')
  const run = await start(app)
  const [one, two] = run.workers
  const ticks = livingTicks(two!.identity!.pid)
  const first = await app.client.runs.stop({ run: run.id, nodes: null, workers: [one!.id] })
  expect(first).toMatchObject({
    state: 'running',
    workers: [{ state: 'stopped' }, { state: 'running' }],
    stop: {
      outcome: 'proved',
      summary: 'Nothing is left running of what was stopped; 1 worker goes on',
      workers: [one!.id],
      nodes: [{ message: expect.stringContaining('1 of 2 workers') }],
    },
  })
  expect(livingTicks(two!.identity!.pid)).toBe(ticks)
  const second = await app.client.runs.stop({ run: run.id, nodes: null })
  expect(second).toMatchObject({ state: 'stopped', stop: { summary: 'Nothing is left running' } })
  expect(markedProcesses(run.id)).toEqual([])
})

it('refuses to drain what cannot, with the fix, and ends a drain early', async () => {
  const command = `trap : USR1; echo up; while :; do sleep 0.1; done`
  const app = await rig.open({
    plans: [
      { name: 'plain', command: 'exec sleep 300' },
      {
        name: 'try',
        command,
        track: { stop: { graceSeconds: 5, drain: { signal: 'USR1', seconds: 600 } } },
      },
    ],
  })
  await online(app, 'this-pc')
  const plain = await app.client.runs.start({ plan: PlanName.parse('plain') })
  await expect(app.client.runs.stop({ run: plain.id, how: 'drain', nodes: null })).rejects.toMatchObject({
    code: 'REFUSED',
    data: { hint: expect.stringContaining('drain: { signal: USR1, seconds: 600 }') },
  })
  await app.client.runs.stop({ run: plain.id, nodes: null })
  const run = await start(app)
  await soon(() => expect(app.run()?.workers[0]?.logLines).toBe(1))
  const draining = app.client.runs.stop({ run: run.id, how: 'drain', nodes: null })
  await soon(() =>
    expect(app.run()?.stop?.nodes[0]).toMatchObject({
      phase: 'acknowledged',
      message: expect.stringMatching(/^Draining: finishes what it has, until \d\d:\d\d$/),
    }),
  )
  expect(await app.client.runs.stop({ run: run.id, nodes: null })).toMatchObject({
    state: 'stopped',
    stop: { outcome: 'proved' },
  })
  expect((await draining).stop?.outcome).toBe('proved')
})

it('goes to KILL on the node while the link is cut, and says so when it heals', async () => {
  const server = await rig.sshNode()
  await using proxy = await startTcpProxy(server)
  appendFileSync(
    join(rig.home, 'drydock', 'known_hosts'),
    `[127.0.0.1]:${proxy.port} ${server.hostKey().publicKey}\n`,
  )
  const pc2 = { ...server, host: proxy.host, port: proxy.port }
  const command = `trap '' TERM; echo up; while :; do sleep 0.1; done`
  const app = await rig.open({
    local: false,
    nodes: { pc2 },
    plans: [{ name: 'try', command, graceSeconds: 2 }],
  })
  await online(app, 'pc2')
  const run = await start(app)
  await soon(() => expect(app.run()?.workers[0]?.logLines).toBe(1))
  const stopping = app.client.runs.stop({ run: run.id, nodes: null })
  await soon(() => expect(app.run()?.stop?.nodes[0]?.phase).toBe('acknowledged'))
  proxy.stall()
  proxy.cut()
  await soon(() => expect(pids(run).map(livingTicks)).toEqual([null])) // nobody but the node did that
  expect(app.run()?.state).toBe('stopping')
  proxy.cut()
  proxy.heal()
  await stopping
  await soon(() =>
    expect(app.run()).toMatchObject({
      state: 'stopped',
      stop: { outcome: 'proved', nodes: [{ how: 'KILL after 2 s' }] },
    }),
  )
})

it('kills one survivor that was named, and no process that was not', async () => {
  const command = `trap '' TERM; echo up; while :; do sleep 0.1; done`
  const app = await rig.open({ plans: [{ name: 'try', command, graceSeconds: 600 }] })
  await online(app, 'this-pc')
  const run = await start(app)
  await soon(() => expect(app.run()?.workers[0]?.logLines).toBe(1))
  const node = NodeName.parse('this-pc')
  const ask = { run: run.id, node, pid: process.pid, startTicks: livingTicks(process.pid)! }
  await expect(app.client.runs.killSurvivor(ask)).rejects.toMatchObject({ code: 'REFUSED' })
  const stopping = app.client.runs.stop({ run: run.id, nodes: null })
  const leader = run.workers[0]!.identity!
  await soon(() => expect(app.run()?.stop?.nodes[0]?.survivors.map(one => one.pid)).toContain(leader.pid))
  const frozen = readProcess(leader.pid)
  expect(frozen !== null && signalProcess(frozen, 'SIGSTOP')).toBe(true)
  await app.client.runs.killSurvivor({ ...ask, pid: leader.pid, startTicks: leader.startTicks })
  expect(livingTicks(leader.pid)).toBeNull()
  await app.client.runs.stop({ run: run.id, how: 'force', nodes: null })
  expect((await stopping).stop?.outcome).toBe('proved')
})
