import { z } from 'zod'
import { NodeName, RunId } from './ids'
import { RunMode } from './mode'
import { NodeView } from './nodes'
import { PlanView } from './plans'
import { MetricPoint, ResultRow, Run } from './runs'
import { GpuReading, Sample } from './samples'

/** Something is wrong: what happened, the likely cause, and the fix. */
export const Alert = z.object({
  id: z.string(),
  severity: z.enum(['warn', 'error']),
  node: NodeName.nullable(),
  run: RunId.nullable(),
  what: z.string(),
  cause: z.string().nullable(),
  fix: z.string().nullable(),
  atMs: z.number(),
})
export type Alert = z.infer<typeof Alert>

export const Settings = z.object({ theme: z.enum(['dark', 'light', 'system']) })
export type Settings = z.infer<typeof Settings>

export const AppInfo = z.object({
  version: z.string(),
  home: z.string(),
  fleetFile: z.string(),
})
export type AppInfo = z.infer<typeof AppInfo>

/** Everything a screen needs to begin with. The events after it only change this. */
export const Snapshot = z.object({
  app: AppInfo,
  nodes: z.array(NodeView),
  plans: z.array(PlanView),
  runs: z.array(Run),
  results: z.array(ResultRow),
  metrics: z.array(MetricPoint),
  samples: z.array(Sample),
  gpus: z.array(GpuReading),
  mode: RunMode,
  alerts: z.array(Alert),
  settings: Settings,
})
export type Snapshot = z.infer<typeof Snapshot>

/**
 * Samples and GPU readings: only the newest per node reaches the screen. All else comes in the order it happened.
 */
export const FleetEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), snapshot: Snapshot }),
  z.object({ type: z.literal('sample'), sample: Sample }),
  z.object({ type: z.literal('gpu'), reading: GpuReading }),
  z.object({ type: z.literal('node'), node: NodeView }),
  z.object({ type: z.literal('fleet'), nodes: z.array(NodeView), plans: z.array(PlanView) }),
  z.object({ type: z.literal('run'), run: Run }),
  z.object({ type: z.literal('result'), row: ResultRow }),
  z.object({ type: z.literal('metric'), point: MetricPoint }),
  z.object({ type: z.literal('mode'), mode: RunMode }),
  z.object({ type: z.literal('alert'), alert: Alert }),
  z.object({ type: z.literal('alert-cleared'), id: z.string() }),
  z.object({ type: z.literal('settings'), settings: Settings }),
])
export type FleetEvent = z.infer<typeof FleetEvent>
