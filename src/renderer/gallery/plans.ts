import type { PlanName, TrackName } from '../../contract/ids'
import type { PlanView } from '../../contract/plans'
import { asNode } from './builders'

export const plan = (
  name: string,
  nodes: readonly string[],
  workers: number,
  refusal: string | null = null,
): PlanView => ({
  name: name as PlanName,
  engine: 'process',
  nodes: nodes.map(asNode),
  workers,
  tracks: [
    {
      name: 'bots' as TrackName,
      nodes: nodes.map(asNode),
      workers: Math.max(1, Math.round(workers / Math.max(1, nodes.length))),
      after: [],
      onFailure: 'warn',
    },
  ],
  secrets: [],
  refusal,
})
