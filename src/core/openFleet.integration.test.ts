import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { markedProcesses } from '../../e2e/rig/marked'
import { readProcess, signalProcess } from '../../e2e/rig/processes'
import { NodeName, PlanName } from '../contract/ids'
import type { Run } from '../contract/runs'

/** The whole engine against this PC and real SSH nodes, through the door that the app uses. */

let rig: EngineRig
beforeEach(() => {
  rig = createEngineRig()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 45_000, interval: 20 })
const online = (app: RigEngine, ...nodes: string[]): Promise<void> =>
  soon(() => expect(nodes.map(node => app.link(node))).toEqual(nodes.map(() => 'online')))
const plan = (name: string) => ({ plan: PlanName.parse(name) })

/** The logs on this PC of all workers of a run, one after the other. */
function localLogs({ id }: Run): string {
  const dir = join(rig.home, 'drydock', 'logs', id)
  const names = readdirSync(dir).filter(name => name.endsWith('.log'))
  return names.map(name => readFileSync(join(dir, name), 'utf8')).join('')
}

const COUNTING = `i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo "line $i"; echo "{\\"drydock\\":\\"progress\\",\\"step\\":$i,\\"total\\":400}"; sleep 0.02; done`

it('starts, watches and stops a plan on this PC and on two SSH nodes, and proves that nothing is left', async () => {
  const [pc2, pc3] = [await rig.sshNode(), await rig.sshNode()]
  const command = `echo '{"drydock":"result","name":"{{node}}","values":{"pnl":{{worker}}}}'; sleep 300 & setsid sleep 300 & exec sleep 300`
  const app = await rig.open({ nodes: { pc2, pc3 }, plans: [{ name: 'try', command }] })
  await online(app, 'this-pc', 'pc2', 'pc3')
  const started = await app.client.runs.start(plan('try'))
  expect(started.workers.map(({ node, state, index }) => [node, state, index])).toEqual([
    ['this-pc', 'running', 1],
    ['pc2', 'running', 2],
    ['pc3', 'running', 3],
  ])
  await soon(() => {
    const rows = app.events.flatMap(event =>
      event.type === 'result' ? [[event.row.name, event.row.values['pnl']]] : [],
    )
    expect(rows.toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
      ['pc2', 2],
      ['pc3', 3],
      ['this-pc', 1],
    ])
  })
  await soon(() =>
    expect(app.run()?.workers.map(worker => worker.reported)).toEqual(
      Array.from({ length: 3 }, () => ({ dryRun: '1', allowOrders: '0' })),
    ),
  )
  const stopped = await app.client.runs.stop({ run: started.id, how: 'stop', nodes: null })
  expect(stopped.state).toBe('stopped')
  expect(stopped.stop).toMatchObject({
    outcome: 'proved',
    summary: 'Nothing is left running',
    isForced: false,
  })
  expect(stopped.stop?.nodes.map(node => [node.phase, node.how, node.survivors])).toEqual(
    Array.from({ length: 3 }, () => ['verified', 'TERM', []]),
  )
  expect(markedProcesses(started.id)).toEqual([])
  expect(app.errors).toEqual([])
})

it('starts once, however often and from however many sides START is pressed', async () => {
  const app = await rig.open({ plans: [{ name: 'once', command: 'exec sleep 300' }] })
  await online(app, 'this-pc')
  const runs = await Promise.all(Array.from({ length: 10 }, () => app.client.runs.start(plan('once'))))
  expect(new Set(runs.map(run => run.id)).size).toBe(1)
  await expect(app.client.runs.start(plan('once'))).rejects.toMatchObject({
    code: 'REFUSED',
    message: expect.stringContaining('already running'),
  })
  const dirs = readdirSync(join(rig.home, '.drydock', 'runs'))
  expect(dirs).toEqual([runs[0]?.id])
  await app.client.runs.stop({ run: runs[0]!.id, how: 'force', nodes: null })
})

it('adopts a running run after a restart, with its log, progress and end complete', async () => {
  const pc2 = await rig.sshNode()
  const fleet = { nodes: { pc2 }, plans: [{ name: 'count', command: COUNTING }] }
  const first = await rig.open(fleet)
  await online(first, 'this-pc', 'pc2')
  await first.client.runs.start(plan('count'))
  await soon(() => expect(first.run()?.progress?.step ?? 0).toBeGreaterThan(20))
  await first.close()

  const second = await rig.open()
  expect(second.run() === undefined || second.run()?.state === 'unknown').toBe(true)
  await soon(() => expect(second.run()?.state).toBe('running'))
  await soon(() => expect(second.run()?.state).toBe('succeeded'))
  expect(second.run()?.progress).toMatchObject({ step: 800, total: 800 })
  const whole = Array.from(
    { length: 400 },
    (_, i) => `line ${i + 1}\n{"drydock":"progress","step":${i + 1},"total":400}\n`,
  ).join('')
  expect(localLogs(second.run()!)).toBe(whole + whole)
  const { lines } = await second.client.logs.read({
    run: second.run()!.id,
    log: second.run()!.workers[0]!.id,
    fromLine: 798,
    count: 10,
  })
  expect(lines).toEqual(['line 400', '{"drydock":"progress","step":400,"total":400}'])
  expect([...first.errors, ...second.errors]).toEqual([])
})

it('calls a worker behind a dead link unknown, never stopped, and finds it again', async () => {
  const pc2 = await rig.sshNode()
  const app = await rig.open({ nodes: { pc2 }, plans: [{ name: 'long', command: COUNTING }] })
  await online(app, 'this-pc', 'pc2')
  await app.client.runs.start(plan('long'))
  await pc2.kill()
  await soon(() => expect(app.link('pc2')).toBe('unreachable'))
  await soon(() => expect(app.run()?.workers.map(worker => worker.state)).toEqual(['running', 'unknown']))
  const stopped = await app.client.runs.stop({ run: app.run()!.id, how: 'stop', nodes: null })
  expect(stopped.stop).toMatchObject({
    outcome: 'unconfirmed',
    summary: expect.stringMatching(/^Still running: not proved on pc2/),
  })
  expect(markedProcesses(stopped.id).length).toBeGreaterThan(0)
  await pc2.start()
  await soon(() =>
    expect(app.run()?.stop).toMatchObject({ outcome: 'proved', summary: 'Nothing is left running' }),
  )
  expect(app.run()?.state).toBe('stopped')
  expect(markedProcesses(stopped.id)).toEqual([])
})

it.each([
  ['with another value', 'DRY_RUN=0 sleep 300 & wait', 'DRY_RUN=0 ALLOW_ORDERS=0'],
  ['without its mode', 'unset DRY_RUN; exec sleep 300', 'DRY_RUN=(not set) ALLOW_ORDERS=0'],
  [
    'with a cleared environment of its own',
    'exec env -i DRY_RUN=0 ALLOW_ORDERS=1 sleep 300',
    'DRY_RUN=0 ALLOW_ORDERS=1',
  ],
])('stops a run of which a process goes on %s, and says so', async (_name, command, carries) => {
  const app = await rig.open({ plans: [{ name: 'flip', command }] })
  await online(app, 'this-pc')
  const { id } = await app.client.runs.start(plan('flip'))
  await soon(() => expect(app.run()?.state).toBe('stopped'))
  await soon(() =>
    expect(app.alerts().at(-1)).toMatchObject({
      severity: 'error',
      run: id,
      what: expect.stringMatching(/^flip was stopped: process \d+ on this-pc carries /),
    }),
  )
  expect(app.alerts().at(-1)?.what).toContain(carries)
  expect(markedProcesses(id)).toEqual([])
})

it('calls a process that shows no mode unknown, never SAFE, and leaves it running', async () => {
  const app = await rig.open({ plans: [{ name: 'silent', command: 'exec env -i sleep 300' }] })
  await online(app, 'this-pc')
  const run = await app.client.runs.start(plan('silent'))
  await soon(() => expect(app.run()?.mode).toBe('MIXED'))
  expect(app.run()?.state).toBe('running')
  await app.client.runs.stop({ run: run.id, how: 'force', nodes: null })
})

it('says lost when a worker was killed from outside, and failed when it failed', async () => {
  const app = await rig.open({
    plans: [
      { name: 'killed', command: 'exec sleep 300' },
      { name: 'broken', command: 'echo last words; exit 3' },
    ],
  })
  await online(app, 'this-pc')
  const run = await app.client.runs.start(plan('killed'))
  await soon(() => expect(markedProcesses(run.id)).toHaveLength(2))
  for (const pid of markedProcesses(run.id)) expect(signalProcess(readProcess(pid)!, 'SIGKILL')).toBe(true)
  await soon(() =>
    expect(app.run()).toMatchObject({ state: 'lost', detail: expect.stringContaining('no exit code') }),
  )
  await app.client.runs.start(plan('broken'))
  await soon(() =>
    expect(app.run()).toMatchObject({
      plan: 'broken',
      state: 'failed',
      detail: expect.stringContaining('exit 3'),
    }),
  )
  expect(localLogs(app.run()!)).toBe('last words\n')
})

it('keeps a worker whose wrapper alone was killed: it is watched, and STOP ends it', async () => {
  const app = await rig.open({ plans: [{ name: 'orphan', command: 'exec sleep 300' }] })
  await online(app, 'this-pc')
  const run = await app.client.runs.start(plan('orphan'))
  await soon(() => expect(markedProcesses(run.id)).toHaveLength(2))
  const leader = readProcess(run.workers[0]!.identity!.pid)
  expect(leader !== null && signalProcess(leader, 'SIGKILL')).toBe(true)
  await soon(() =>
    expect(app.run()).toMatchObject({ state: 'running', detail: expect.stringContaining('its wrapper') }),
  )
  const stopped = await app.client.runs.stop({ run: run.id, how: 'stop', nodes: null })
  expect(stopped).toMatchObject({ state: 'stopped', stop: { outcome: 'proved' } })
  expect(markedProcesses(run.id)).toEqual([])
})

it('a STOP that comes during START stops what was started and lets nothing more start', async () => {
  const app = await rig.open({ plans: [{ name: 'many', command: 'exec sleep 300', workers: 30 }] })
  await online(app, 'this-pc')
  const starting = app.client.runs.start(plan('many'))
  await soon(() =>
    expect(app.run()?.workers.filter(worker => worker.state === 'running').length).toBeGreaterThan(1),
  )
  const stopped = await app.client.runs.stop({ run: app.run()!.id, how: 'stop', nodes: null })
  expect(stopped).toMatchObject({ state: 'stopped', stop: { outcome: 'proved' } })
  await starting
  expect(markedProcesses(stopped.id)).toEqual([])
  await soon(() =>
    expect(app.run()?.workers.map(worker => worker.state)).toEqual(
      Array.from({ length: 30 }, () => 'stopped'),
    ),
  )
})

it('refuses what cannot work, before anything is done, with the fix', async () => {
  const pc2 = await rig.sshNode()
  await pc2.kill()
  const app = await rig.open({ local: false, nodes: { pc2 }, plans: [{ name: 'try', command: 'true' }] })
  await expect(app.client.runs.start(plan('nothing'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await soon(() => expect(app.link('pc2')).toBe('unreachable'))
  await expect(app.client.runs.start(plan('try'))).rejects.toMatchObject({
    code: 'REFUSED',
    message: 'No node of try is online: pc2 is unreachable.',
    data: { hint: 'Reconnect a node, or change where the plan runs in fleet.yaml.' },
  })
  expect(app.events.some(event => event.type === 'run')).toBe(false)
})

it('goes back to SAFE at every start, and leaves it only by the typed name', async () => {
  const app = await rig.open({
    plans: [{ name: 'try', command: 'exec sleep 300' }],
    broker: { host: '127.0.0.1', port: 4002 },
  })
  await online(app, 'this-pc')
  const leave = (typed: string | null) => app.client.mode.set({ dryRun: false, allowOrders: true, typed })
  await expect(leave(null)).rejects.toMatchObject({ code: 'REFUSED' })
  await expect(leave('paper')).rejects.toMatchObject({ code: 'REFUSED' })
  expect((await leave('PAPER')).name).toBe('PAPER')
  const run = await app.client.runs.start(plan('try'))
  expect(run).toMatchObject({ started: { dryRun: false, allowOrders: true }, mode: 'PAPER' })
  await app.client.runs.stop({ run: run.id, how: 'force', nodes: null })
  await app.close()
  const again = await rig.open()
  await online(again, 'this-pc')
  const [first] = again.events
  expect(first).toMatchObject({
    type: 'snapshot',
    snapshot: { mode: { name: 'SAFE', flags: { dryRun: true, allowOrders: false } } },
  })
})

it('remembers what its nodes measured, also of before a restart', async () => {
  const pc2 = await rig.sshNode()
  const first = await rig.open({ nodes: { pc2 }, plans: [] })
  await online(first, 'this-pc', 'pc2')
  const names = ['this-pc', 'pc2'].map(name => NodeName.parse(name))
  const ramOf = async (app: RigEngine, node: NodeName): Promise<readonly (number | null)[]> => {
    const { series } = await app.client.nodes.history({ node, span: 'day' })
    return series.find(({ id }) => id === 'ram')?.mean.filter(value => value !== null) ?? []
  }
  await soon(() =>
    expect(
      new Set(first.events.flatMap(event => (event.type === 'sample' ? [event.sample.node] : []))),
    ).toEqual(new Set(names)),
  )
  for (const node of names) expect((await ramOf(first, node)).length).toBeGreaterThan(0)
  await first.close()
  await pc2.kill()
  const second = await rig.open()
  for (const node of names) expect((await ramOf(second, node)).length).toBeGreaterThan(0)
  await expect(
    second.client.nodes.history({ node: NodeName.parse('pc9'), span: 'hour' }),
  ).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: 'There is no node called pc9.',
  })
  expect([...first.errors, ...second.errors]).toEqual([])
})
