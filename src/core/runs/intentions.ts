import { z } from 'zod'
import { NodeName, RunId, TrackName, WorkerId } from '../../contract/ids'
import { StopHow } from '../../contract/runs'
import { RunRecord } from './runRecord'

/** What Drydock writes down before it changes anything on a node. */
export const Intentions = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), record: RunRecord }),
  /** Tracks that had to wait; who they are is in the run's record. */
  z.object({ kind: z.literal('start-track'), run: RunId, track: TrackName, workers: z.array(WorkerId) }),
  z.object({
    kind: z.literal('stop'),
    run: RunId,
    node: NodeName,
    isForced: z.boolean(),
    /** null, as an older Drydock wrote it: `isForced` says it. */
    how: StopHow.nullable().default(null),
    /** null: all that the run has on this node. */
    workers: z.array(WorkerId).nullable().default(null),
    stopId: z.string(),
  }),
  z.object({ kind: z.literal('take-over'), run: RunId }),
  z.object({
    kind: z.literal('kill'),
    run: RunId,
    node: NodeName,
    pid: z.number(),
    startTicks: z.number(),
  }),
])
export type Intentions = z.infer<typeof Intentions>
