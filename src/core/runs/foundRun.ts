import { z } from 'zod'
import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import { PlanName, TrackName } from '../../contract/ids'
import { ModeFlags } from '../../contract/mode'
import { EngineKind } from '../../contract/plans'
import type { ReportedFlags } from '../../contract/mode'
import type { RunOwner } from '../../contract/runs'
import { ProgressRule } from '../config/planSchema'
import type { RunRecord, WorkerRecord } from './runRecord'

/** What a worker's folder says about it, as any version of Drydock wrote it; what it does not say has a stand-in. */
export interface FoundSpec {
  readonly plan: PlanName
  readonly engine: EngineKind
  /** null: what it was started with is not written there. */
  readonly mode: ModeFlags | null
  readonly isAdopted: boolean
  readonly track: TrackName
  readonly index: number
  readonly nodeIndex: number
  readonly stop: WorkerRecord['stop']
  readonly progress: unknown
  /** Names of the secrets that it was launched with. */
  readonly secrets: string[]
}

const Stop = z.object({
  signal: z.string().regex(/^[A-Z][A-Z0-9]*$/),
  graceSeconds: z.number().min(0).max(3600),
  drain: z
    .object({ signal: z.string().regex(/^[A-Z][A-Z0-9]*$/), seconds: z.number() })
    .nullish()
    .transform(drain => drain ?? null),
})

const Spec = z.object({
  plan: PlanName.catch(PlanName.parse('unknown')),
  engine: EngineKind.catch('process'),
  mode: ModeFlags.nullable().catch(null),
  adopted: z.boolean().catch(false),
  track: TrackName.nullable().catch(null),
  index: z.number().int().positive().nullable().catch(null),
  nodeIndex: z.number().int().positive().catch(1),
  stop: Stop.catch({ signal: 'TERM', graceSeconds: 20, drain: null }),
  progress: ProgressRule.catch({ json: true }),
  secrets: z.array(z.string()).catch([]),
})

/** Shape: `spec.json` of any version. Absent: the folder's own name says track and index; the rest has its default. */
export function readSpec(worker: WorkerId, value: unknown): FoundSpec {
  const spec = Spec.parse(typeof value === 'object' && value !== null ? value : {})
  const [, trackName = worker, number = '1'] = /^(.*)-(\d+)$/.exec(worker) ?? []
  return {
    ...spec,
    isAdopted: spec.adopted,
    track: spec.track ?? TrackName.catch(TrackName.parse('unknown')).parse(trackName),
    index: spec.index ?? Number(number),
  }
}

/** A worker that was found on its node; its state is `unknown` until the first look, which follows at once. */
export function foundWorker(id: WorkerId, node: NodeName, spec: FoundSpec, nowMs: number): WorkerRecord {
  // What nobody wrote down and no process has shown yet is not known: not safe, and not live.
  const reported: ReportedFlags | null = spec.mode === null ? { dryRun: null, allowOrders: null } : null
  return {
    worker: {
      id,
      track: spec.track,
      node,
      index: spec.index,
      nodeIndex: spec.nodeIndex,
      state: 'unknown',
      stateSinceMs: nowMs,
      detail: 'found on its node',
      identity: null,
      progress: null,
      reported,
      logBytes: 0,
      logLines: 0,
      endedAtMs: null,
      end: null,
      waitsFor: [],
      container: null,
    },
    stop: spec.stop,
    progressRule: spec.progress,
    readBytes: 0,
    readerState: null,
    isLogComplete: false,
    secretNames: spec.secrets,
    start: null,
  }
}

/** The run around the workers that were found; `owner` null: it is this Drydock's own. */
export function foundRecord(
  id: RunId,
  owner: RunOwner | null,
  spec: FoundSpec,
  workers: readonly WorkerRecord[],
  nowMs: number,
): RunRecord {
  const own = spec.isAdopted ? 'pid-file' : 'started'
  return {
    id,
    plan: spec.plan,
    startedAtMs: startOf(id) ?? nowMs,
    started: spec.mode ?? { dryRun: true, allowOrders: false },
    isModeKnown: spec.mode !== null,
    stop: null,
    engine: spec.engine,
    origin: owner === null ? own : 'foreign',
    owner,
    files: [],
    cleanups: [],
    gaps: [],
    logGlobs: [],
    workers: [...workers],
  }
}

/** The start that a run's name begins with, by its owner's clock; null for another name. */
function startOf(run: RunId): number | null {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(run) ?? []
  const atMs = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`)
  return Number.isNaN(atMs) ? null : atMs
}
