import { z } from 'zod'
import { NodeName, RunId } from '../../contract/ids'
import { RunRecord } from './runRecord'

/** What Drydock writes down before it changes anything on a node. */
export const Intentions = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), record: RunRecord }),
  z.object({
    kind: z.literal('stop'),
    run: RunId,
    node: NodeName,
    isForced: z.boolean(),
    stopId: z.string(),
  }),
  z.object({ kind: z.literal('take-over'), run: RunId }),
])
export type Intentions = z.infer<typeof Intentions>
