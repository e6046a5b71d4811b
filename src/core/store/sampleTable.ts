import type Database from 'libsql'
import { z } from 'zod'
import type { NodeName } from '../../contract/ids'
import { pack, type Tally, unpack } from './sampleTally'

/** What the driver gives of a BLOB is an ArrayBuffer. */
const Row = z.object({
  at_ms: z.number(),
  samples: z.number(),
  body: z.union([z.instanceof(ArrayBuffer), z.instanceof(Uint8Array)]),
})

/** The steps of all nodes, a row each. Errors: those of SQLite. */
export function createSampleTable(db: Database.Database) {
  const save = db.prepare(
    'INSERT OR REPLACE INTO sample_steps (step_ms, at_ms, node, samples, body) VALUES (?, ?, ?, ?, ?)',
  )
  // By their times, because the rows of one node do not lie together.
  const read = db.prepare(`
    WITH RECURSIVE step (at) AS (VALUES (?) UNION ALL SELECT at + ? FROM step WHERE at + ? <= ?)
    SELECT at_ms, samples, body FROM step CROSS JOIN sample_steps
    WHERE step_ms = ? AND at_ms = step.at AND node = ?`)
  const dropBefore = db.prepare('DELETE FROM sample_steps WHERE step_ms = ? AND at_ms < ?')
  const dropAhead = db.prepare(`
    DELETE FROM sample_steps WHERE step_ms = ? AND at_ms >= (
      SELECT DISTINCT at_ms FROM sample_steps WHERE step_ms = ? AND at_ms > ? ORDER BY at_ms LIMIT 1 OFFSET ?)`)

  return {
    save(node: NodeName, stepMs: number, tally: Tally): void {
      const { samples, body } = pack(tally)
      save.run(stepMs, tally.atMs, node, samples, body)
    },
    /** The steps that begin from `fromMs` to `toMs`, both a begin themselves; in order, without those that are missing. */
    read: (node: NodeName, stepMs: number, fromMs: number, toMs: number): Tally[] =>
      read.all(fromMs, stepMs, stepMs, toMs, stepMs, node).map(row => {
        const { at_ms: atMs, samples, body } = Row.parse(row)
        return unpack(atMs, samples, Buffer.from(body as ArrayBuffer))
      }),
    /**
     * Deletes what begins before `fromMs`. What begins after `toMs` was written before the clock was set back, and may
     * be right: the nearest `mostAhead` steps of it are kept.
     */
    prune(stepMs: number, fromMs: number, toMs: number, mostAhead: number): void {
      dropBefore.run(stepMs, fromMs)
      dropAhead.run(stepMs, stepMs, toMs, mostAhead)
    },
  }
}

export type SampleTable = ReturnType<typeof createSampleTable>
