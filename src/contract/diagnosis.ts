import { z } from 'zod'
import { NodeName } from './ids'

/** One thing that was looked at on a node. */
export const DiagnosisRow = z.object({
  /** Stays the same over versions, e.g. `ssh-auth`. */
  id: z.string(),
  group: z.enum(['connection', 'system', 'resources', 'software', 'work']),
  name: z.string(),
  verdict: z.enum(['PASS', 'WARN', 'FAIL', 'SKIP']),
  /** What was measured, with its unit; or why it was skipped. */
  measured: z.string(),
  /** What it should be; null when any value will do. */
  wanted: z.string().nullable(),
  /** A command that corrects it, to copy; null when there is none or nothing to correct. */
  fix: z.string().nullable(),
  tookMs: z.number(),
})
export type DiagnosisRow = z.infer<typeof DiagnosisRow>

/** Comes in parts: what will be looked at, then each row as it is known, in any order. */
export const DiagnosisEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('begin'),
    node: NodeName,
    atMs: z.number(),
    rows: z.array(DiagnosisRow.pick({ id: true, group: true, name: true })),
  }),
  z.object({ type: z.literal('row'), row: DiagnosisRow }),
])
export type DiagnosisEvent = z.infer<typeof DiagnosisEvent>
