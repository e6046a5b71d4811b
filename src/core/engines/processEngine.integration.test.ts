import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { RunId, WorkerId } from '../../contract/ids'
import type { LocalEngine } from '../../../e2e/rig/localEngine'
import { SAFE_PROCESS, identityOf, openLocalEngine } from '../../../e2e/rig/localEngine'
import { livingTicks } from '../../../e2e/rig/processes'
import type { ProcessIdentity } from '../../contract/runs'
import type { Engine, StopAnswer, WorkerLaunch } from './engine'

const SHELLS: readonly (readonly [name: string, sh: readonly [string, ...string[]]])[] = [
  ['dash', ['dash']],
  ['bash', ['bash']],
  ['BusyBox ash', ['busybox', 'ash']],
]
const WORKER = WorkerId.parse('bots-1')
const soon = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 45_000, interval: 20 })

describe.each(SHELLS)('the process engine in %s', (_name, sh) => {
  let local: LocalEngine
  let engine: Engine
  let home: string
  let count = 0
  beforeAll(async () => {
    local = await openLocalEngine(sh)
    ;({ engine, home } = local)
  })
  afterAll(async () => {
    await local[Symbol.asyncDispose]()
  })

  const newRun = (): RunId => RunId.parse(`20260101-000000-r${(count += 1)}`)
  const dirOf = (run: RunId): string => join(local.stateDir, 'runs', run, WORKER)

  function launch(run: RunId, command: string, patch: Partial<WorkerLaunch> = {}): WorkerLaunch {
    const environment = [
      ['PATH', process.env['PATH'] ?? ''],
      ['DRYDOCK_RUN', run],
      ['DRYDOCK_WORKER', WORKER],
      ['DRY_RUN', '1'],
      ['ALLOW_ORDERS', '0'],
    ] as const
    return { run, worker: WORKER, command, workdir: home, environment, ...SAFE_PROCESS, ...patch }
  }

  async function start(
    command: string,
    patch: Partial<WorkerLaunch> = {},
  ): Promise<{ run: RunId; identity: ProcessIdentity }> {
    const run = newRun()
    return { run, identity: identityOf(await engine.start(launch(run, command, patch))) }
  }

  async function ended(run: RunId): Promise<number> {
    return await soon(async () => {
      const [row] = await engine.watch(run, [{ worker: WORKER, identity: null }])
      if (row?.state !== 'ended') throw new Error(`still ${row?.state}`)
      return row.exitCode
    })
  }

  const written = (file: string): Promise<string> =>
    soon(() => {
      const text = readFileSync(file, 'utf8')
      if (!text.endsWith('\n')) throw new Error('not yet')
      return text.trim()
    })

  const ask = (run: RunId, identity: ProcessIdentity | null, graceSeconds = 5): Promise<StopAnswer> =>
    engine.stop(run, { stopId: 's1', signal: 'TERM', graceSeconds, drain: null }, [
      { worker: WORKER, identity },
    ])
  const stop = async (...asked: Parameters<typeof ask>): Promise<StopAnswer> => {
    const answer = await ask(...asked)
    return answer.phase === 'under-way' ? finished(asked[0], asked[1]) : answer
  }

  async function finished(run: RunId, identity: ProcessIdentity | null = null): Promise<StopAnswer> {
    return await soon(async () => {
      const report = await engine.stopReport(run, 's1', [{ worker: WORKER, identity }])
      if (report === null || report.phase === 'under-way') throw new Error('still under way')
      return report
    })
  }

  it('starts a worker once, however many ask for it, and tells all of them who it is', async () => {
    const run = newRun()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => engine.start(launch(run, 'exec sleep 300'))),
    )
    expect(answers.filter(answer => answer.outcome === 'started')).toHaveLength(1)
    expect(new Set(answers.map(answer => JSON.stringify(identityOf(answer)))).size).toBe(1)
    const identity = identityOf(answers[0]!)
    expect(livingTicks(identity.pid)).toBe(identity.startTicks)
    expect(identity.processGroup).toBe(identity.pid)
    expect(await engine.watch(run, [{ worker: WORKER, identity: null }])).toEqual([
      { worker: WORKER, state: 'running', identity, container: null },
    ])
    expect((await stop(run, identity)).phase).toBe('proved')
  })

  it('gives the program its own environment and nothing else', async () => {
    const file = join(home, 'env.txt')
    const { run } = await start(`env | sort > ${file}.part; echo >> ${file}.part; mv ${file}.part ${file}`)
    const names = (await written(file)).split('\n').map(line => line.split('=')[0])
    const ofShells = ['PWD', 'OLDPWD', 'SHLVL', '_'] // what a shell sets by itself
    expect(names.filter(name => !ofShells.includes(name ?? ''))).toEqual([
      'ALLOW_ORDERS',
      'DRYDOCK_RUN',
      'DRYDOCK_WORKER',
      'DRY_RUN',
      'PATH',
    ])
    expect(await ended(run)).toBe(0)
    expect(existsSync(join(dirOf(run), 'environment'))).toBe(false)
  })

  it('does not start a program whose mode is not exactly the one that was asked for', async () => {
    const wrong = launch(newRun(), 'true').environment.map(
      ([name, value]) => [name, name === 'DRY_RUN' ? '0' : value] as const,
    )
    const { run } = await start(`touch ${home}/must-not-exist`, { environment: wrong })
    expect(await ended(run)).toBe(78)
    expect(() => readFileSync(join(home, 'must-not-exist'))).toThrow('ENOENT')
  })

  it.each([
    ['exit 3', 3],
    ['kill -KILL $$', 137],
    ['cd /nonexistent-folder || exit 2', 2],
  ])('keeps the end of `%s` as the wrapper saw it', async (command, code) => {
    const { run } = await start(command)
    expect(await ended(run)).toBe(code)
  })

  it('says a killed wrapper has vanished, and that an unknown worker is absent', async () => {
    const { run, identity } = await start('exec sleep 300')
    process.kill(-identity.processGroup, 'SIGKILL')
    await soon(async () => {
      expect(
        await engine.watch(
          run,
          [WORKER, WorkerId.parse('bots-9')].map(worker => ({ worker, identity: null })),
        ),
      ).toEqual([
        { worker: WORKER, state: 'vanished', identity, container: null },
        { worker: 'bots-9', state: 'absent' },
      ])
    })
  })

  it('proves a willing process gone, its children with it', async () => {
    const ready = join(home, 'willing')
    const { run, identity } = await start(`sleep 300 & echo up > ${ready}; sleep 301; true`)
    await written(ready)
    const answer = await stop(run, identity)
    expect(answer).toMatchObject({
      phase: 'proved',
      workers: [{ worker: WORKER, leader: 'live' }],
      groups: 1,
      signal: 'TERM',
      killedAfterS: null,
      survivors: [],
    })
    expect(answer.processesGone).toBeGreaterThanOrEqual(3)
    expect(await ended(run)).toBe(143)
  })

  it('names a process that ignores the signal, and kills it at the end of the grace', async () => {
    const ready = join(home, 'stubborn')
    const { run, identity } = await start(`trap '' TERM; echo up > ${ready}; while :; do sleep 1; done`)
    await written(ready)
    const answer = await ask(run, identity, 0.6)
    expect(answer.phase).toBe('under-way')
    expect(answer.survivors.map(one => one.pid)).toContain(identity.pid)
    const report = await finished(run)
    expect(report).toMatchObject({ phase: 'proved', signal: 'KILL', killedAfterS: 0.6, survivors: [] })
    expect(report.tookMs).toBeGreaterThanOrEqual(600)
  })

  const escapes: readonly (readonly [string, (pidFile: string) => string])[] = [
    ['called setsid twice', file => `setsid setsid sh -c 'echo $$ > ${file}; exec sleep 300'`],
    ['cleared its environment', file => `env -i sh -c 'echo $$ > ${file}; exec sleep 300'`],
    [
      'became a daemon without environment, session or parents',
      file => `(setsid sh -c 'env -i /bin/sh -c "echo \\$\\$ > ${file}; exec sleep 300" &' &)`,
    ],
  ]
  it.each(escapes)('finds a child that %s', async (name, escape) => {
    const file = join(home, `${name.replaceAll(' ', '-')}.pid`)
    const { run, identity } = await start(`${escape(file)} & exec sleep 301`)
    const pid = Number(await written(file))
    const ticks = livingTicks(pid)
    expect(ticks).not.toBeNull()
    expect((await stop(run, identity)).phase).toBe('proved')
    expect(livingTicks(pid)).not.toBe(ticks)
  })

  it('finds what a worker left behind after it had ended by itself', async () => {
    const file = join(home, 'left.pid')
    const { run, identity } = await start(
      `(setsid env -i sh -c 'echo $$ > ${file}; exec sleep 300' &); while ! [ -s ${file} ]; do sleep 0.01; done`,
    )
    expect(await ended(run)).toBe(0)
    const pid = Number(await written(file))
    expect((await engine.family(run, [{ worker: WORKER, identity }])).map(member => member.pid)).toEqual([
      pid,
    ])
    const answer = await stop(run, identity)
    expect(answer).toMatchObject({ phase: 'proved', workers: [{ leader: 'gone' }], processesGone: 1 })
    expect(livingTicks(pid)).toBeNull()
  })

  it('sends no signal when the recorded start time is not that of the process, and names what is alive', async () => {
    const { run, identity } = await start('exec sleep 300')
    const wrong = { ...identity, startTicks: identity.startTicks + 1 }
    const answer = await stop(run, wrong)
    expect(answer.phase).toBe('still-running')
    expect(answer.workers).toEqual([{ worker: WORKER, leader: 'refused' }])
    expect(answer.survivors.map(one => one.pid)).toContain(identity.pid)
    expect(livingTicks(identity.pid)).toBe(identity.startTicks)
    expect((await stop(run, wrong, 0)).phase).toBe('proved')
    expect(livingTicks(identity.pid)).not.toBe(identity.startTicks)
  })

  it('leaves an innocent process alone that has the pid of a worker', async () => {
    const { run, identity } = await start('exec sleep 300')
    process.kill(-identity.processGroup, 'SIGKILL')
    const innocent = spawn('sleep', ['300'], { detached: true })
    try {
      // Not the worker's own start: both may have begun in the same hundredth of a second.
      const ticks = Number(livingTicks(innocent.pid!)) - 1
      const forged = { ...identity, pid: innocent.pid!, processGroup: innocent.pid!, startTicks: ticks }
      writeFileSync(join(dirOf(run), 'pid'), `${innocent.pid} ${innocent.pid} ${ticks} ${identity.bootId}\n`)
      expect(await stop(run, forged)).toMatchObject({ workers: [{ leader: 'refused' }], processesGone: 0 })
      expect(await stop(run, forged, 0)).toMatchObject({ phase: 'proved', processesGone: 0 })
      expect(innocent.exitCode ?? innocent.signalCode).toBeNull()
      expect(livingTicks(innocent.pid!)).not.toBeNull()
    } finally {
      innocent.kill('SIGKILL')
    }
  })

  it('takes a worker of an earlier boot for rebooted, and signals nothing', async () => {
    const { run, identity } = await start('exec sleep 300')
    const bootId = '00000000-0000-0000-0000-000000000000'
    writeFileSync(
      join(dirOf(run), 'pid'),
      `${identity.pid} ${identity.pid} ${identity.startTicks} ${bootId}\n`,
    )
    const [row] = await engine.watch(run, [{ worker: WORKER, identity: null }])
    expect(row).toMatchObject({ state: 'rebooted' })
    process.kill(-identity.processGroup, 'SIGKILL')
  })

  it('reads the mode back from every process, a child that changed it included', async () => {
    const file = join(home, 'flipped.pid')
    const { run, identity } = await start(`DRY_RUN=0 sh -c 'echo $$ > ${file}; exec sleep 300' & wait`)
    const pid = Number(await written(file))
    const members = await engine.family(run, [{ worker: WORKER, identity }])
    const flagsOf = (wanted: number) => members.find(member => member.pid === wanted)?.flags
    expect(flagsOf(pid)).toEqual({ dryRun: '0', allowOrders: '0' })
    expect(flagsOf(identity.pid)).toEqual({ dryRun: '1', allowOrders: '0' })
    await stop(run, identity, 0)
  })

  it('refuses a folder that does not exist, before anything is made', async () => {
    const run = newRun()
    await expect(engine.start(launch(run, 'true', { workdir: '/no/such/folder' }))).rejects.toMatchObject({
      code: 'launch-failed',
      message: expect.stringContaining('The folder /no/such/folder does not exist on this node.'),
    })
    expect(() => readFileSync(join(local.stateDir, 'runs', run))).toThrow('ENOENT')
  })

  it('carries any text into the program byte for byte, and runs none of it', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).filter(value => !value.includes('\0'))
    const values = fc.sample(
      fc.oneof(
        text,
        fc.constantFrom(`'; touch ${home}/canary; '`, '$(touch canary)', '`id`', '-n', '\n', '\\'),
      ),
      12,
    )
    for (const value of values) {
      const run = newRun()
      const environment = [['HOSTILE', value] as const, ...launch(run, '').environment]
      await engine.start(launch(run, `printf %s "$HOSTILE"`, { environment }))
      expect(await ended(run)).toBe(0)
      expect(readFileSync(join(dirOf(run), 'out.log')).equals(Buffer.from(value))).toBe(true)
    }
    expect(execFileSync('find', [home, '-name', 'canary']).toString()).toBe('')
  })
})
