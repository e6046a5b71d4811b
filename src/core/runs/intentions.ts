import { z } from 'zod'
import { NodeName, RunId, TrackName, WorkerId } from '../../contract/ids'
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
    stopId: z.string(),
  }),
])
export type Intentions = z.infer<typeof Intentions>
