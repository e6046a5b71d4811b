import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { RunId, WorkerId } from '../../contract/ids'
import { dockerObstacle, startRigDocker } from '../../../e2e/rig/dockerEngine'
import type { RigDocker } from '../../../e2e/rig/dockerEngine'
import type { LocalEngine } from '../../../e2e/rig/localEngine'
import { openLocalEngine } from '../../../e2e/rig/localEngine'
import { livingTicks } from '../../../e2e/rig/processes'
import type { DockerConfig } from '../config/planSchema'
import type { Engine, StopAnswer, StopLadder, WatchedWorker, WorkerLaunch } from './engine'

const obstacle = dockerObstacle()
const WORKER = WorkerId.parse('bots-1')
const sha256 = (lines: readonly string[]): string =>
  createHash('sha256').update(lines.join('\n')).digest('hex')
const soon = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 55_000, interval: 50 })

describe.skipIf(obstacle !== null)(
  `the docker engine${obstacle === null ? '' : ` (skipped: ${obstacle})`}`,
  () => {
    let rig: RigDocker
    let local: LocalEngine
    let engine: Engine
    let count = 0
    beforeAll(async () => {
      rig = await startRigDocker()
      local = await openLocalEngine(['sh'], process.env['PATH'], { DOCKER_HOST: rig.host })
      engine = local.docker
    })
    afterAll(async () => {
      await local[Symbol.asyncDispose]()
      await rig[Symbol.asyncDispose]()
    })

    const newRun = (): RunId => RunId.parse(`20260101-000000-d${(count += 1)}`)
    const dirOf = (run: RunId): string => join(local.stateDir, 'runs', run, WORKER)
    const logOf = (run: RunId): Buffer => readFileSync(join(dirOf(run), 'out.log'))

    interface More {
      readonly docker?: Partial<DockerConfig>
      readonly environment?: readonly (readonly [string, string])[]
      readonly limitSeconds?: number
      readonly graceSeconds?: number
    }

    function launch(run: RunId, command: string | null, more: More = {}): WorkerLaunch {
      return {
        run,
        worker: WORKER,
        command,
        workdir: local.home,
        environment: [
          ['PATH', process.env['PATH'] ?? ''],
          ...(more.environment ?? []),
          ['DRYDOCK_RUN', run],
          ['DRYDOCK_WORKER', WORKER],
          ['DRY_RUN', '1'],
          ['ALLOW_ORDERS', '0'],
        ],
        spec: { version: 1, stop: { signal: 'TERM', graceSeconds: more.graceSeconds ?? 5 } },
        dryRun: '1',
        allowOrders: '0',
        limitSeconds: more.limitSeconds ?? null,
        container: {
          image: rig.image,
          pull: 'missing',
          onConflict: 'suffix',
          network: 'host',
          mounts: [],
          init: true,
          ...more.docker,
        },
      }
    }

    async function start(command: string | null, more: More = {}) {
      const run = newRun()
      const answer = await engine.start(launch(run, command, more))
      if (answer.outcome === 'unsure') throw new Error(answer.sentence)
      return { run, identity: answer.identity, container: answer.container }
    }

    const look = async (run: RunId): Promise<WatchedWorker | undefined> =>
      (await engine.watch(run, [{ worker: WORKER, identity: null }]))[0]

    const ended = (run: RunId) =>
      soon(async () => {
        const row = await look(run)
        if (row?.state !== 'ended') throw new Error(`still ${row?.state}: ${logOf(run).toString()}`)
        return row
      })

    const printed = (run: RunId, text: string) =>
      soon(() => {
        if (!logOf(run).includes(text)) throw new Error(`not yet: ${logOf(run).toString()}`)
      })

    const idOf = (run: RunId): string => readFileSync(join(dirOf(run), 'container.id'), 'utf8')
    const mainOf = (run: RunId): number => Number(rig.docker('inspect', '-f', '{{.State.Pid}}', idOf(run)))
    const ladder = (patch: Partial<StopLadder> = {}): StopLadder => ({
      stopId: 's1',
      signal: 'TERM',
      graceSeconds: 5,
      drain: null,
      ...patch,
    })

    async function stop(run: RunId, patch: Partial<StopLadder> = {}): Promise<StopAnswer> {
      const known = [{ worker: WORKER, identity: null }]
      const answer = await engine.stop(run, ladder(patch), known)
      if (answer.phase !== 'under-way') return answer
      return await soon(async () => {
        const report = await engine.stopReport(run, patch.stopId ?? 's1', known)
        if (report === null || report.phase === 'under-way') throw new Error('still climbing')
        return report
      })
    }

    it.each([
      [
        'echo out; sleep 0.3; echo err >&2; exit 3',
        3,
        { cause: 'exit', exitCode: 3, signal: null },
        'out\nerr\n',
      ],
      ['printf end; exit 0', 0, { cause: 'exit', exitCode: 0, signal: null }, 'end'],
      ['kill -TERM $$', 143, { cause: 'signal', exitCode: 143, signal: 'TERM' }, ''],
    ])('keeps the end and the log of `%s`', async (command, exitCode, end, log) => {
      const { run, identity, container } = await start(command)
      const row = await ended(run)
      expect(row).toEqual({
        worker: WORKER,
        state: 'ended',
        exitCode,
        endedAtMs: expect.any(Number),
        identity,
        container: {
          id: expect.stringMatching(/^[0-9a-f]{64}$/),
          name: `drydock-${run}-bots-1`,
          image: rig.image,
        },
        end,
      })
      expect(row.container).toEqual(container)
      expect(Math.abs(row.endedAtMs - Date.now())).toBeLessThan(60_000)
      expect(logOf(run).toString()).toBe(log)
    })

    it('tells out of memory from a kill', async () => {
      const { run } = await start('exec tail /dev/zero', { docker: { memory: '16m' } })
      expect((await ended(run)).end).toEqual({ cause: 'out-of-memory', exitCode: 137, signal: 'KILL' })
    })

    it('ends a container at its time limit', async () => {
      const { run } = await start('exec sleep 300', { limitSeconds: 2 })
      expect((await ended(run)).end).toEqual({ cause: 'time-limit', exitCode: 143, signal: 'TERM' })
    })

    it('passes on what docker is to be told', async () => {
      mkdirSync(join(local.home, 'data'))
      writeFileSync(join(local.home, 'data', 'x'), 'mounted\n')
      const { run } = await start('cat /data/x; exec sleep 300', {
        docker: { cpus: 0.5, memory: '64m', shm: '32m', mounts: ['data:/named', './data:/data:ro'] },
        graceSeconds: 7,
      })
      await printed(run, 'mounted')
      const told = JSON.parse(rig.docker('inspect', idOf(run)))[0]
      expect(told.HostConfig).toMatchObject({
        NanoCpus: 500_000_000,
        Memory: 64 * 1024 * 1024,
        ShmSize: 32 * 1024 * 1024,
        Init: true,
        NetworkMode: 'host',
        RestartPolicy: { Name: 'no' },
      })
      expect(told.Config).toMatchObject({
        StopTimeout: 7,
        StopSignal: 'TERM',
        Labels: { 'drydock.run': run, 'drydock.worker': WORKER },
      })
      expect((await stop(run)).phase).toBe('proved')
    })

    it.each<[string, Partial<DockerConfig>, string | null, RegExp]>([
      ['an image that is not there', { image: 'nosuch:1' }, 'true', /image nosuch:1 is not on this node/],
      ['a program that is not there', {}, null, /Neither the plan nor the image says what to run/],
      ['a GPU without its runtime', { gpus: 'all' }, 'true', /cannot give a container the GPU/],
      ['a network that is not there', { network: 'nonet' }, 'true', /no Docker network nonet/],
      [
        'a mount that is not there',
        { mounts: ['/no/such:/x'] },
        'true',
        /\/no\/such is to be mounted and does not exist/,
      ],
      ['more CPUs than there are', { cpus: 4096 }, 'true', /more CPUs than this node has/],
      ['an env file that is not there', { envFile: 'none.env' }, 'true', /none\.env/],
    ])('refuses %s in a sentence, and leaves no container', async (_name, docker, command, sentence) => {
      const run = newRun()
      await expect(engine.start(launch(run, command, { docker }))).rejects.toMatchObject({
        code: 'launch-failed',
        message: expect.stringMatching(sentence),
        hint: expect.stringMatching(/\w/),
      })
      expect(rig.docker('ps', '-aq', '--filter', `label=drydock.run=${run}`)).toBe('')
    })

    it('refuses an env file that would decide about orders, naming its line', async () => {
      writeFileSync(join(local.home, 'bad.env'), '# mine\nA=1\nDRY_RUN=0\n')
      await expect(
        engine.start(launch(newRun(), 'true', { docker: { envFile: 'bad.env' } })),
      ).rejects.toMatchObject({ message: expect.stringContaining('Line 3 of') })
    })

    it('carries any text into the container byte for byte, by any name, and none of it in an argument', async () => {
      writeFileSync(join(local.home, 'good.env'), "FROM_FILE='quoted' $HOME\nOVER=file\n")
      const text = fc.string({ unit: 'binary', maxLength: 40 }).filter(value => !value.includes('\0'))
      const values = [
        ...fc.sample(text, 5),
        '$(touch canary)',
        "'; touch canary; '",
        '\n',
        '\\',
        'two\nlines\r\n',
        '',
      ]
      const names = ['dir', 'id', 'docker', 'said', 'name', 'e_more', 'A', 'B', 'C', 'D', 'E']
      const environment = values.map((value, i) => [names[i] ?? `V${i}`, value] as const)
      const more = [
        ['OVER', 'plan'],
        ['DOCKER_HOST', 'tcp://nobody'],
        ['HTTPS_PROXY', 'http://nobody'],
      ] as const
      const { run } = await start("cat /proc/self/environ; cat /proc/1/cmdline | tr '\\0' ' ' >&2", {
        docker: { envFile: 'good.env' },
        environment: [...environment, ...more],
      })
      await ended(run)
      const seen = logOf(run).toString().split('\0')
      for (const [name, value] of [...environment, ...more]) expect(seen).toContain(`${name}=${value}`)
      expect(seen).toContain("FROM_FILE='quoted' $HOME")
      expect(seen).not.toContain('OVER=file')
      expect(seen).toContain('PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin')
      const left = readdirSync(dirOf(run))
      expect(left).not.toContain('variables')
      expect(left).not.toContain('environment')
      expect(execFileSync('find', [local.home, '-name', 'canary']).toString()).toBe('')
    })

    it('meets a name that is taken as the plan says', async () => {
      const first = await start('exec sleep 300', { docker: { containerName: 'taken' } })
      const named = (onConflict: 'refuse' | 'remove' | 'suffix') => ({
        docker: { containerName: 'taken', onConflict },
      })
      await expect(engine.start(launch(newRun(), 'true', named('refuse')))).rejects.toMatchObject({
        message: expect.stringContaining('A container named taken exists on this node already'),
      })
      await expect(engine.start(launch(newRun(), 'true', named('remove')))).rejects.toMatchObject({
        message: 'A container named taken exists on this node already and is running.',
      })
      expect((await start('true', named('suffix'))).container?.name).toBe('taken-2')
      expect((await stop(first.run, { graceSeconds: 0 })).phase).toBe('proved')
      expect((await start('true', named('remove'))).container?.name).toBe('taken')
      expect(rig.tryDocker('inspect', first.container?.id ?? '').code).toBe(1)
    })

    it('starts one container for twenty starts at once', async () => {
      const run = newRun()
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => engine.start(launch(run, 'exec sleep 300'))),
      )
      expect(answers.filter(({ outcome }) => outcome === 'started')).toHaveLength(1)
      expect(answers.filter(({ outcome }) => outcome === 'exists')).toHaveLength(19)
      expect(rig.docker('ps', '-aq', '--filter', `label=drydock.run=${run}`).split('\n')).toHaveLength(1)
      await stop(run)
    })

    it('reads the mode back from the processes of the container', async () => {
      const { run } = await start('DRY_RUN=0 sleep 301 & exec sleep 300')
      const main = mainOf(run)
      await soon(async () => {
        const members = await engine.family(run, [{ worker: WORKER, identity: null }])
        expect(members.find(({ pid }) => pid === main)?.flags).toEqual({ dryRun: '1', allowOrders: '0' })
        expect(members.map(({ flags }) => flags.dryRun)).toContain('0')
        expect(members.every(({ worker }) => worker === WORKER)).toBe(true)
      })
      await stop(run)
    })

    it('proves a willing container gone, its daemons with it', async () => {
      const { run } = await start('setsid sleep 301 & env -i setsid sleep 302 & echo up; exec sleep 300')
      await printed(run, 'up')
      const before = await engine.family(run, [{ worker: WORKER, identity: null }])
      const answer = await stop(run)
      expect(answer).toMatchObject({
        phase: 'proved',
        workers: [{ worker: WORKER, leader: 'live' }],
        signal: 'TERM',
        killedAfterS: null,
        survivors: [],
      })
      expect(answer.processesGone).toBeGreaterThanOrEqual(4)
      expect(before.length).toBeGreaterThanOrEqual(4)
      for (const { pid, startTicks } of before) expect(livingTicks(pid)).not.toBe(startTicks)
      expect((await ended(run)).exitCode).toBe(143)
    })

    it('kills a container that ignores the signal at the end of the grace, and lets it drain before', async () => {
      const { run } = await start(
        `trap '' TERM; trap 'echo draining' USR1; echo up; while :; do sleep 1; done`,
      )
      await printed(run, 'up')
      const patch = { graceSeconds: 1.5, drain: { signal: 'USR1', seconds: 1 } }
      const answer = await stop(run, patch)
      expect(answer).toMatchObject({ phase: 'proved', signal: 'KILL', killedAfterS: 1.5, survivors: [] })
      expect(answer.tookMs).toBeGreaterThanOrEqual(2500)
      expect(logOf(run).toString()).toContain('draining')
      expect((await ended(run)).exitCode).toBe(137)
    })

    it('never starts what was stopped before it was started', async () => {
      const run = newRun()
      expect(await stop(run)).toMatchObject({ phase: 'proved', workers: [{ leader: 'absent' }] })
      await expect(engine.start(launch(run, 'true'))).rejects.toMatchObject({
        message: 'It was stopped before it was started.',
      })
    })

    it('keeps the log whole when `docker logs` is killed in a flood, again and again', async () => {
      const { run } = await start(
        'i=0; while [ $i -lt 150000 ]; do i=$((i+1)); echo "line $i"; echo "err $i" >&2; done',
      )
      let kills = 0
      while ((await look(run))?.state === 'running') {
        const pid = existsSync(join(dirOf(run), 'logs.pid'))
          ? readFileSync(join(dirOf(run), 'logs.pid'), 'utf8').trim()
          : ''
        if (pid !== '' && livingTicks(Number(pid)) !== null) {
          process.kill(Number(pid), kills % 2 === 0 ? 'SIGKILL' : 'SIGTERM')
          kills += 1
        }
        await new Promise(resolve => setTimeout(resolve, 300))
      }
      await ended(run)
      expect(kills).toBeGreaterThan(0)
      const numbers = Array.from({ length: 150_000 }, (_, i) => i + 1)
      const lines = logOf(run).toString().split('\n')
      for (const [word, digest] of [
        ['line', sha256(numbers.map(i => `line ${i}`))],
        ['err', sha256(numbers.map(i => `err ${i}`))],
      ] as const) {
        expect(sha256(lines.filter(line => line.startsWith(`${word} `)))).toBe(digest)
      }
      expect(lines).toHaveLength(300_001)
    })

    it('takes over from a wrapper that was killed: one container, one log, the same worker', async () => {
      const { run, identity } = await start(
        'i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo "line $i"; sleep 0.02; done; exit 4',
      )
      await printed(run, 'line 20\n')
      process.kill(identity.pid, 'SIGKILL')
      expect(await soon(() => look(run))).toMatchObject({ state: 'running', identity })
      await printed(run, 'line 100\n')
      // Its successor too: each one is found by the one before.
      const link = await soon(() => {
        const name = readdirSync(dirOf(run)).find(file => file.startsWith('after-'))
        if (name === undefined) throw new Error('nobody took over yet')
        return name
      })
      const second = Number(
        execFileSync('readlink', [join(dirOf(run), link)])
          .toString()
          .split(':')[0],
      )
      process.kill(second, 'SIGKILL')
      expect(await ended(run)).toMatchObject({ exitCode: 4, identity })
      const lines = Array.from({ length: 400 }, (_, i) => `line ${i + 1}\n`).join('')
      expect(logOf(run).toString()).toBe(lines)
      expect(rig.docker('ps', '-aq', '--filter', `label=drydock.run=${run}`).split('\n')).toHaveLength(1)
    })

    it('finds the end of a container whose wrapper was killed before it', async () => {
      const { run, identity } = await start('sleep 1; echo last; exit 9')
      process.kill(identity.pid, 'SIGKILL')
      await soon(() => expect(rig.docker('inspect', '-f', '{{.State.Status}}', idOf(run))).toBe('exited'))
      expect(await ended(run)).toMatchObject({ exitCode: 9, identity })
      expect(logOf(run).toString()).toBe('last\n')
    })

    it('opens a `docker logs` again that hangs', async () => {
      const { run } = await start('i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.2; done')
      await printed(run, 'line 5\n')
      const pid = Number(readFileSync(join(dirOf(run), 'logs.pid'), 'utf8'))
      process.kill(pid, 'SIGSTOP')
      const size = logOf(run).length
      await vi.waitFor(() => expect(logOf(run).length).toBeGreaterThan(size + 200), {
        timeout: 150_000,
        interval: 500,
      })
      await stop(run)
      await ended(run)
      const lines = logOf(run).toString().trimEnd().split('\n')
      expect(lines).toEqual(lines.map((_, i) => `line ${i + 1}`))
    }, 200_000)

    it.each(['SIGTERM', 'SIGKILL'] as const)(
      'goes on through a restart of the Docker Engine (%s): the log is whole, and the end is told',
      async signal => {
        const { run } = await start(
          'i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo "line $i"; sleep 0.02; done; exit 6',
        )
        await printed(run, 'line 10\n')
        const main = mainOf(run)
        await rig.stop(signal)
        expect(livingTicks(main)).not.toBeNull()
        expect((await look(run))?.state).toBe('running')
        await expect(engine.start(launch(newRun(), 'true'))).rejects.toMatchObject({
          message: 'The Docker Engine of this node does not answer.',
        })
        await rig.start()
        expect(await ended(run)).toMatchObject({ exitCode: 6 })
        const own = logOf(run)
          .toString()
          .split('\n')
          .filter(line => line.startsWith('line '))
        expect(own).toEqual(Array.from({ length: 300 }, (_, i) => `line ${i + 1}`))
      },
    )

    it('does not know while the Docker Engine is down and the container has died, and says so', async () => {
      const { run } = await start('exec sleep 300', { docker: { init: false } })
      const main = mainOf(run)
      await rig.stop()
      process.kill(main, 'SIGKILL')
      await soon(async () => expect(await look(run)).toMatchObject({ state: 'unsure' }))
      await rig.start()
      expect((await ended(run)).exitCode).toBe(137)
    })

    it('tells a container that was removed from outside', async () => {
      const { run } = await start('echo up; exec sleep 300')
      await printed(run, 'up')
      rig.docker('rm', '-f', idOf(run))
      expect((await ended(run)).end).toMatchObject({ cause: 'killed-outside' })
      rmSync(join(dirOf(run), 'exit'))
    })
  },
)
