import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { dockerObstacle } from '../../../e2e/rig/dockerEngine'
import type { Boxes } from '../../../e2e/rig/dockerBoxes'
import { openBoxes, soon } from '../../../e2e/rig/dockerBoxes'
import { livingTicks } from '../../../e2e/rig/processes'

const sha256 = (lines: readonly string[]): string =>
  createHash('sha256').update(lines.join('\n')).digest('hex')

const obstacle = dockerObstacle()

describe.skipIf(obstacle !== null)(
  `containers among faults${obstacle === null ? '' : ` (skipped: ${obstacle})`}`,
  () => {
    let boxes: Boxes
    beforeAll(async () => {
      boxes = await openBoxes()
    })
    afterAll(() => boxes[Symbol.asyncDispose]())

    it('keeps the log whole when `docker logs` is killed in a flood, again and again', async () => {
      const { run } = await boxes.start(
        'i=0; while [ $i -lt 150000 ]; do i=$((i+1)); echo "line $i"; echo "err $i" >&2; done',
      )
      let kills = 0
      while ((await boxes.look(run))?.state === 'running') {
        const pid = existsSync(join(boxes.dirOf(run), 'logs.pid'))
          ? readFileSync(join(boxes.dirOf(run), 'logs.pid'), 'utf8').trim()
          : ''
        if (pid !== '' && livingTicks(Number(pid)) !== null) {
          process.kill(Number(pid), kills % 2 === 0 ? 'SIGKILL' : 'SIGTERM')
          kills += 1
        }
        await new Promise(resolve => setTimeout(resolve, 300))
      }
      await boxes.ended(run)
      expect(kills).toBeGreaterThan(0)
      const numbers = Array.from({ length: 150_000 }, (_, i) => i + 1)
      const lines = boxes.logOf(run).toString().split('\n')
      for (const [word, digest] of [
        ['line', sha256(numbers.map(i => `line ${i}`))],
        ['err', sha256(numbers.map(i => `err ${i}`))],
      ] as const) {
        expect(sha256(lines.filter(line => line.startsWith(`${word} `)))).toBe(digest)
      }
      expect(lines).toHaveLength(300_001)
    })

    it('takes over from a wrapper that was killed: one container, one log, the same worker', async () => {
      const { run, identity } = await boxes.start(
        'i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo "line $i"; sleep 0.02; done; exit 4',
      )
      await boxes.printed(run, 'line 20\n')
      process.kill(identity.pid, 'SIGKILL')
      expect(await soon(() => boxes.look(run))).toMatchObject({ state: 'running', identity })
      await boxes.printed(run, 'line 100\n')
      // Its successor too: each one is found by the one before.
      const link = await soon(() => {
        const name = readdirSync(boxes.dirOf(run)).find(file => file.startsWith('after-'))
        if (name === undefined) throw new Error('nobody took over yet')
        return name
      })
      const second = Number(
        execFileSync('readlink', [join(boxes.dirOf(run), link)])
          .toString()
          .split(':')[0],
      )
      process.kill(second, 'SIGKILL')
      expect(await boxes.ended(run)).toMatchObject({ exitCode: 4, identity })
      const lines = Array.from({ length: 400 }, (_, i) => `line ${i + 1}\n`).join('')
      expect(boxes.logOf(run).toString()).toBe(lines)
      expect(boxes.rig.docker('ps', '-aq', '--filter', `label=drydock.run=${run}`).split('\n')).toHaveLength(
        1,
      )
    })

    it('finds the end of a container whose wrapper was killed before it', async () => {
      const { run, identity } = await boxes.start('sleep 1; echo last; exit 9')
      process.kill(identity.pid, 'SIGKILL')
      await soon(() =>
        expect(boxes.rig.docker('inspect', '-f', '{{.State.Status}}', boxes.idOf(run))).toBe('exited'),
      )
      expect(await boxes.ended(run)).toMatchObject({ exitCode: 9, identity })
      expect(boxes.logOf(run).toString()).toBe('last\n')
    })

    it('opens a `docker logs` again that hangs', async () => {
      const { run } = await boxes.start('i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.2; done')
      await boxes.printed(run, 'line 5\n')
      const pid = Number(readFileSync(join(boxes.dirOf(run), 'logs.pid'), 'utf8'))
      process.kill(pid, 'SIGSTOP')
      const size = boxes.logOf(run).length
      await vi.waitFor(() => expect(boxes.logOf(run).length).toBeGreaterThan(size + 200), {
        timeout: 150_000,
        interval: 500,
      })
      await boxes.stop(run)
      await boxes.ended(run)
      const lines = boxes.logOf(run).toString().trimEnd().split('\n')
      expect(lines).toEqual(lines.map((_, i) => `line ${i + 1}`))
    }, 200_000)

    it.each(['SIGTERM', 'SIGKILL'] as const)(
      'goes on through a restart of the Docker Engine (%s): the log is whole, and the end is told',
      async signal => {
        const { run } = await boxes.start(
          'i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo "line $i"; sleep 0.02; done; exit 6',
        )
        await boxes.printed(run, 'line 10\n')
        const main = boxes.mainOf(run)
        await boxes.rig.stop(signal)
        expect(livingTicks(main)).not.toBeNull()
        expect((await boxes.look(run))?.state).toBe('running')
        await expect(boxes.engine.start(boxes.launch(boxes.newRun(), 'true'))).rejects.toMatchObject({
          message: 'The Docker Engine of this node does not answer.',
        })
        await boxes.rig.start()
        expect(await boxes.ended(run)).toMatchObject({ exitCode: 6 })
        const own = boxes
          .logOf(run)
          .toString()
          .split('\n')
          .filter(line => line.startsWith('line '))
        expect(own).toEqual(Array.from({ length: 300 }, (_, i) => `line ${i + 1}`))
      },
    )

    it('does not know while the Docker Engine is down and the container has died, and says so', async () => {
      const { run } = await boxes.start('exec sleep 300', { docker: { init: false } })
      const main = boxes.mainOf(run)
      await boxes.rig.stop()
      process.kill(main, 'SIGKILL')
      await soon(async () => expect(await boxes.look(run)).toMatchObject({ state: 'unsure' }))
      await boxes.rig.start()
      expect((await boxes.ended(run)).exitCode).toBe(137)
    })

    it('tells a container that was removed from outside', async () => {
      const { run } = await boxes.start('echo up; exec sleep 300')
      await boxes.printed(run, 'up')
      boxes.rig.docker('rm', '-f', boxes.idOf(run))
      expect((await boxes.ended(run)).end).toMatchObject({ cause: 'killed-outside' })
      rmSync(join(boxes.dirOf(run), 'exit'))
    })
  },
)
