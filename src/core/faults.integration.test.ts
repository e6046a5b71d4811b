import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { markedProcesses } from '../../e2e/rig/marked'
import { listProcesses, signalProcess } from '../../e2e/rig/processes'
import { NodeName, PlanName } from '../contract/ids'
import type { Run } from '../contract/runs'

/** What must not go wrong when something else does: each fault is a real one. */

let rig: EngineRig
beforeEach(() => {
  rig = createEngineRig()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 20 })
const online = (app: RigEngine, ...nodes: string[]): Promise<void> =>
  soon(() => expect(nodes.map(node => app.link(node))).toEqual(nodes.map(() => 'online')))
const start = (app: RigEngine, plan: string): Promise<Run> =>
  app.client.runs.start({ plan: PlanName.parse(plan) })
const stop = (app: RigEngine, run: Run['id'], ...nodes: string[]): Promise<Run> =>
  app.client.runs.stop({
    run,
    how: 'stop',
    nodes: nodes.length === 0 ? null : nodes.map(name => NodeName.parse(name)),
  })

/** Processes of this machine by their command line, which must hold all of these words. */
function processesWith(...words: readonly string[]) {
  return listProcesses().filter(({ pid }) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return words.every(word => command.includes(word))
    } catch {
      return false
    }
  })
}

const STUBBORN = `trap '' TERM; echo up; while :; do sleep 0.2; done`

it('ends a STOP whose ladder was killed on its node', async () => {
  const app = await rig.open({ plans: [{ name: 'stubborn', command: STUBBORN, graceSeconds: 2 }] })
  await online(app, 'this-pc')
  const run = await start(app, 'stubborn')
  await soon(() => expect(app.run()?.workers[0]?.logLines).toBe(1))
  const stopping = stop(app, run.id)
  const folder = join(rig.home, '.drydock', 'runs', run.id, 'bots-1')
  const report = (): string => readdirSync(folder).find(name => /^stop-\d+$/.test(name))!
  const ladder = await vi.waitFor(
    () => Number(/^ladder (\d+):/m.exec(readFileSync(join(folder, report()), 'utf8'))![1]),
    30_000,
  )
  const process = listProcesses().find(({ pid }) => pid === ladder)
  expect(process !== undefined && signalProcess(process, 'SIGKILL')).toBe(true)
  expect(await stopping).toMatchObject({ state: 'stopped', stop: { outcome: 'proved' } })
  expect(markedProcesses(run.id)).toEqual([])
})

it('survives the death of the control shell in the middle of a STOP', async () => {
  const app = await rig.open({ plans: [{ name: 'stubborn', command: STUBBORN, graceSeconds: 1 }] })
  await online(app, 'this-pc')
  const run = await start(app, 'stubborn')
  await soon(() => expect(app.run()?.workers[0]?.logLines).toBe(1))
  const stopping = stop(app, run.id)
  for (const shell of processesWith('sh -s').filter(({ parentPid }) => parentPid === process.pid)) {
    signalProcess(shell, 'SIGKILL')
  }
  expect(await stopping.then(({ stop: report }) => report?.outcome)).toMatch(/proved|unconfirmed/)
  await soon(() => expect(app.run()).toMatchObject({ state: 'stopped', stop: { outcome: 'proved' } }))
  expect(markedProcesses(run.id)).toEqual([])
})

it('knows a worker by its process when its folder was removed, and stops it', async () => {
  const first = await rig.open({ plans: [{ name: 'long', command: 'exec sleep 300' }] })
  await online(first, 'this-pc')
  const run = await start(first, 'long')
  await first.close()
  rmSync(join(rig.home, '.drydock', 'runs'), { recursive: true })
  const second = await rig.open()
  await soon(() => expect(second.run()?.state).toBe('running'))
  expect(await stop(second, run.id)).toMatchObject({ state: 'stopped', stop: { outcome: 'proved' } })
  expect(markedProcesses(run.id)).toEqual([])
})

it('takes up every STOP that was begun, one node each, after a restart', async () => {
  const pc2 = await rig.sshNode()
  const first = await rig.open({ nodes: { pc2 }, plans: [{ name: 'long', command: 'exec sleep 300' }] })
  await online(first, 'this-pc', 'pc2')
  const run = await start(first, 'long')
  await pc2.kill()
  await soon(() => expect(first.link('pc2')).toBe('unreachable'))
  const asked = await stop(first, run.id, 'pc2')
  expect(asked.stop?.outcome).toBe('unconfirmed')
  // Asked again while the first still waits: the answer comes at once, and is the same.
  expect((await stop(first, run.id, 'pc2')).stop?.outcome).toBe('unconfirmed')
  await stop(first, run.id, 'this-pc')
  await first.close()
  await pc2.start()
  const second = await rig.open()
  await soon(() => expect(second.run()).toMatchObject({ state: 'stopped', stop: { outcome: 'proved' } }))
  expect(markedProcesses(run.id)).toEqual([])
})

it('reads a result in a last line that has no newline, and counts anew when the local copy is gone', async () => {
  const command = `i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo "✅ $i"; sleep 0.05; done; printf '{"drydock":"result","name":"last","values":{"pnl":1}}'`
  const first = await rig.open({
    plans: [{ name: 'count', command, track: { progress: { count: '✅', total: 30 } } }],
  })
  await online(first, 'this-pc')
  const run = await start(first, 'count')
  await soon(() => expect(first.run()?.progress?.step ?? 0).toBeGreaterThan(5))
  await first.close()
  rmSync(join(rig.home, 'drydock', 'logs', run.id), { recursive: true })
  const second = await rig.open()
  await soon(() => expect(second.run()?.state).toBe('succeeded'))
  await soon(() => expect(second.run()?.progress).toMatchObject({ step: 30, total: 30 }))
  const rows = second.events.flatMap(event => (event.type === 'result' ? [event.row.name] : []))
  expect(rows).toEqual(['last'])
})

it('stops and proves although the disk of this PC is full, and says so', async context => {
  context.skip(process.getuid?.() !== 0, 'only root may mount a small disk')
  const folder = join(rig.home, 'drydock')
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder])
  try {
    const command = 'while :; do echo "a line of some length, many times over"; sleep 0.01; done'
    const app = await rig.open({ plans: [{ name: 'talks', command }] })
    await online(app, 'this-pc')
    const run = await start(app, 'talks')
    expect(() => writeFileSync(join(folder, 'filler'), Buffer.alloc(8 * 1024 * 1024))).toThrow('ENOSPC')
    await soon(() => expect(app.alerts().map(({ id }) => id)).toContain('store'))
    const { series } = await app.client.nodes.history({ node: run.workers[0]!.node, span: 'hour' })
    expect(series.find(({ id }) => id === 'ram')?.mean.at(-1)).toBeGreaterThan(0)
    expect(await stop(app, run.id)).toMatchObject({ state: 'stopped', stop: { outcome: 'proved' } })
    expect(markedProcesses(run.id)).toEqual([])
    await app.close()
  } finally {
    execFileSync('umount', ['-l', folder])
  }
})

it('makes nothing for a log that does not exist', async () => {
  const app = await rig.open({ plans: [{ name: 'long', command: 'true' }] })
  const ask = { run: 'no-such-run' as never, log: 'bots-1' as never, fromLine: 0, count: 1 }
  await expect(app.client.logs.read(ask)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(readdirSync(join(rig.home, 'drydock', 'logs'))).toEqual([])
})
