import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { LocalEngine } from '../../../e2e/rig/localEngine'
import { SAFE_PROCESS, identityOf, openLocalEngine } from '../../../e2e/rig/localEngine'
import { livingTicks, readProcess, signalProcess } from '../../../e2e/rig/processes'
import { RunId, WorkerId } from '../../contract/ids'
import type { Engine, KnownWorker, StopAnswer, StopLadder, WorkerLadder } from './engine'
import { parseKilled } from './processAnswers'

/** STOP of some workers of a run, each by its own ladder, with real processes in the shells that nodes have. */

const SHELLS: readonly (readonly [name: string, sh: readonly [string, ...string[]]])[] = [
  ['dash', ['dash']],
  ['bash', ['bash']],
  ['BusyBox ash', ['busybox', 'ash']],
]
const soon = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 45_000, interval: 20 })
const TERM: WorkerLadder = { signal: 'TERM', graceSeconds: 20, drain: null }

describe.each(SHELLS)('STOP of some workers in %s', (_name, sh) => {
  let local: LocalEngine
  let engine: Engine
  let runs = 0
  beforeAll(async () => {
    local = await openLocalEngine(sh)
    ;({ engine } = local)
  })
  afterAll(async () => {
    await local[Symbol.asyncDispose]()
  })

  const file = (name: string): string => join(local.home, `${runs}-${name}`)
  const newRun = (): RunId => RunId.parse(`20260101-000000-w${(runs += 1)}`)

  /** Starts a worker with the marks that Drydock gives it. */
  async function start(
    run: RunId,
    name: string,
    command: string,
    ladder: WorkerLadder = TERM,
  ): Promise<KnownWorker> {
    const worker = WorkerId.parse(name)
    const environment = [
      ['PATH', process.env['PATH'] ?? ''],
      ['DRYDOCK_RUN', run],
      ['DRYDOCK_WORKER', worker],
      ['DRY_RUN', '1'],
      ['ALLOW_ORDERS', '0'],
    ] as const
    const launch = { run, worker, command, workdir: local.home, environment, ...SAFE_PROCESS }
    return { worker, identity: identityOf(await engine.start(launch)), ladder }
  }

  const pidIn = (name: string): Promise<number> =>
    soon(() => {
      const text = readFileSync(file(name), 'utf8')
      if (!text.endsWith('\n')) throw new Error('not yet')
      return Number(text)
    })

  const orderOf = (stopId: string, isPartial: boolean): StopLadder => ({ ...TERM, stopId, isPartial })

  async function finished(run: RunId, stopId: string, workers: readonly KnownWorker[]): Promise<StopAnswer> {
    return await soon(async () => {
      const report = await engine.stopReport(run, stopId, workers)
      if (report === null || report.phase === 'under-way') throw new Error('still under way')
      return report
    })
  }

  async function stop(
    run: RunId,
    workers: readonly KnownWorker[],
    { stopId = 's1', isPartial = false } = {},
  ): Promise<StopAnswer> {
    const answer = await engine.stop(run, orderOf(stopId, isPartial), workers)
    return answer.phase === 'under-way' ? await finished(run, stopId, workers) : answer
  }

  /** A daemon that left session, parents and group, with its worker's mark or with nothing at all. */
  const daemon = (name: string, clear = ''): string =>
    `(setsid sh -c '${clear} sh -c "echo \\$\\$ >${file(name)}; exec sleep 300" &' &)`
  const family = (name: string): string =>
    `${daemon(`${name}-marked`)}; ${daemon(`${name}-bare`, 'env -i')}; sleep 301 & echo $$ >${file(`${name}-main`)}; wait`
  const pidsOf = (name: string): Promise<number[]> =>
    Promise.all(['marked', 'bare', 'main'].map(part => pidIn(`${name}-${part}`)))

  it('stops one worker with its daemons, and no process of its sibling', async () => {
    const run = newRun()
    const one = await start(run, 'bots-1', family('one'))
    const two = await start(run, 'bots-2', family('two'))
    const [mine, theirs] = [await pidsOf('one'), await pidsOf('two')]
    const before = theirs.map(livingTicks)
    expect(before).not.toContain(null)
    // What was seen of both is remembered in one place: it must not make them one.
    const members = await engine.family(run, [one, two])
    expect(members.map(({ pid }) => pid)).toEqual(expect.arrayContaining([...mine, ...theirs]))

    expect(await stop(run, [one], { isPartial: true })).toMatchObject({
      phase: 'proved',
      groups: 1,
      workers: [{ worker: 'bots-1', leader: 'live', how: { signal: 'TERM', killedAfterS: null } }],
      survivors: [],
    })
    expect(mine.map(livingTicks)).toEqual(mine.map(() => null))
    expect(theirs.map(livingTicks)).toEqual(before)
    expect(await engine.watch(run, [two])).toMatchObject([{ state: 'running' }])

    expect(await stop(run, [two], { stopId: 's2' })).toMatchObject({ phase: 'proved', survivors: [] })
    expect(theirs.map(livingTicks)).toEqual(theirs.map(() => null))
  })

  it('leaves what no worker can be named for to the STOP of all', async () => {
    const run = newRun()
    const one = await start(run, 'bots-1', 'exec sleep 300')
    const two = await start(run, 'bots-2', 'exec sleep 300')
    // Nobody's child, with the mark of the run alone.
    const stray = spawn('setsid', ['sleep', '300'], { env: { DRYDOCK_RUN: run, PATH: process.env['PATH'] } })
    const chance = spawn('sleep', ['300'], { env: { PATH: process.env['PATH'], NOTE: `DRYDOCK_RUN=${run}` } })
    try {
      await soon(() => expect(livingTicks(stray.pid!)).not.toBeNull())
      expect(await stop(run, [one], { isPartial: true })).toMatchObject({ phase: 'proved' })
      expect(stray.exitCode ?? stray.signalCode).toBeNull()
      expect(await stop(run, [one, two], { stopId: 's2' })).toMatchObject({ phase: 'proved' })
      await soon(() => expect(stray.signalCode).toBe('SIGTERM'))
      expect(chance.exitCode ?? chance.signalCode).toBeNull()
    } finally {
      stray.kill('SIGKILL')
      chance.kill('SIGKILL')
    }
  })

  it('gives each worker its own signal and grace, in one call and one report', async () => {
    const run = newRun()
    const stubborn = (name: string, signal: string): string =>
      `trap 'echo ${signal} >${file(`${name}-got`)}' ${signal}; echo $$ >${file(name)}; while :; do sleep 0.1; done`
    const quick = await start(run, 'quick-1', stubborn('quick', 'INT'), {
      signal: 'INT',
      graceSeconds: 0.5,
      drain: null,
    })
    const slow = await start(run, 'slow-1', stubborn('slow', 'TERM'), {
      signal: 'TERM',
      graceSeconds: 3,
      drain: null,
    })
    const [quickPid, slowPid] = [await pidIn('quick'), await pidIn('slow')]
    const first = await engine.stop(run, orderOf('s1', false), [quick, slow])
    expect(first.phase).toBe('under-way')
    await soon(() => expect(livingTicks(quickPid)).toBeNull())
    // The other one's grace is longer, and holds.
    expect(livingTicks(slowPid)).not.toBeNull()
    const report = await finished(run, 's1', [quick, slow])
    expect(report).toMatchObject({
      phase: 'proved',
      workers: [
        { worker: 'quick-1', how: { signal: 'KILL', killedAfterS: 0.5 } },
        { worker: 'slow-1', how: { signal: 'KILL', killedAfterS: 3 } },
      ],
    })
    expect(report.tookMs).toBeGreaterThanOrEqual(3000)
    expect(['quick', 'slow'].map(name => readFileSync(file(`${name}-got`), 'utf8'))).toEqual([
      'INT\n',
      'TERM\n',
    ])
  })

  const drains = (seconds: number): WorkerLadder => ({
    signal: 'TERM',
    graceSeconds: 0.5,
    drain: { signal: 'USR1', seconds },
  })
  // A shell takes a signal when its child has ended, so the work comes in small pieces.
  const worker = (onSignal: string): string =>
    `exec sh -c 'trap "${onSignal}" USR1; (exec sleep 302) & echo $$ >${file('up')}; while :; do sleep 0.05; done'`

  it('drains a worker that finishes early, and ends what it leaves behind at once', async () => {
    const run = newRun()
    const known = await start(run, 'bots-1', worker(`echo done >${file('done')}; exit 0`), drains(600))
    await pidIn('up')
    const answer = await stop(run, [known])
    expect(answer).toMatchObject({
      phase: 'proved',
      workers: [{ how: { signal: 'TERM', killedAfterS: null } }],
    })
    expect(readFileSync(file('done'), 'utf8')).toBe('done\n')
  })

  it('says until when it drains, and stops a worker that runs into the limit', async () => {
    const run = newRun()
    const known = await start(run, 'bots-1', worker(':'), drains(1.5))
    const up = await pidIn('up')
    const first = await engine.stop(run, orderOf('s1', false), [known])
    expect(first.phase).toBe('under-way')
    const report = await soon(async () => {
      const found = await engine.stopReport(run, 's1', [known])
      if (found === null) throw new Error('not written yet')
      return found
    })
    expect(report.drainsForMs).toBeGreaterThan(0)
    expect(report.drainsForMs).toBeLessThanOrEqual(1500)
    expect(report.killInMs).toBe((report.drainsForMs ?? 0) + 500)
    expect(livingTicks(up)).not.toBeNull()
    const end = await finished(run, 's1', [known])
    expect(end).toMatchObject({ phase: 'proved', workers: [{ how: { signal: 'TERM', killedAfterS: null } }] })
    expect(end.tookMs).toBeGreaterThanOrEqual(1500)
  })

  it('does not send the drain signal to a program that it would kill, and begins the ladder at once', async () => {
    const run = newRun()
    const known = await start(run, 'bots-1', `echo $$ >${file('up')}; exec sleep 300`, drains(600))
    await pidIn('up')
    expect(await stop(run, [known])).toMatchObject({
      phase: 'proved',
      workers: [{ how: { signal: 'TERM' } }],
    })
  })

  it('a later STOP takes a draining worker over, and the first ladder ends', async () => {
    const run = newRun()
    const known = await start(run, 'bots-1', worker(':'), drains(600))
    await pidIn('up')
    expect((await engine.stop(run, orderOf('s1', false), [known])).phase).toBe('under-way')
    expect(await stop(run, [{ ...known, ladder: TERM }], { stopId: 's2' })).toMatchObject({ phase: 'proved' })
    await soon(async () => expect((await engine.stopReport(run, 's1', [known]))?.phase).not.toBe('under-way'))
  })

  it('says what a process in uninterruptible sleep hangs in', async () => {
    const run = newRun()
    const pipe = file('pipe')
    // posix_spawn waits in the kernel, with every signal blocked, until its child has opened the pipe.
    const code = `import os
os.mkfifo(${JSON.stringify(pipe)})
open(${JSON.stringify(file('up'))}, 'w').write(f'{os.getpid()}\\n')
os.posix_spawn('/bin/true', ['true'], {}, file_actions=[(os.POSIX_SPAWN_OPEN, 0, ${JSON.stringify(pipe)}, os.O_RDONLY, 0)])
`
    writeFileSync(file('hang.py'), code)
    const known = await start(run, 'bots-1', `exec python3 ${file('hang.py')}`, { ...TERM, graceSeconds: 1 })
    const pid = await pidIn('up')
    await soon(() => expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) D /))
    const answer = await engine.stop(run, orderOf('s1', false), [known])
    expect(answer.survivors.find(one => one.pid === pid)).toMatchObject({
      state: 'D',
      worker: 'bots-1',
      hangsIn: expect.stringMatching(/^\w+$/),
    })
    expect(await finished(run, 's1', [known])).toMatchObject({ phase: 'proved' })
  })

  it('kills one process, frozen or not, and none that only has its pid', async () => {
    const run = newRun()
    const known = await start(run, 'bots-1', `echo $$ >${file('up')}; exec sleep 300`)
    const pid = await pidIn('up')
    const found = readProcess(pid)!
    expect(signalProcess(found, 'SIGSTOP')).toBe(true)
    const ticks = livingTicks(pid)!
    const kill = async (startTicks: number) =>
      parseKilled(await local.shell.call('drydock_stop_one', [String(pid), String(startTicks)]))
    expect(await kill(ticks + 1)).toEqual({ outcome: 'other' })
    expect(livingTicks(pid)).toBe(ticks)
    expect(await kill(ticks)).toEqual({ outcome: 'gone' })
    expect(livingTicks(pid)).toBeNull()
    expect(await kill(ticks)).toEqual({ outcome: 'gone' })
    await stop(run, [known], { stopId: 's2' })
  })
})
