import { createHash } from 'node:crypto'
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { LogGap } from '../../contract/logs'
import { systemClock } from '../kernel/clock'
import { openLocalSession } from '../nodes/localShell'
import type { NodeSession } from '../nodes/nodeSession'
import { NODE_SIDE_LIBRARY } from '../engines/processEngine'
import { logSource } from './followers'
import { openLocalLog } from './localLog'
import { createLogFollower } from './logFollower'
import { createSecretMask } from './secretMask'

/** A real file of this PC, followed over a real shell, while everything happens to it that happens to logs. */

let dir: string
let session: NodeSession
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'drydock-follow-'))
  session = await connect()
})
afterEach(async () => {
  await session[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true })
})

const connect = (): Promise<NodeSession> =>
  openLocalSession({
    label: 'this-pc',
    stateDir: join(dir, 'state'),
    library: NODE_SIDE_LIBRARY,
    handshakeTimeoutMs: 20_000,
    environment: { ...process.env, HOME: dir },
  })

const sha = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 45_000, interval: 20 })

/** Follows until the returned function is called; that drains first unless it is to die at once. */
async function follow(from: string, to: string, secrets: readonly string[] = []) {
  const log = await openLocalLog(to, 1)
  const over = new AbortController()
  const gaps: LogGap[] = []
  const seen: Uint8Array[] = []
  const follower = createLogFollower({
    source: logSource(session.shell, from),
    log,
    mask: createSecretMask(secrets),
    onBytes: bytes => void seen.push(bytes),
    onGap: gap => void gaps.push(gap),
    clock: systemClock,
  })
  const running = follower.run(over.signal)
  return {
    log,
    gaps,
    seen: () => Buffer.concat(seen),
    drain: () => follower.drain(over.signal),
    async end(): Promise<void> {
      over.abort()
      await running
      await log[Symbol.asyncDispose]()
    },
  }
}

let count = 0
function paths(): { readonly from: string; readonly to: string } {
  const folder = mkdtempSync(join(dir, `${(count += 1)}-`))
  return { from: join(folder, 'node.log'), to: join(folder, 'local', 'copy.log') }
}

const lines = (first: number, many: number): string =>
  Array.from({ length: many }, (_, at) => `line ${first + at} ${sha(String(first + at))}\n`).join('')

it('brings every byte once, whenever Drydock and its links are ended and begun again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ size: fc.integer({ min: 0, max: 9_000 }), waits: fc.boolean() }), {
        minLength: 1,
        maxLength: 4,
      }),
      async pieces => {
        const { from, to } = paths()
        writeFileSync(from, '')
        for (const [at, { size, waits }] of pieces.entries()) {
          const following = await follow(from, to)
          appendFileSync(from, Buffer.alloc(size, `piece ${at} ${sha(String(at))}\n`))
          if (waits) await following.drain()
          await following.end()
        }
        const last = await follow(from, to)
        await last.drain()
        await last.end()
        expect(sha(readFileSync(to))).toBe(sha(readFileSync(from)))
        expect(last.log.gaps).toEqual([])
      },
    ),
    { numRuns: 12 },
  )
})

it('follows a rotation by renaming: the old file to its end, then the new one, nothing lost or twice', async () => {
  const { from, to } = paths()
  writeFileSync(from, lines(0, 100))
  const following = await follow(from, to)
  await following.drain()
  for (let turn = 1; turn <= 5; turn += 1) {
    appendFileSync(from, lines(turn * 1000, 50))
    for (let old = 8; old >= 1; old -= 1) {
      if (statSync(`${from}.${old}`, { throwIfNoEntry: false }))
        renameSync(`${from}.${old}`, `${from}.${old + 1}`)
    }
    renameSync(from, `${from}.1`)
    appendFileSync(`${from}.1`, `late ${turn}\n`) // a writer that has not opened the new one yet
    writeFileSync(from, lines(turn * 1000 + 500, 20))
    if (turn % 2 === 0) await following.drain()
  }
  await following.drain()
  await following.end()
  const whole = [5, 4, 3, 2, 1].map(old => readFileSync(`${from}.${old}`)).concat(readFileSync(from))
  expect(sha(readFileSync(to))).toBe(sha(Buffer.concat(whole)))
  expect(following.gaps).toEqual([])
})

it('finds a rotated file again that was renamed while nobody was reading', async () => {
  const { from, to } = paths()
  writeFileSync(from, lines(0, 100))
  const first = await follow(from, to)
  await first.drain()
  await first.end()
  appendFileSync(from, lines(100, 20))
  renameSync(from, `${from}.1`)
  writeFileSync(from, lines(200, 20))
  await session[Symbol.asyncDispose]()
  session = await connect()
  const second = await follow(from, to)
  await second.drain()
  await second.end()
  expect(readFileSync(to, 'utf8')).toBe(lines(0, 120) + lines(200, 20))
  expect(second.log.gaps).toEqual([])
})

it('reads a truncated file from its start and says that bytes are missing', async () => {
  const { from, to } = paths()
  writeFileSync(from, lines(0, 100))
  const following = await follow(from, to)
  await following.drain()
  truncateSync(from, 0)
  appendFileSync(from, lines(500, 10))
  await following.drain()
  await following.end()
  expect(readFileSync(to, 'utf8')).toBe(lines(0, 100) + lines(500, 10))
  expect(following.gaps).toMatchObject([{ beforeLine: 100, lostBytes: null }])
  expect(following.gaps[0]?.reason).toMatch(/^the file was truncated/)
})

it.each([
  ['while it is followed', false],
  ['while nobody is reading', true],
])('knows a file that was truncated and has grown beyond the place, %s', async (_when, isAway) => {
  const { from, to } = paths()
  writeFileSync(from, lines(0, 100))
  const first = await follow(from, to)
  await first.drain()
  if (isAway) await first.end()
  writeFileSync(from, lines(5_000, 300)) // truncates
  const second = isAway ? await follow(from, to) : first
  await second.drain()
  await second.end()
  expect(readFileSync(to, 'utf8')).toBe(lines(0, 100) + lines(5_000, 300))
  expect(second.log.gaps).toMatchObject([{ beforeLine: 100 }])
})

it('takes what a copytruncate has saved out of the copy', async () => {
  const { from, to } = paths()
  writeFileSync(from, lines(0, 100))
  const following = await follow(from, to)
  await following.drain()
  appendFileSync(from, lines(100, 30))
  copyFileSync(from, `${from}.1`)
  truncateSync(from, 0)
  appendFileSync(from, lines(900, 3))
  await following.drain()
  await following.end()
  expect(readFileSync(to, 'utf8')).toBe(lines(0, 130) + lines(900, 3))
  expect(following.gaps).toHaveLength(1)
})

it('goes on with the file that takes the place of a removed one, even with the same inode', async () => {
  const { from, to } = paths()
  writeFileSync(from, lines(0, 100))
  const first = await follow(from, to)
  await first.drain()
  await first.end()
  await session[Symbol.asyncDispose]() // nobody holds the inode any more
  session = await connect()
  const inode = statSync(from).ino
  rmSync(from)
  writeFileSync(from, lines(700, 200))
  for (let spare = 0; spare < 50 && statSync(from).ino !== inode; spare += 1) {
    renameSync(from, join(dir, `spare ${spare}`))
    writeFileSync(from, lines(700, 200))
  }
  const second = await follow(from, to)
  await second.drain()
  await second.end()
  expect(readFileSync(to, 'utf8')).toBe(lines(0, 100) + lines(700, 200))
  expect(second.log.gaps).toHaveLength(1)
})

it('finishes a removed file from the open handle', async () => {
  const { from, to } = paths()
  writeFileSync(from, lines(0, 100))
  const following = await follow(from, to)
  await following.drain()
  appendFileSync(from, lines(100, 40))
  rmSync(from)
  await following.drain()
  await following.end()
  expect(readFileSync(to, 'utf8')).toBe(lines(0, 140))
  expect(following.gaps).toEqual([])
})

it('writes no secret to the disk, and goes on at the right byte after a restart in the middle of one', async () => {
  const { from, to } = paths()
  writeFileSync(from, 'before hunter2-and-mo')
  const first = await follow(from, to, ['hunter2-and-more'])
  await soon(() => expect(readFileSync(to, 'utf8')).toBe('before '))
  await first.end()
  appendFileSync(from, 're after PGPASSWORD=geheim x\n')
  const second = await follow(from, to, ['hunter2-and-more'])
  await second.drain()
  await second.end()
  expect(readFileSync(to, 'utf8')).toBe('before **************** after PGPASSWORD=****** x\n')
  expect(second.log.gaps).toEqual([])
})
