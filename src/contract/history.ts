import { z } from 'zod'
import { NodeName } from './ids'

export const HistorySpan = z.enum(['hour', 'day'])
export type HistorySpan = z.infer<typeof HistorySpan>

/** One reading over time, at equal steps; null where nothing was reported: a gap. */
export const HistorySeries = z.object({
  /** `cpu`, `ram`, `disk`, `netReceived`, `netSent`, `diskRead`, `diskWritten`, `gpu 0`, `vram 0` … */
  id: z.string(),
  unit: z.enum(['%', 'B/s']),
  mean: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
})
export type HistorySeries = z.infer<typeof HistorySeries>

export const NodeHistory = z.object({
  node: NodeName,
  /** The begin of the first step (epoch ms). */
  fromMs: z.number(),
  stepMs: z.number(),
  series: z.array(HistorySeries),
})
export type NodeHistory = z.infer<typeof NodeHistory>
