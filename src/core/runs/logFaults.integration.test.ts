import { createHash } from 'node:crypto'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { NODE_SIDE_LIBRARY } from '../engines/processEngine'
import { systemClock } from '../kernel/clock'
import { createRigSessions, optionsFor } from '../nodes/rigSessions'
import { logSource } from './followers'
import { openLocalLog } from './localLog'
import { createLogFollower } from './logFollower'
import { createSecretMask } from './secretMask'

/** What happens to a log on a real sshd, with and without SFTP, while it is followed. */

const rig = createRigSessions()
afterEach(() => rig.closeAll())

const sha = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')
const text = (first: number, many: number): string =>
  Array.from({ length: many }, (_, at) => `line ${first + at} ${sha(String(first + at))}\n`).join('')

async function open(sftp: 'internal' | 'none') {
  const node = await rig.node({ sftp })
  const session = await rig.connect(optionsFor(node, { library: NODE_SIDE_LIBRARY }))
  const from = join(node.home, 'node.log')
  const to = join(node.home, 'local', 'copy.log')
  writeFileSync(from, text(0, 100))
  const log = rig.own(await openLocalLog(to, 1))
  const over = new AbortController()
  const follower = createLogFollower({
    source: logSource(session.shell, from),
    log,
    mask: createSecretMask([]),
    onBytes: () => {},
    onGap: () => {},
    clock: systemClock,
  })
  const running = follower.run(over.signal)
  await follower.drain(over.signal)
  return {
    from,
    log,
    copied: () => sha(readFileSync(to)),
    drain: () => follower.drain(over.signal),
    end: async (): Promise<void> => {
      await follower.drain(over.signal)
      over.abort()
      await running
    },
  }
}

it.each(['internal', 'none'] as const)('loses nothing over many rotations (SFTP: %s)', async sftp => {
  const { from, log, copied, drain, end } = await open(sftp)
  const written = [text(0, 100)]
  for (let turn = 1; turn <= 8; turn += 1) {
    for (let old = 20; old >= 1; old -= 1)
      if (existsSync(`${from}.${old}`)) renameSync(`${from}.${old}`, `${from}.${old + 1}`)
    renameSync(from, `${from}.1`)
    written.push(text(turn * 1000, 300))
    writeFileSync(from, text(turn * 1000, 300))
    if (turn % 3 === 0) await drain()
  }
  await end()
  expect(copied()).toBe(sha(written.join('')))
  expect(log.gaps).toEqual([])
})

it('declares a gap for what a truncation takes, also when the file has grown beyond since', async () => {
  const { from, log, copied, drain, end } = await open('internal')
  truncateSync(from, 0)
  appendFileSync(from, text(500, 10))
  await drain()
  writeFileSync(from, text(9000, 400))
  await drain()
  appendFileSync(from, text(9400, 5))
  copyFileSync(from, `${from}.1`)
  truncateSync(from, 0)
  await end()
  expect(copied()).toBe(sha(text(0, 100) + text(500, 10) + text(9000, 405)))
  expect(log.gaps.map(({ beforeLine }) => beforeLine)).toEqual([100, 110, 515])
})

it('finishes a removed file from the open handle, then goes on with the one in its place', async () => {
  const { from, log, copied, drain, end } = await open('internal')
  appendFileSync(from, text(100, 20))
  rmSync(from)
  await drain()
  writeFileSync(from, text(700, 200))
  await end()
  expect(copied()).toBe(sha(text(0, 120) + text(700, 200)))
  expect(log.gaps).toEqual([])
})
