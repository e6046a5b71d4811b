import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { fleetYaml } from '../../e2e/rig/fleetYaml'
import { markedProcesses } from '../../e2e/rig/marked'
import { livingTicks, readProcess } from '../../e2e/rig/processes'
import type { SshNode } from '../../e2e/rig/sshNode'
import { NodeName, PlanName } from '../contract/ids'
import type { Run } from '../contract/runs'

/** Runs that this Drydock did not start, and programs that no Drydock started, on real SSH nodes. */

let rigs: EngineRig[] = []
const newRig = (): EngineRig => {
  const rig = createEngineRig()
  rigs.push(rig)
  return rig
}
let rig: EngineRig
let pc2: SshNode
beforeEach(async () => {
  rig = newRig()
  pc2 = await rig.sshNode()
})
afterEach(async () => {
  for (const one of rigs.toReversed()) await one[Symbol.asyncDispose]()
  rigs = []
})

const soon = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 45_000, interval: 20 })
const online = (app: RigEngine): Promise<void> => soon(() => expect(app.link('pc2')).toBe('online'))
const LONG = 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.05; done'
const fleetOf = (node: SshNode, command = LONG) => ({
  local: false,
  nodes: { pc2: node },
  plans: [{ name: 'count', command }],
})
const count = { plan: PlanName.parse('count') }
const stopOf = (run: Run) => ({ run: run.id, how: 'stop', nodes: null }) as const

/** A Drydock with a home of its own on the node of the first one. */
async function secondDrydock(): Promise<RigEngine> {
  const other = newRig()
  const folder = join(other.home, 'drydock')
  writeFileSync(join(folder, 'known_hosts'), `${pc2.knownHostsLine()}\n`)
  writeFileSync(join(folder, 'fleet.yaml'), fleetYaml(fleetOf(pc2)))
  return await other.open()
}

function localLog({ home }: EngineRig, run: Run): string {
  return readFileSync(join(home, 'drydock', 'logs', run.id, 'bots-1.log'), 'utf8')
}

describe('two Drydocks on one node', () => {
  it('shows the other’s run read-only, takes it over, and the old owner lets go of it', async () => {
    const first = await rig.open(fleetOf(pc2))
    await online(first)
    const run = await first.client.runs.start(count)
    const second = await secondDrydock()
    await soon(() =>
      expect(second.run()).toMatchObject({ id: run.id, origin: 'foreign', state: 'running', plan: 'count' }),
    )
    const { owner } = second.run()!
    expect(owner?.name).toMatch(/^.+@.+$/)
    await soon(() => expect(second.run()?.mode).toBe('SAFE'))
    await soon(() => expect(second.run()?.workers[0]?.logLines ?? 0).toBeGreaterThan(3))
    await expect(second.client.runs.stop(stopOf(run))).rejects.toMatchObject({
      code: 'REFUSED',
      message: `This run belongs to ${owner?.name}. Take it over first.`,
    })
    const survivor = { run: run.id, node: NodeName.parse('pc2'), pid: 1, startTicks: 1 }
    await expect(second.client.runs.killSurvivor(survivor)).rejects.toMatchObject({
      message: expect.stringContaining('Take it over first'),
    })
    expect(first.run()).toMatchObject({ origin: 'started', state: 'running', owner: null })

    expect(await second.client.runs.takeOver({ run: run.id })).toMatchObject({
      origin: 'taken-over',
      owner: null,
    })
    await soon(() => expect(first.run()).toMatchObject({ origin: 'foreign', state: 'running' }))
    expect(first.run()?.owner?.app).not.toBe(owner?.app)
    await expect(first.client.runs.stop(stopOf(run))).rejects.toMatchObject({ code: 'REFUSED' })
    const stopped = await second.client.runs.stop(stopOf(run))
    expect(stopped).toMatchObject({ state: 'stopped', stop: { outcome: 'proved' } })
    expect(markedProcesses(run.id)).toEqual([])
    await soon(() => expect(first.run()?.state).toBe('failed'))
    expect([...first.errors, ...second.errors]).toEqual([])
  })

  it('refuses to take over a run of which a node cannot be reached, and names it', async () => {
    const first = await rig.open(fleetOf(pc2))
    await online(first)
    const run = await first.client.runs.start(count)
    const second = await secondDrydock()
    await soon(() => expect(second.run()).toMatchObject({ origin: 'foreign', state: 'running' }))
    await pc2.kill()
    await soon(() => expect(second.link('pc2')).toBe('unreachable'))
    await expect(second.client.runs.takeOver({ run: run.id })).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('runs on pc2 too, which cannot be reached'),
    })
    await pc2.start()
    await soon(() => expect(first.run()?.state).toBe('running'))
    await first.client.runs.stop(stopOf(run))
  })

  it('shows a run of which the folder names no owner, and its worker without a readable spec', async () => {
    const first = await rig.open(fleetOf(pc2))
    await online(first)
    const run = await first.client.runs.start(count)
    const dir = join(pc2.home, '.drydock', 'runs', run.id)
    rmSync(join(dir, 'owner'))
    writeFileSync(join(dir, 'bots-1', 'spec.json'), '{"version": 1, torn')
    const second = await secondDrydock()
    await soon(() =>
      expect(second.run()).toMatchObject({
        id: run.id,
        plan: 'unknown',
        origin: 'foreign',
        owner: { name: 'unknown', app: '' },
        state: 'running',
      }),
    )
    expect(first.run()?.origin).toBe('started')
    await first.client.runs.stop(stopOf(run))
  })
})

it('finds its own runs again when its database was lost, with their whole logs', async () => {
  const ended = 'for i in 1 2 3; do echo "line $i"; done; exit 3'
  const fleet = fleetOf(pc2)
  const plans = [...fleet.plans, { name: 'short', command: ended }]
  const first = await rig.open({ ...fleet, plans })
  await online(first)
  const long = await first.client.runs.start(count)
  await first.client.runs.start({ plan: PlanName.parse('short') })
  await soon(() => expect(first.run()?.workers[0]?.logLines).toBe(3))
  await first.close()
  const home = join(rig.home, 'drydock')
  for (const name of readdirSync(home)) if (name.startsWith('drydock.db')) rmSync(join(home, name))
  rmSync(join(home, 'logs'), { recursive: true })
  expect(statSync(join(home, 'id')).mode & 0o777).toBe(0o600)

  const second = await rig.open()
  const found = (plan: string): Run | undefined =>
    second.events
      .flatMap(event => (event.type === 'run' && event.run.plan === plan ? [event.run] : []))
      .at(-1)
  await soon(() => expect(found('count')).toMatchObject({ id: long.id, origin: 'started', state: 'running' }))
  await soon(() => expect(found('short')).toMatchObject({ state: 'failed', detail: 'exit 3' }))
  expect(found('short')?.workers[0]?.end).toEqual({ cause: 'exit', exitCode: 3, signal: null })
  expect(localLog(rig, found('short')!)).toBe('line 1\nline 2\nline 3\n')
  await second.client.runs.stop(stopOf(long))
  const onNode = readFileSync(join(pc2.home, '.drydock', 'runs', long.id, 'bots-1', 'out.log'), 'utf8')
  await soon(() => expect(localLog(rig, long)).toBe(onNode))
  expect(onNode.startsWith('line 1\nline 2\n')).toBe(true)
  expect(second.errors).toEqual([])
})

describe('a program that no Drydock started', () => {
  let child: ChildProcess
  let app: RigEngine
  let pidFile: string
  const input = () => ({ node: NodeName.parse('pc2'), pidFile })

  /** As a shell script leaves it behind: a child of nobody, in the group of the script that started it. */
  async function startByHand(command: string, environment: Record<string, string> = {}): Promise<number> {
    pidFile = join(pc2.home, 'track1.pid')
    const script = `nohup sh -c '${command}' > ${pc2.home}/track1.log 2>&1 & echo $! > ${pidFile}; exec sleep 300`
    const env = { PATH: process.env['PATH'], ...environment }
    child = spawn('sh', ['-c', script], { detached: true, stdio: 'ignore', env })
    await soon(() => expect(readFileSync(pidFile, 'utf8')).toMatch(/^\d+\n$/))
    return Number(readFileSync(pidFile, 'utf8'))
  }

  beforeEach(async () => {
    app = await rig.open(fleetOf(pc2))
    await online(app)
  })
  afterEach(() => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
  })

  it('is found by its pid file, adopted, watched, and stopped without its neighbours', async () => {
    const pid = await startByHand('sleep 301 & echo up; while :; do sleep 1; done')
    const finding = await app.client.runs.findPidFile(input())
    expect(finding).toMatchObject({ identity: { pid, startTicks: livingTicks(pid) }, doubt: null })
    expect(finding.command).toContain('sleep 301')
    expect(finding.warning).toMatch(/emptied when the node boots/)
    const logs = [`${pc2.home}/track1.log`]
    const run = await app.client.runs.adoptPidFile({ finding, plan: PlanName.parse('count'), logs })
    expect(run).toMatchObject({ origin: 'pid-file', state: 'running', owner: null })
    // Nothing in its environment says DRY_RUN: that is shown and said, and it is let alone.
    await soon(() => expect(app.run()).toMatchObject({ mode: 'MIXED', state: 'running' }))
    expect(app.alerts()).toContainEqual(expect.objectContaining({ id: `mode ${run.id}`, severity: 'warn' }))
    await expect(app.client.runs.findPidFile(input())).rejects.toMatchObject({
      message: expect.stringContaining('belongs to the run'),
    })
    const stopped = await app.client.runs.stop(stopOf(run))
    expect(stopped).toMatchObject({ state: 'stopped', stop: { outcome: 'proved' } })
    expect(livingTicks(pid)).toBeNull()
    expect(livingTicks(child.pid!)).not.toBeNull()
    expect(app.errors).toEqual([])
  })

  it('is still adopted after a restart, and its end is not called more than what is known', async () => {
    const pid = await startByHand('while :; do sleep 0.1; done', { DRY_RUN: '1', ALLOW_ORDERS: '0' })
    const finding = await app.client.runs.findPidFile(input())
    const run = await app.client.runs.adoptPidFile({ finding, plan: PlanName.parse('count'), logs: [] })
    await soon(() => expect(app.run()?.mode).toBe('SAFE'))
    expect(app.alerts()).toEqual([])
    await app.close()
    app = await rig.open()
    await soon(() => expect(app.run()).toMatchObject({ id: run.id, state: 'running', origin: 'pid-file' }))
    process.kill(pid, 'SIGTERM')
    await soon(() => expect(app.run()?.state).toBe('lost'))
    expect(app.run()).toMatchObject({ detail: 'it has ended; nobody wrote its exit code' })
    expect(app.run()?.workers[0]?.end).toEqual({ cause: 'killed-outside', exitCode: null, signal: null })
  })

  it('is not adopted when its number was used again, or it is another one by now', async () => {
    const pid = await startByHand('while :; do sleep 1; done')
    const finding = await app.client.runs.findPidFile(input())
    const old = Date.now() / 1000 - 3600
    utimesSync(pidFile, old, old)
    const late = await app.client.runs.findPidFile(input())
    expect(late.doubt).toMatch(/started after the pid file was written/)
    const adopt = { plan: PlanName.parse('count'), logs: [] }
    await expect(app.client.runs.adoptPidFile({ ...adopt, finding: late })).rejects.toMatchObject({
      code: 'REFUSED',
    })
    utimesSync(pidFile, Date.now() / 1000, Date.now() / 1000)
    const identity = { ...finding.identity, startTicks: finding.identity.startTicks - 1 }
    await expect(
      app.client.runs.adoptPidFile({ ...adopt, finding: { ...finding, identity } }),
    ).rejects.toMatchObject({ message: `Process ${pid} has ended, or is another one by now.` })
    expect(livingTicks(pid)).not.toBeNull()
    expect(app.run()).toBeUndefined()
  })

  it.each([
    ['', 'is empty'],
    ['two words\n', 'does not hold the number of one process'],
    ['4194303\n', 'does not run on pc2 any more'],
    ['1\n', 'is no program'],
  ])('says what is wrong with a pid file that holds %j', async (text, said) => {
    await startByHand('sleep 300')
    writeFileSync(pidFile, text)
    await expect(app.client.runs.findPidFile(input())).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining(said),
    })
    writeFileSync(pidFile, `pid: ${child.pid}\r\n`)
    expect(await app.client.runs.findPidFile(input())).toMatchObject({ identity: { pid: child.pid } })
  })

  it.skipIf(process.getuid?.() !== 0)('is not adopted out of a container (needs root)', async () => {
    await startByHand('sleep 300')
    const inside = spawn('unshare', ['-p', '--fork', '--kill-child', 'sleep', '300'], { stdio: 'ignore' })
    try {
      const pid = await vi.waitFor(() => {
        const [first] = readFileSync(`/proc/${inside.pid}/task/${inside.pid}/children`, 'utf8').split(' ')
        if (!first || readProcess(Number(first))?.name !== 'sleep') throw new Error('not yet')
        return first
      })
      writeFileSync(pidFile, `${pid}\n`)
      await expect(app.client.runs.findPidFile(input())).rejects.toMatchObject({
        message: expect.stringContaining('runs in a container'),
      })
    } finally {
      inside.kill('SIGKILL')
    }
  })
})

it('finds hundreds of folders in one look, and leaves out what ended long ago', async () => {
  const runs = join(pc2.home, '.drydock', 'runs')
  const old = Math.floor(Date.now() / 1000) - 30 * 24 * 3600
  for (let i = 0; i < 400; i++) {
    const dir = join(runs, `20260101-0000${String(i % 60).padStart(2, '0')}-old${i}`, 'bots-1')
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, 'spec.json'), '{"version":1,"plan":"old"}')
    writeFileSync(join(dir, 'exit'), `0 ${i === 0 ? Math.floor(Date.now() / 1000) : old}\n`)
  }
  const app = await rig.open(fleetOf(pc2))
  await soon(() => expect(app.run()).toMatchObject({ plan: 'old', state: 'succeeded', origin: 'foreign' }))
  const ids = app.events.flatMap(event => (event.type === 'run' ? [event.run.id] : []))
  expect(new Set(ids).size).toBe(1)
  expect(app.errors).toEqual([])
})
