import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { LocalEngine } from '../../../../e2e/rig/localEngine'
import { SAFE_PROCESS, identityOf, openLocalEngine } from '../../../../e2e/rig/localEngine'
import { livingTicks } from '../../../../e2e/rig/processes'
import { RunId, WorkerId } from '../../../contract/ids'
import type { ProcessIdentity } from '../../../contract/runs'
import type { Engine, WatchedWorker, WorkerLaunch } from '../../engines/engine'

/** How workers end, as their wrapper writes it: the wrapper, the time limit and the library each in three shells. */

const SHELLS: readonly (readonly [name: string, sh: readonly [string, ...string[]]])[] = [
  ['dash', ['dash']],
  ['bash', ['bash']],
  ['BusyBox ash', ['busybox', 'ash']],
]
const WORKER = WorkerId.parse('bots-1')
const soon = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 45_000, interval: 20 })
type Ended = Extract<WatchedWorker, { readonly state: 'ended' }>

/** A folder for PATH in which `sh` is the given shell: what the wrapper runs in. */
function binWith(sh: readonly [string, ...string[]], folder: string): string {
  mkdirSync(folder, { recursive: true })
  const [program] = sh
  const path = execFileSync('sh', ['-c', `command -v ${program}`])
    .toString()
    .trim()
  symlinkSync(path, join(folder, 'sh'))
  return folder
}

let runs = 0
const newRun = (): RunId => RunId.parse(`20260101-000000-e${(runs += 1)}`)

function launchOf(run: RunId, workdir: string, command: string, patch: Partial<WorkerLaunch>): WorkerLaunch {
  const environment = [
    ['PATH', process.env['PATH'] ?? ''],
    ['DRYDOCK_RUN', run],
    ['DRYDOCK_WORKER', WORKER],
    ['DRY_RUN', '1'],
    ['ALLOW_ORDERS', '0'],
  ] as const
  return { run, worker: WORKER, command, workdir, environment, ...SAFE_PROCESS, ...patch }
}

async function endOf(engine: Engine, run: RunId): Promise<Ended> {
  return await soon(async () => {
    const [row] = await engine.watch(run, [{ worker: WORKER, identity: null }])
    if (row?.state !== 'ended') throw new Error(`still ${row?.state}`)
    return row
  })
}

describe.each(SHELLS)('a worker whose wrapper runs in %s', (_name, sh) => {
  let local: LocalEngine
  let engine: Engine
  let home: string
  const dirOf = (run: RunId): string => join(local.stateDir, 'runs', run, WORKER)
  beforeAll(async () => {
    const bin = `/tmp/drydock-sh-${process.pid}-${sh.at(-1)}`
    local = await openLocalEngine(sh, `${binWith(sh, bin)}:${process.env['PATH']}`)
    ;({ engine, home } = local)
  })
  afterAll(async () => {
    await local[Symbol.asyncDispose]()
    execFileSync('rm', ['-r', `/tmp/drydock-sh-${process.pid}-${sh.at(-1)}`])
  })

  async function start(
    command: string,
    patch: Partial<WorkerLaunch> = {},
  ): Promise<{ run: RunId; identity: ProcessIdentity }> {
    const run = newRun()
    return { run, identity: identityOf(await engine.start(launchOf(run, home, command, patch))) }
  }
  const limited = (seconds: number, graceSeconds: number): Partial<WorkerLaunch> => ({
    limitSeconds: seconds,
    spec: { version: 1, stop: { signal: 'TERM', graceSeconds } },
  })
  const written = (file: string): Promise<number> =>
    soon(() => {
      const text = readFileSync(file, 'utf8')
      if (!text.endsWith('\n')) throw new Error('not yet')
      return Number(text)
    })

  it.each([
    ['exit 0', { cause: 'exit', exitCode: 0, signal: null }],
    ['exit 3', { cause: 'exit', exitCode: 3, signal: null }],
    ['exit 137', { cause: 'exit', exitCode: 137, signal: null }],
    ['exit 139', { cause: 'exit', exitCode: 139, signal: null }],
    ['kill -KILL $$', { cause: 'signal', exitCode: 137, signal: 'KILL' }],
    ['kill -SEGV $$', { cause: 'signal', exitCode: 139, signal: 'SEGV' }],
    ['kill -ABRT $$', { cause: 'signal', exitCode: 134, signal: 'ABRT' }],
    ['kill -TERM $$', { cause: 'signal', exitCode: 143, signal: 'TERM' }],
    ['kill -PIPE $$', { cause: 'signal', exitCode: 141, signal: 'PIPE' }],
  ])('tells a signal from an exit code: `%s`', async (command, end) => {
    const { run } = await start(command)
    expect((await endOf(engine, run)).end).toEqual(end)
    expect(existsSync(join(dirOf(run), 'said'))).toBe(false)
    expect(readFileSync(join(dirOf(run), 'out.log'), 'utf8')).toBe('')
  })

  it('ends a program at its time limit, and says so', async () => {
    const { run } = await start('exec sleep 300', limited(0.5, 5))
    const row = await endOf(engine, run)
    expect(row.end).toEqual({ cause: 'time-limit', exitCode: 143, signal: 'TERM' })
    expect(row.sentence).toBe('stopped after its time limit of 0.5 s')
    // What the timer itself started may need a moment longer.
    await soon(async () => {
      expect(await engine.family(run, [{ worker: WORKER, identity: row.identity }])).toEqual([])
    })
  })

  it('kills at the end of the grace what ignores the signal, a daemon of it too', async () => {
    const file = join(home, `stubborn-${runs}`)
    const command = `trap '' TERM; (setsid sh -c 'trap "" TERM; echo $$ > ${file}; while :; do sleep 1; done' &); while :; do sleep 1; done`
    const { run } = await start(command, limited(1, 0.4))
    const daemon = await written(file)
    const ticks = livingTicks(daemon)
    const { end } = await endOf(engine, run)
    expect(end).toEqual({ cause: 'time-limit', exitCode: 137, signal: 'KILL' })
    expect(livingTicks(daemon)).not.toBe(ticks)
  })

  it('leaves no timer behind when the program ends before its limit', async () => {
    const { run, identity } = await start('sleep 0.3; exit 5', limited(3000, 5))
    const timers = await soon(() => {
      const lines = readFileSync(join(dirOf(run), 'timer'), 'utf8')
        .trim()
        .split('\n')
      if (lines.length < 2) throw new Error('not yet')
      return lines.map(line => line.split(':').map(Number))
    })
    const members = await engine.family(run, [{ worker: WORKER, identity }])
    expect(members.filter(({ pid }) => timers.some(([timer]) => timer === pid))).toEqual([])
    expect((await endOf(engine, run)).end).toEqual({ cause: 'exit', exitCode: 5, signal: null })
    for (const [pid, ticks] of timers) expect(livingTicks(pid!)).not.toBe(ticks)
  })

  it('ends the program at its limit also when its wrapper was killed', async () => {
    const file = join(home, `orphan-${runs}`)
    const { identity } = await start(`echo $$ > ${file}; exec sleep 300`, limited(1, 5))
    const pid = await written(file)
    const ticks = livingTicks(pid)
    process.kill(identity.pid, 'SIGKILL')
    await soon(() => expect(livingTicks(pid)).not.toBe(ticks))
  })

  it('proves a STOP of a program with a time limit at once, and leaves no timer', async () => {
    const { run, identity } = await start('exec sleep 300', limited(3000, 5))
    const ladder = { stopId: 's1', signal: 'TERM', graceSeconds: 20, drain: null }
    let answer: Awaited<ReturnType<Engine['stop']>> | null = await engine.stop(run, ladder, [
      { worker: WORKER, identity },
    ])
    await soon(async () => {
      if (answer?.phase === 'under-way')
        answer = await engine.stopReport(run, 's1', [{ worker: WORKER, identity }])
      expect(answer).toMatchObject({ phase: 'proved', signal: 'TERM', killedAfterS: null })
    })
    expect(readFileSync(join(dirOf(run), 'exit'), 'utf8')).toMatch(/^143 \d+ signal TERM 3000\n$/)
  })

  it('reads the end that an older wrapper wrote', async () => {
    const { run, identity } = await start('exit 7')
    await endOf(engine, run)
    writeFileSync(join(dirOf(run), 'exit'), '7 1795565016\n')
    expect(await endOf(engine, run)).toEqual({
      worker: WORKER,
      state: 'ended',
      exitCode: 7,
      endedAtMs: 1_795_565_016_000,
      identity,
      container: null,
      end: { cause: 'exit', exitCode: 7, signal: null },
    })
  })
})

const GROUP = '/sys/fs/cgroup/memory'
const canLimitMemory =
  process.getuid?.() === 0 && existsSync(join(GROUP, 'memory.limit_in_bytes')) && hasPython()

function hasPython(): boolean {
  return spawnSync('python3', ['-c', '']).status === 0
}

/** A control group of version 1 in which 48 MiB are all there is; `inside` runs a command in it. */
function smallGroup(): { readonly path: string; readonly dispose: () => Promise<void> } {
  const path = join(GROUP, `drydock-test-${process.pid}-${runs}`)
  mkdirSync(path)
  writeFileSync(join(path, 'memory.limit_in_bytes'), String(48 * 1024 * 1024))
  return { path, dispose: () => soon(() => rmdirSync(path)) }
}

const EAT = `exec python3 -c 'b = []
while True: b.append(bytearray(b"x" * 1048576))'`

describe.skipIf(!canLimitMemory)('a program that runs out of memory (needs root and cgroup v1)', () => {
  it('is known by the count of its control group', async () => {
    const group = smallGroup()
    const sh = ['sh', '-c', `echo $$ > ${group.path}/cgroup.procs; exec dash "$@"`, 'dash'] as const
    const local = await openLocalEngine(sh)
    const run = newRun()
    await local.engine.start(launchOf(run, local.home, EAT, {}))
    const { end, sentence } = await endOf(local.engine, run)
    expect(end).toEqual({ cause: 'out-of-memory', exitCode: 137, signal: 'KILL' })
    expect(sentence).toBeUndefined()
    await local[Symbol.asyncDispose]()
    await group.dispose()
  })

  it('is probable when only the machine counted it', async () => {
    const group = smallGroup()
    const local = await openLocalEngine()
    const run = newRun()
    await local.engine.start(launchOf(run, local.home, `echo $$ > ${group.path}/cgroup.procs; ${EAT}`, {}))
    const { end, sentence } = await endOf(local.engine, run)
    expect(end).toEqual({ cause: 'out-of-memory', exitCode: 137, signal: 'KILL' })
    expect(sentence).toMatch(/^probably out of memory/)
    await local[Symbol.asyncDispose]()
    await group.dispose()
  })
})
