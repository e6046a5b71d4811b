import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { markedProcesses } from '../../e2e/rig/marked'
import type { RunId } from '../contract/ids'
import { PlanName, TrackName } from '../contract/ids'
import type { Run } from '../contract/runs'
import { createMemorySecrets } from './kernel/secretStore'

/** Plans of several tracks against real SSH nodes: order, policies, secrets, and what a restart does to all of it. */

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

type Choice = readonly [track: string, workers: number | null]
const start = (app: RigEngine, plan: string, ...choices: Choice[]): Promise<Run> =>
  app.client.runs.start({
    plan: PlanName.parse(plan),
    tracks:
      choices.length === 0
        ? null
        : choices.map(([track, workers]) => ({ track: TrackName.parse(track), workers })),
  })
const stop = (app: RigEngine, run: RunId): Promise<Run> =>
  app.client.runs.stop({ run, how: 'stop', nodes: null })
const runOf = (app: RigEngine, id: RunId): Run | undefined =>
  app.events.flatMap(event => (event.type === 'run' && event.run.id === id ? [event.run] : [])).at(-1) ??
  app.run()
const states = (run: Run | undefined) => run?.workers.map(({ id, state }) => `${id} ${state}`)
const logOf = (run: Run, worker: string): string =>
  readFileSync(join(rig.home, 'drydock', 'logs', run.id, `${worker}.log`), 'utf8')
const timesOf = (run: Run, worker: string): number[] =>
  [...logOf(run, worker).matchAll(/\d{16,}/g)].map(([ns]) => Number(ns) / 1e6)

const WORK = 'date +%s%N; sleep 0.3; date +%s%N'
/** The three tracks of a feature pipeline: tables first, then two at once, then one that needs them both. */
const PIPELINE = {
  prerequisite: { command: `echo "create tables as {{run}}"; ${WORK}`, on: 'pc2' },
  tracks: [
    { name: 'bollinger', on: 'all', workers: 1, command: WORK },
    { name: 'regression', on: ['pc2'], workers: 2, command: WORK },
    { name: 'features', on: ['pc3'], after: ['bollinger', 'regression'], onFailure: 'abort', command: WORK },
  ],
}
const plan = (name: string, whole: Readonly<Record<string, unknown>>) => ({ name, command: '', whole })

describe('a plan of three tracks and a prerequisite', () => {
  it('starts each track when all that it waits for has succeeded, and not before', async () => {
    const [pc2, pc3] = [await rig.sshNode(), await rig.sshNode()]
    const app = await rig.open({ local: false, nodes: { pc2, pc3 }, plans: [plan('bqx', PIPELINE)] })
    await online(app, 'pc2', 'pc3')
    const run = await start(app, 'bqx')
    expect(run.workers.map(({ id, node, state, waitsFor }) => [id, node, state, waitsFor])).toEqual([
      ['prerequisite-1', 'pc2', 'running', []],
      ['bollinger-1', 'pc2', 'starting', ['prerequisite']],
      ['bollinger-2', 'pc3', 'starting', ['prerequisite']],
      ['regression-1', 'pc2', 'starting', ['prerequisite']],
      ['regression-2', 'pc2', 'starting', ['prerequisite']],
      ['features-1', 'pc3', 'starting', ['bollinger', 'regression']],
    ])
    expect(run.workers[5]?.detail).toBe('waits for bollinger, regression')
    await soon(() => expect(app.run()?.state).toBe('succeeded'))
    const end = app.run()!
    const [prerequisiteEnd = NaN] = timesOf(end, 'prerequisite-1').slice(-1)
    const middle = ['bollinger-1', 'bollinger-2', 'regression-1', 'regression-2'].map(one =>
      timesOf(end, one),
    )
    for (const [begin = NaN] of middle) expect(begin).toBeGreaterThan(prerequisiteEnd)
    const [featuresBegin = NaN] = timesOf(end, 'features-1')
    for (const times of middle) expect(featuresBegin).toBeGreaterThan(times.at(-1) ?? NaN)
    expect(app.errors).toEqual([])
    const journal = readFileSync(join(rig.home, 'drydock', 'journal', 'journal.jsonl'), 'utf8')
    const entries = journal.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line)]))
    const opened = entries.flatMap(entry => entry.open ?? [])
    expect(opened).toEqual(
      ['', ' bollinger', ' regression', ' features'].map(track => `start ${run.id}${track}`),
    )
    const settled = entries.flatMap(entry => entry.settled ?? [])
    expect([settled.length, new Set(settled)]).toEqual([opened.length, new Set(opened)])
  })

  it('starts nothing after a prerequisite that failed, and says why', async () => {
    const whole = { ...PIPELINE, prerequisite: { command: 'echo no database; exit 3', on: 'pc2' } }
    const [pc2, pc3] = [await rig.sshNode(), await rig.sshNode()]
    const app = await rig.open({ local: false, nodes: { pc2, pc3 }, plans: [plan('bqx', whole)] })
    await online(app, 'pc2', 'pc3')
    const run = await start(app, 'bqx')
    await soon(() => expect(app.run()?.state).toBe('failed'))
    await soon(() =>
      expect(app.run()?.workers.map(({ detail }) => detail)).toEqual([
        expect.stringContaining('exit 3'),
        ...Array.from({ length: 4 }, () => 'not started: prerequisite failed'),
        expect.stringMatching(/^not started: (bollinger|regression) failed$/),
      ]),
    )
    expect(app.run()?.workers[1]?.end).toEqual({ cause: 'never-started', exitCode: null, signal: null })
    expect(existsSync(join(pc3.home, '.drydock', 'runs'))).toBe(false)
    expect(app.alerts().map(({ what }) => what)).toEqual([`prerequisite-1 of bqx failed on pc2`])
    expect(readdirSync(join(pc2.home, '.drydock', 'runs', run.id))).toEqual(['owner', 'prerequisite-1'])
  })

  it('starts single tracks, with as many workers as are asked for, side by side with others of the plan', async () => {
    const tracks = [
      { name: 'one', on: ['pc2'], command: 'exec sleep 300' },
      { name: 'two', on: ['pc2'], workers: 4, after: ['one'], command: 'exec sleep 300' },
    ]
    const pc2 = await rig.sshNode()
    const app = await rig.open({ local: false, nodes: { pc2 }, plans: [plan('bqx', { tracks })] })
    await online(app, 'pc2')
    const two = await start(app, 'bqx', ['two', 3])
    expect(states(two)).toEqual(['two-1 running', 'two-2 running', 'two-3 running'])
    const one = await start(app, 'bqx', ['one', null])
    expect([one.id === two.id, states(one)]).toEqual([false, ['one-1 running']])
    await expect(start(app, 'bqx', ['one', null], ['two', 1])).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('already running'),
    })
    await stop(app, one.id)
    await expect(start(app, 'bqx')).rejects.toMatchObject({
      message: `two of bqx is already running (run ${two.id}).`,
    })
    await expect(start(app, 'bqx', ['three', null])).rejects.toMatchObject({
      message: 'bqx has no track three.',
    })
    await expect(start(app, 'bqx', ['one', 1], ['one', 2])).rejects.toMatchObject({
      message: 'The track one was chosen twice.',
    })
    await stop(app, two.id)
    expect(markedProcesses(two.id)).toEqual([])
  })
})

describe('a track that fails', () => {
  const tracks = (onFailure: string, aliveSeconds: number) => [
    { name: 'long', on: ['pc2'], command: 'exec sleep 300' },
    { name: 'short', on: ['pc2'], onFailure, aliveSeconds, command: 'echo cannot open the socket; exit 1' },
    { name: 'last', on: ['pc2'], after: ['long'], command: 'true' },
  ]

  it('only warns, and the run goes on', async () => {
    const pc2 = await rig.sshNode()
    const plans = [plan('bqx', { tracks: tracks('warn', 60) })]
    const app = await rig.open({ local: false, nodes: { pc2 }, plans })
    await online(app, 'pc2')
    const run = await start(app, 'bqx')
    const detail = 'did not stay alive for 60 s: exit 1 · cannot open the socket'
    await soon(() =>
      expect(app.alerts()).toMatchObject([
        {
          severity: 'warn',
          run: run.id,
          what: 'short-1 of bqx failed on pc2',
          cause: `${detail}.`,
        },
      ]),
    )
    expect(app.run()?.workers[1]).toMatchObject({ state: 'failed', detail })
    expect(states(app.run())).toEqual(['long-1 running', 'short-1 failed', 'last-1 starting'])
    const stopped = await stop(app, run.id)
    expect(states(stopped)).toEqual(['long-1 stopped', 'short-1 failed', 'last-1 stopped'])
    expect(stopped.stop).toMatchObject({ outcome: 'proved', nodes: [{ node: 'pc2' }] })
    expect(stopped.workers[2]?.detail).toBe('proved · it was not started')
  })

  it('aborts the whole run, those that wait included', async () => {
    const pc2 = await rig.sshNode()
    const plans = [plan('bqx', { tracks: tracks('abort', 0) })]
    const app = await rig.open({ local: false, nodes: { pc2 }, plans })
    await online(app, 'pc2')
    const run = await start(app, 'bqx')
    await soon(() =>
      expect(states(app.run())).toEqual(['long-1 stopped', 'short-1 failed', 'last-1 stopped']),
    )
    await soon(() => expect(app.run()?.stop?.outcome).toBe('proved'))
    expect(app.run()?.workers[1]?.detail).toBe('exit 1')
    expect(app.alerts()).toMatchObject([{ severity: 'error', what: 'short-1 of bqx failed on pc2' }])
    expect(markedProcesses(run.id)).toEqual([])
  })
})

it('goes on with waiting tracks after a restart', async () => {
  const pc2 = await rig.sshNode()
  const gate = join(pc2.home, 'gate')
  const tracks = [
    { name: 'first', on: ['pc2'], command: `until [ -e ${gate} ]; do sleep 0.05; done` },
    { name: 'second', on: ['pc2'], after: ['first'], command: 'echo here; exec sleep 300' },
  ]
  const first = await rig.open({ local: false, nodes: { pc2 }, plans: [plan('bqx', { tracks })] })
  await online(first, 'pc2')
  const run = await start(first, 'bqx')
  expect(states(run)).toEqual(['first-1 running', 'second-1 starting'])
  await first.close()
  writeFileSync(gate, '')
  const second = await rig.open()
  await soon(() => expect(states(second.run())).toEqual(['first-1 succeeded', 'second-1 running']))
  await soon(() => expect(logOf(run, 'second-1')).toBe('here\n'))
  expect(second.run()?.workers[1]).toMatchObject({ waitsFor: [], detail: null })
  await stop(second, run.id)
  expect([...first.errors, ...second.errors]).toEqual([])
})

it('never starts a waiting track in another mode than its run was started with', async () => {
  const pc2 = await rig.sshNode()
  const gate = join(pc2.home, 'gate')
  const tracks = [
    { name: 'first', on: ['pc2'], command: `until [ -e ${gate} ]; do sleep 0.05; done` },
    { name: 'second', on: ['pc2'], after: ['first'], command: 'exec sleep 300' },
  ]
  const app = await rig.open({ local: false, nodes: { pc2 }, plans: [plan('bqx', { tracks })] })
  await online(app, 'pc2')
  await app.client.mode.set({ dryRun: false, allowOrders: false, typed: 'NO ORDERS' })
  const run = await start(app, 'bqx')
  await app.client.mode.set({ dryRun: true, allowOrders: false, typed: null })
  writeFileSync(gate, '')
  await soon(() =>
    expect(app.run()?.workers[1]).toMatchObject({
      state: 'failed',
      detail: 'not started: the run mode was changed',
    }),
  )
  expect(markedProcesses(run.id)).toEqual([])
})

it('waits for a node that is away when its turn comes', async () => {
  const [pc2, pc3] = [await rig.sshNode(), await rig.sshNode()]
  const gate = join(pc2.home, 'gate')
  const tracks = [
    { name: 'first', on: ['pc2'], command: `until [ -e ${gate} ]; do sleep 0.05; done` },
    { name: 'second', on: ['pc3'], after: ['first'], command: 'exec sleep 300' },
  ]
  const app = await rig.open({ local: false, nodes: { pc2, pc3 }, plans: [plan('bqx', { tracks })] })
  await online(app, 'pc2', 'pc3')
  const run = await start(app, 'bqx')
  await pc3.kill()
  await soon(() => expect(app.link('pc3')).toBe('unreachable'))
  expect(states(runOf(app, run.id))).toEqual(['first-1 running', 'second-1 starting'])
  writeFileSync(gate, '')
  await soon(() => expect(app.run()?.workers[1]?.detail).toBe('waits for pc3 to be online'))
  await pc3.start()
  await soon(() => expect(states(app.run())).toEqual(['first-1 succeeded', 'second-1 running']))
  await stop(app, run.id)
})

/** Every file below a folder that holds the text. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(path => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)
    .filter(path => readFileSync(path).includes(text))
}

it('gives a secret to the process and to no file, and refuses a start without its value', async () => {
  const pc2 = await rig.sshNode()
  const secret = `s3cret'"$(id)\\ ${Math.random().toString(36).slice(2)}`
  const command = `printf %s "$PGPASSWORD" | sha256sum; exec sleep 300`
  const tracks = [
    { name: 'now', on: ['pc2'], secrets: ['PGPASSWORD'], command },
    { name: 'later', on: ['pc2'], secrets: ['PGPASSWORD'], after: ['quick'], command },
    { name: 'quick', on: ['pc2'], command: '[ -z "${PGPASSWORD-}" ]' },
  ]
  const secrets = createMemorySecrets('')
  const app = await rig.open({ local: false, nodes: { pc2 }, plans: [plan('bqx', { tracks })] }, { secrets })
  await online(app, 'pc2')
  await expect(start(app, 'bqx')).rejects.toMatchObject({
    code: 'REFUSED',
    message: 'The secret PGPASSWORD has no value.',
  })
  expect(app.run()).toBeUndefined()
  await app.client.secrets.set({ name: 'PGPASSWORD', value: secret })
  const run = await start(app, 'bqx')
  const { createHash } = await import('node:crypto')
  const digest = createHash('sha256').update(secret).digest('hex')
  await soon(() => expect(logOf(run, 'now-1')).toContain(digest))
  await soon(() => expect(logOf(run, 'later-1')).toContain(digest))
  await soon(() => expect(app.run()?.workers[2]?.state).toBe('succeeded'))
  const marked = markedProcesses(run.id).filter(pid =>
    readFileSync(`/proc/${pid}/environ`).includes(`PGPASSWORD=${secret}\0`),
  )
  expect(marked.length).toBeGreaterThan(0)
  expect([...filesWith(join(rig.home, 'drydock'), secret), ...filesWith(pc2.home, secret)]).toEqual([])
  expect(filesWith(pc2.home, 'PGPASSWORD').map(path => path.slice(-9))).toContain('spec.json')
  expect(JSON.stringify(app.events)).not.toContain(secret)
  await stop(app, run.id)
})
