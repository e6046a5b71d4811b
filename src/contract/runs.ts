import { z } from 'zod'
import { NodeName, PlanName, RunId, TrackName, WorkerId } from './ids'
import { ModeFlags, ModeName, ReportedFlags } from './mode'

export const WorkerState = z.enum([
  'starting',
  'running',
  'stopping',
  'succeeded',
  'failed',
  'stopped',
  'unknown',
  'lost',
])
export type WorkerState = z.infer<typeof WorkerState>

/** Who a process is: these four together never name two processes. */
export const ProcessIdentity = z.object({
  pid: z.number().int().positive(),
  processGroup: z.number().int().positive(),
  /** Field 22 of `/proc/<pid>/stat`: clock ticks since boot. Kept relative to boot, so clock steps cannot touch it. */
  startTicks: z.number().int().nonnegative(),
  bootId: z.string(),
})
export type ProcessIdentity = z.infer<typeof ProcessIdentity>

export const Progress = z.object({
  step: z.number(),
  /** null when the worker did not say how many there are. */
  total: z.number().nullable(),
  /** When it was reported (epoch ms, this PC's clock). */
  atMs: z.number(),
  /** Steps per second over the last minute; null before two reports. */
  ratePerS: z.number().nullable(),
})
export type Progress = z.infer<typeof Progress>

export const Worker = z.object({
  id: WorkerId,
  track: TrackName,
  node: NodeName,
  /** Counts over all nodes of the track from 1: the `{{worker}}` of the command. */
  index: z.number().int(),
  /** Counts on this node from 1: `pc2 w1`. */
  nodeIndex: z.number().int(),
  state: WorkerState,
  /** Since when (epoch ms): the age of an `unknown`. */
  stateSinceMs: z.number(),
  /** One sentence: the exit code or signal, why it is unknown or lost; null when there is nothing to say. */
  detail: z.string().nullable(),
  identity: ProcessIdentity.nullable(),
  progress: Progress.nullable(),
  /** What the process carries, read back from it; null until it was read. */
  reported: ReportedFlags.nullable(),
  logBytes: z.number(),
  logLines: z.number(),
  endedAtMs: z.number().nullable(),
})
export type Worker = z.infer<typeof Worker>

export const Survivor = z.object({
  pid: z.number().int(),
  startTicks: z.number().int(),
  command: z.string(),
  user: z.string(),
})
export type Survivor = z.infer<typeof Survivor>

/** How far STOP is on one node, and in the end its proof. */
export const NodeStop = z.object({
  node: NodeName,
  phase: z.enum(['queued', 'sent', 'acknowledged', 'verified', 'still-running', 'unconfirmed']),
  groups: z.number().int(),
  /** Processes that belonged to the run when STOP reached the node and are gone now. */
  processesGone: z.number().int(),
  survivors: z.array(Survivor),
  /** `TERM`, or `KILL after 20 s`. */
  how: z.string().nullable(),
  /** One sentence for the row. */
  message: z.string(),
  /** When the ladder goes to KILL (epoch ms, this PC's clock); null when it did or need not. */
  killAtMs: z.number().nullable(),
  checkedAtMs: z.number().nullable(),
  tookMs: z.number().nullable(),
})
export type NodeStop = z.infer<typeof NodeStop>

export const StopReport = z.object({
  askedAtMs: z.number(),
  graceSeconds: z.number(),
  isForced: z.boolean(),
  nodes: z.array(NodeStop),
  /** `proved`: no process of the run is left anywhere. */
  outcome: z.enum(['under-way', 'proved', 'still-running', 'unconfirmed']),
  /** Begins `Nothing is left running` or `Still running:`; null while under way. */
  summary: z.string().nullable(),
  endedAtMs: z.number().nullable(),
})
export type StopReport = z.infer<typeof StopReport>

export const Run = z.object({
  id: RunId,
  plan: PlanName,
  /** Derived from its workers'. */
  state: WorkerState,
  detail: z.string().nullable(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  /** What it was started with. Toggling the switches never changes it. */
  started: ModeFlags,
  /** From what its processes report; `MIXED` when they disagree or cannot be read. */
  mode: ModeName,
  workers: z.array(Worker),
  progress: Progress.nullable(),
  stop: StopReport.nullable(),
})
export type Run = z.infer<typeof Run>

/** A run is active until every worker has ended; `unknown` is not an end. */
export const ACTIVE_STATES: readonly WorkerState[] = ['starting', 'running', 'stopping', 'unknown']

/** A row of the results table, as a worker printed it. */
export const ResultRow = z.object({
  run: RunId,
  worker: WorkerId,
  node: NodeName,
  name: z.string(),
  values: z.record(z.string(), z.number().nullable()),
  atMs: z.number(),
})
export type ResultRow = z.infer<typeof ResultRow>

/** The newest value of one metric of one worker. */
export const MetricPoint = z.object({
  run: RunId,
  worker: WorkerId,
  name: z.string(),
  step: z.number().nullable(),
  value: z.number(),
  atMs: z.number(),
})
export type MetricPoint = z.infer<typeof MetricPoint>

/** What can be started, as the plan picker shows it. */
export const PlanView = z.object({
  name: PlanName,
  engine: z.enum(['process', 'docker', 'ray']),
  /** The nodes it would go to, in the fleet's order. */
  nodes: z.array(NodeName),
  workers: z.number().int(),
  /** Why it cannot be started at all (an engine that is not built yet, no node); null when it can. */
  refusal: z.string().nullable(),
})
export type PlanView = z.infer<typeof PlanView>
