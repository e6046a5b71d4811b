import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../kernel/clock'
import { createLogFollower } from './logFollower'
import { openLocalLog } from './localLog'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drydock-follow-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
let count = 0

/** A node's log that grows with every read, whose link dies at some of them, and which reads short. */
function remoteLog(pieces: readonly Uint8Array[], dyingReads: ReadonlySet<number>) {
  let reads = 0
  let shown = 0
  return {
    whole: Buffer.concat(pieces),
    readAt: async (offset: number, maxBytes: number): Promise<Uint8Array> => {
      if (dyingReads.has((reads += 1))) throw new Error('the link died')
      shown = Math.min(shown + 1, pieces.length)
      return Buffer.concat(pieces.slice(0, shown)).subarray(offset, offset + Math.min(maxBytes, 100))
    },
  }
}

it('brings every byte once, over links that die and restarts of Drydock', async () => {
  const piece = fc.uint8Array({ maxLength: 300 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 8 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
      async (pieces, deaths) => {
        const path = join(dir, `${(count += 1)}.log`)
        const remote = remoteLog(pieces, new Set(deaths))
        const seen: Uint8Array[] = []
        for (let isComplete = false; !isComplete;) {
          await using log = await openLocalLog(path, 1) // as after a restart
          const over = new AbortController()
          const onBytes = (bytes: Uint8Array): void => void seen.push(bytes)
          const follower = createLogFollower({ readAt: remote.readAt, log, onBytes, clock: systemClock })
          const running = follower.run(over.signal).then(
            () => 'ended',
            () => 'died',
          )
          const drained = follower.drain(AbortSignal.any([over.signal])).then(() => 'drained')
          if ((await Promise.race([running, drained])) === 'drained')
            isComplete = log.size === remote.whole.length
          over.abort()
          await running
        }
        expect(sha(readFileSync(path))).toBe(sha(remote.whole))
        expect(sha(Buffer.concat(seen))).toBe(sha(remote.whole))
      },
    ),
    { numRuns: 40 },
  )
})
