import { z } from 'zod'
import { FileLogId, NodeName, PlanName, RunId, TrackName, WorkerId } from './ids'
import { LogGap } from './logs'
import { ModeFlags, ModeName, ReportedFlags } from './mode'
import { EngineKind } from './plans'

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

/** How a worker came to its end, as far as anything on its node wrote it down. */
export const WorkerEnd = z.object({
  cause: z.enum([
    'exit', // the program ended by itself
    'signal', // a signal ended it
    'out-of-memory',
    'time-limit',
    'reboot',
    'killed-outside', // no end was written
    'never-started',
  ]),
  /** As the wrapper (or the Docker Engine) wrote it; null when nobody did. */
  exitCode: z.number().int().nullable(),
  /** `TERM`, `KILL`, …; null when no signal ended it. */
  signal: z.string().nullable(),
})
export type WorkerEnd = z.infer<typeof WorkerEnd>

/** The container that a worker is. */
export const Container = z.object({
  /** All 64 digits. */
  id: z.string(),
  name: z.string(),
  image: z.string(),
})
export type Container = z.infer<typeof Container>

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
  /** null while it has not ended, and for those whose end an older Drydock noted. */
  end: WorkerEnd.nullable().default(null),
  /** Tracks that must succeed before it is started; it is `starting` until then. Empty: it waits for nothing. */
  waitsFor: z.array(TrackName).default([]),
  container: Container.nullable().default(null),
  /** Its plan says how it drains. Absent: it does not. */
  canDrain: z.boolean().optional(),
})
export type Worker = z.infer<typeof Worker>

export const Survivor = z.object({
  pid: z.number().int(),
  startTicks: z.number().int(),
  command: z.string(),
  user: z.string(),
  /** What it hangs in, when it is in uninterruptible sleep and no signal can reach it; else null. */
  hangsIn: z.string().nullable().default(null),
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
  /** Who was asked to stop; null: every worker of the run. Absent in what an older Drydock stored. */
  workers: z.array(WorkerId).nullable().optional(),
  nodes: z.array(NodeStop),
  /** `proved`: no process of the run is left anywhere. */
  outcome: z.enum(['under-way', 'proved', 'still-running', 'unconfirmed']),
  /** Begins `Nothing is left running` or `Still running:`; null while under way. */
  summary: z.string().nullable(),
  endedAtMs: z.number().nullable(),
})
export type StopReport = z.infer<typeof StopReport>

/** Who started a run that is not this Drydock's. */
export const RunOwner = z.object({
  /** `w1@laptop`, as its `spec.json` says it. */
  name: z.string(),
  /** The id of that Drydock's state folder. */
  app: z.string(),
})
export type RunOwner = z.infer<typeof RunOwner>

/** A log that the run's programs write themselves. */
export const RunFile = z.object({
  id: FileLogId,
  track: TrackName,
  node: NodeName,
  /** Absolute on the node. */
  path: z.string(),
  logBytes: z.number(),
  logLines: z.number(),
})
export type RunFile = z.infer<typeof RunFile>

/** What is done on a node after the run has ended there, and what came of it. */
export const Cleanup = z.object({
  node: NodeName,
  state: z.enum(['waiting', 'running', 'succeeded', 'failed', 'unknown']),
  exitCode: z.number().int().nullable(),
  /** One sentence, or what it printed last; null when there is nothing to say. */
  detail: z.string().nullable(),
  endedAtMs: z.number().nullable(),
})
export type Cleanup = z.infer<typeof Cleanup>

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
  engine: EngineKind,
  /** `pid-file`: a program that no Drydock started. */
  origin: z.enum(['started', 'taken-over', 'foreign', 'pid-file']),
  /** Set exactly for a `foreign` run, which is looked at and not touched. */
  owner: RunOwner.nullable(),
  files: z.array(RunFile),
  cleanups: z.array(Cleanup),
  /** Gaps in the logs of this run, by log. */
  gaps: z.array(z.object({ log: z.string(), gap: LogGap })),
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

/** How hard a STOP is: `drain` asks workers to finish what they have first, `force` kills at once. */
export const StopHow = z.enum(['drain', 'stop', 'force'])
export type StopHow = z.infer<typeof StopHow>

/** What a pid file leads to, before it is adopted. */
export const PidFileFinding = z.object({
  node: NodeName,
  pidFile: z.string(),
  identity: ProcessIdentity,
  command: z.string(),
  user: z.string(),
  /** By the node's clock (epoch ms). */
  startedAtMs: z.number(),
  /** Why the process may be another one than the file means (it started after the file was written); null when none. */
  doubt: z.string().nullable(),
  /** `/tmp` is emptied when the node boots, and the like; null when there is none. */
  warning: z.string().nullable(),
})
export type PidFileFinding = z.infer<typeof PidFileFinding>
