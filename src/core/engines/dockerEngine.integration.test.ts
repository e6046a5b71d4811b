import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dockerObstacle } from '../../../e2e/rig/dockerEngine'
import type { Boxes } from '../../../e2e/rig/dockerBoxes'
import { BOX, openBoxes, soon } from '../../../e2e/rig/dockerBoxes'
import { livingTicks } from '../../../e2e/rig/processes'
import type { DockerConfig } from '../config/planSchema'

const obstacle = dockerObstacle()

const why = obstacle === null ? '' : ` (skipped: ${obstacle})`
const SHELLS = ['/bin/dash', '/bin/bash', '/bin/busybox']

describe.skipIf(obstacle !== null).each(SHELLS)(`the docker engine in %s${why}`, shell => {
  let boxes: Boxes
  beforeAll(async () => {
    boxes = await openBoxes(shell)
  })
  afterAll(() => boxes[Symbol.asyncDispose]())

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
    const { run, identity, container } = await boxes.start(command)
    const row = await boxes.ended(run)
    expect(row).toEqual({
      worker: BOX,
      state: 'ended',
      exitCode,
      endedAtMs: expect.any(Number),
      identity,
      container: {
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
        name: `drydock-${run}-bots-1`,
        image: boxes.rig.image,
      },
      end,
    })
    expect(row.container).toEqual(container)
    expect(Math.abs(row.endedAtMs - Date.now())).toBeLessThan(60_000)
    expect(boxes.logOf(run).toString()).toBe(log)
  })

  it('tells out of memory from a kill', async () => {
    const { run } = await boxes.start('exec tail /dev/zero', { docker: { memory: '16m' } })
    expect((await boxes.ended(run)).end).toEqual({ cause: 'out-of-memory', exitCode: 137, signal: 'KILL' })
  })

  it('ends a container at its time limit', async () => {
    const { run } = await boxes.start('exec sleep 300', { limitSeconds: 2 })
    expect((await boxes.ended(run)).end).toEqual({ cause: 'time-limit', exitCode: 143, signal: 'TERM' })
  })

  it('passes on what docker is to be told', async () => {
    mkdirSync(join(boxes.home, 'data'))
    writeFileSync(join(boxes.home, 'data', 'x'), 'mounted\n')
    const { run } = await boxes.start('cat /data/x; exec sleep 300', {
      docker: { cpus: 0.5, memory: '64m', shm: '32m', mounts: ['data:/named', './data:/data:ro'] },
      graceSeconds: 7,
    })
    await boxes.printed(run, 'mounted')
    const told = JSON.parse(boxes.rig.docker('inspect', boxes.idOf(run)))[0]
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
      Labels: { 'drydock.run': run, 'drydock.worker': BOX },
    })
    expect((await boxes.stop(run)).phase).toBe('proved')
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
    const run = boxes.newRun()
    await expect(boxes.engine.start(boxes.launch(run, command, { docker }))).rejects.toMatchObject({
      code: 'launch-failed',
      message: expect.stringMatching(sentence),
      hint: expect.stringMatching(/\w/),
    })
    expect(boxes.rig.docker('ps', '-aq', '--filter', `label=drydock.run=${run}`)).toBe('')
  })

  it('refuses an env file that would decide about orders, naming its line', async () => {
    writeFileSync(join(boxes.home, 'bad.env'), '# mine\nA=1\nDRY_RUN=0\n')
    await expect(
      boxes.engine.start(boxes.launch(boxes.newRun(), 'true', { docker: { envFile: 'bad.env' } })),
    ).rejects.toMatchObject({ message: expect.stringContaining('Line 3 of') })
  })

  it('carries any text into the container byte for byte, by any name, and none of it in an argument', async () => {
    writeFileSync(join(boxes.home, 'good.env'), "FROM_FILE='quoted' $HOME\nOVER=file\n")
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
    const { run } = await boxes.start("cat /proc/self/environ; cat /proc/1/cmdline | tr '\\0' ' ' >&2", {
      docker: { envFile: 'good.env' },
      environment: [...environment, ...more],
    })
    await boxes.ended(run)
    const seen = boxes.logOf(run).toString().split('\0')
    for (const [name, value] of [...environment, ...more]) expect(seen).toContain(`${name}=${value}`)
    expect(seen).toContain("FROM_FILE='quoted' $HOME")
    expect(seen).not.toContain('OVER=file')
    expect(seen).toContain('PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin')
    const left = readdirSync(boxes.dirOf(run))
    expect(left).not.toContain('variables')
    expect(left).not.toContain('environment')
    expect(execFileSync('find', [boxes.home, '-name', 'canary']).toString()).toBe('')
  })

  it('meets a name that is taken as the plan says', async () => {
    const first = await boxes.start('exec sleep 300', { docker: { containerName: 'taken' } })
    const named = (onConflict: 'refuse' | 'remove' | 'suffix') => ({
      docker: { containerName: 'taken', onConflict },
    })
    await expect(
      boxes.engine.start(boxes.launch(boxes.newRun(), 'true', named('refuse'))),
    ).rejects.toMatchObject({
      message: expect.stringContaining('A container named taken exists on this node already'),
    })
    await expect(
      boxes.engine.start(boxes.launch(boxes.newRun(), 'true', named('remove'))),
    ).rejects.toMatchObject({
      message: 'A container named taken exists on this node already and is running.',
    })
    expect((await boxes.start('true', named('suffix'))).container?.name).toBe('taken-2')
    expect((await boxes.stop(first.run, { graceSeconds: 0 })).phase).toBe('proved')
    expect((await boxes.start('true', named('remove'))).container?.name).toBe('taken')
    expect(boxes.rig.tryDocker('inspect', first.container?.id ?? '').code).toBe(1)
  })

  it('starts one container for twenty starts at once', async () => {
    const run = boxes.newRun()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => boxes.engine.start(boxes.launch(run, 'exec sleep 300'))),
    )
    expect(answers.filter(({ outcome }) => outcome === 'started')).toHaveLength(1)
    expect(answers.filter(({ outcome }) => outcome === 'exists')).toHaveLength(19)
    expect(boxes.rig.docker('ps', '-aq', '--filter', `label=drydock.run=${run}`).split('\n')).toHaveLength(1)
    await boxes.stop(run)
  })

  it('reads the mode back from the processes of the container', async () => {
    const { run } = await boxes.start('DRY_RUN=0 sleep 301 & exec sleep 300')
    const main = boxes.mainOf(run)
    await soon(async () => {
      const members = await boxes.engine.family(run, [{ worker: BOX, identity: null }])
      expect(members.find(({ pid }) => pid === main)?.flags).toEqual({ dryRun: '1', allowOrders: '0' })
      expect(members.map(({ flags }) => flags.dryRun)).toContain('0')
      expect(members.every(({ worker }) => worker === BOX)).toBe(true)
    })
    await boxes.stop(run)
  })

  it('proves a willing container gone, its daemons with it', async () => {
    const { run } = await boxes.start('setsid sleep 301 & env -i setsid sleep 302 & echo up; exec sleep 300')
    await boxes.printed(run, 'up')
    const before = await boxes.engine.family(run, [{ worker: BOX, identity: null }])
    const answer = await boxes.stop(run)
    expect(answer).toMatchObject({
      phase: 'proved',
      workers: [{ worker: BOX, leader: 'live' }],
      signal: 'TERM',
      killedAfterS: null,
      survivors: [],
    })
    expect(answer.processesGone).toBeGreaterThanOrEqual(4)
    expect(before.length).toBeGreaterThanOrEqual(4)
    for (const { pid, startTicks } of before) expect(livingTicks(pid)).not.toBe(startTicks)
    expect((await boxes.ended(run)).exitCode).toBe(143)
  })

  it('kills a container that ignores the signal at the end of the grace, and lets it drain before', async () => {
    const { run } = await boxes.start(
      `trap '' TERM; trap 'echo draining' USR1; echo up; while :; do sleep 1; done`,
    )
    await boxes.printed(run, 'up')
    const patch = { graceSeconds: 1.5, drain: { signal: 'USR1', seconds: 1 } }
    const answer = await boxes.stop(run, patch)
    expect(answer).toMatchObject({ phase: 'proved', signal: 'KILL', killedAfterS: 1.5, survivors: [] })
    expect(answer.tookMs).toBeGreaterThanOrEqual(2500)
    expect(boxes.logOf(run).toString()).toContain('draining')
    expect((await boxes.ended(run)).exitCode).toBe(137)
  })

  it('never starts what was stopped before it was started', async () => {
    const run = boxes.newRun()
    expect(await boxes.stop(run)).toMatchObject({ phase: 'proved', workers: [{ leader: 'absent' }] })
    await expect(boxes.engine.start(boxes.launch(run, 'true'))).rejects.toMatchObject({
      message: 'It was stopped before it was started.',
    })
  })
})
