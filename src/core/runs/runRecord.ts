import { z } from 'zod'
import { LogId, NodeName, PlanName, RunId, TrackName } from '../../contract/ids'
import { LogGap } from '../../contract/logs'
import type { ModeFlags as ModeFlagsType, ModeName, ReportedFlags } from '../../contract/mode'
import { ModeFlags } from '../../contract/mode'
import { EngineKind } from '../../contract/plans'
import { Cleanup, RunFile, RunOwner, StopReport, Worker } from '../../contract/runs'
import type { Progress, Run } from '../../contract/runs'
import { WorkerSpec } from './planWorkers'
import { deriveRunState, isActive } from './workerState'

/** What the engine keeps of a worker beyond what a screen draws: how to stop it, and how far its log was read. */
export const WorkerRecord = z.object({
  worker: Worker,
  stop: z.object({
    signal: z.string(),
    graceSeconds: z.number(),
    drain: z.object({ signal: z.string(), seconds: z.number() }).nullable().default(null),
  }),
  /** The track's progress rule, as `fleet.yaml` has it. */
  progressRule: z.unknown(),
  /** Bytes of the local log that have been read for reports, up to the end of a whole line. */
  readBytes: z.number(),
  /** The progress reader's own state at that byte. */
  readerState: z.unknown(),
  /** The worker has ended, and its whole log is on this PC. */
  isLogComplete: z.boolean(),
  /** The secrets that it was given; names only. */
  secretNames: z.array(z.string()).default([]),
  /** What it is started from; null for one that this Drydock did not start, or an older one did. */
  start: z
    .object({
      spec: WorkerSpec,
      /** When its node was asked to start it (epoch ms, this PC's clock); null while it waits. */
      launchedAtMs: z.number().nullable(),
    })
    .nullable()
    .default(null),
})
export type WorkerRecord = z.infer<typeof WorkerRecord>

/** A pattern of log files on one node, and how far Drydock is with it. */
export const LogGlob = z.object({
  track: TrackName,
  node: NodeName,
  glob: z.string(),
  /** The first look is done: what is found from now on is the run's from its first byte. */
  isBegun: z.boolean().default(false),
  /** The run has ended there, and all of its files are on this PC. */
  isComplete: z.boolean().default(false),
})
export type LogGlob = z.infer<typeof LogGlob>

export const RunRecord = z.object({
  id: RunId,
  plan: PlanName,
  startedAtMs: z.number(),
  started: ModeFlags,
  /** false: `started` is a stand-in, since nobody wrote down what the run was started with. */
  isModeKnown: z.boolean().default(true),
  stop: StopReport.nullable(),
  engine: EngineKind.default('process'),
  origin: z.enum(['started', 'taken-over', 'foreign', 'pid-file']).default('started'),
  owner: RunOwner.nullable().default(null),
  files: z.array(RunFile).default([]),
  logGlobs: z.array(LogGlob).default([]),
  cleanups: z.array(Cleanup).default([]),
  gaps: z.array(z.object({ log: LogId, gap: LogGap })).default([]),
  workers: z.array(WorkerRecord),
})
export type RunRecord = z.infer<typeof RunRecord>

/** The run as a screen draws it; all that follows from the workers is worked out here and stored nowhere. */
export function toRun(record: RunRecord, nameMode: NameMode): Run {
  const workers = record.workers.map(({ worker, stop }) =>
    stop.drain === null ? worker : { ...worker, canDrain: true },
  )
  const isOver = workers.every(worker => !isActive(worker.state))
  return {
    id: record.id,
    plan: record.plan,
    ...deriveRunState(workers),
    startedAtMs: record.startedAtMs,
    endedAtMs: isOver ? Math.max(record.startedAtMs, ...workers.map(worker => worker.endedAtMs ?? 0)) : null,
    started: record.started,
    mode: nameMode(record.started, workers),
    workers,
    progress: totalProgress(workers.map(worker => worker.progress)),
    stop: record.stop,
    engine: record.engine,
    origin: record.origin,
    owner: record.owner,
    files: record.files,
    cleanups: record.cleanups,
    gaps: record.gaps,
  }
}

export type NameMode = (
  started: ModeFlagsType,
  workers: readonly { readonly reported: ReportedFlags | null }[],
) => ModeName

/** The sum over the workers; null before the first report. Without every total there is no total. */
function totalProgress(parts: readonly (Progress | null)[]): Progress | null {
  const known = parts.filter(part => part !== null)
  if (known.length === 0) return null
  const rates = known.map(part => part.ratePerS).filter(rate => rate !== null)
  const totals = parts.map(part => part?.total ?? null)
  return {
    step: known.reduce((sum, part) => sum + part.step, 0),
    total: totals.every(total => total !== null) ? totals.reduce((sum, total) => sum + total, 0) : null,
    atMs: Math.max(...known.map(part => part.atMs)),
    ratePerS: rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0),
  }
}
