import { randomInt } from 'node:crypto'
import { RunId } from '../../contract/ids'
import type { ModeFlags } from '../../contract/mode'
import type { PlanConfig } from '../config/planSchema'
import type { PlannedStart } from './firstTracks'
import type { WorkerSpec } from './planWorkers'
import { logGlobsOf } from './runFiles'
import type { RunRecord, WorkerRecord } from './runRecord'

/** Pure: how a run begins in the book. Who waits for other tracks says so; all others are being started. */
export function newRun(
  plan: PlanConfig,
  run: RunId,
  started: ModeFlags,
  { workers, waitsFor }: PlannedStart,
  nowMs: number,
): RunRecord {
  return {
    id: run,
    plan: plan.name,
    startedAtMs: nowMs,
    started,
    isModeKnown: true,
    stop: null,
    engine: plan.engine,
    origin: 'started',
    owner: null,
    files: [],
    cleanups: [],
    gaps: [],
    logGlobs: logGlobsOf(plan, workers),
    workers: workers.map(spec => newWorker(spec, [...(waitsFor.get(spec.track) ?? [])], nowMs)),
  }
}

function newWorker(
  spec: WorkerSpec,
  waitsFor: WorkerRecord['worker']['waitsFor'],
  nowMs: number,
): WorkerRecord {
  const isWaiting = waitsFor.length > 0
  return {
    worker: {
      id: spec.id,
      track: spec.track,
      node: spec.node,
      index: spec.index,
      nodeIndex: spec.nodeIndex,
      state: 'starting',
      stateSinceMs: nowMs,
      detail: isWaiting ? `waits for ${waitsFor.join(', ')}` : null,
      identity: null,
      progress: null,
      reported: null,
      logBytes: 0,
      logLines: 0,
      endedAtMs: null,
      end: null,
      waitsFor,
      container: null,
    },
    stop: {
      signal: spec.stop.signal,
      graceSeconds: spec.stop.graceSeconds,
      drain: spec.stop.drain ?? null,
    },
    progressRule: spec.progress,
    readBytes: 0,
    readerState: null,
    isLogComplete: false,
    secretNames: spec.secrets,
    start: { spec, launchedAtMs: isWaiting ? null : nowMs },
  }
}

/** `20261124-140211-k3f9`: the start in UTC, and four letters against two starts in one second. */
export function newRunId(nowMs: number): RunId {
  const [date = '', time = ''] = new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T')
  const letters = Array.from({ length: 4 }, () => 'abcdefghjkmnpqrstuvwxyz23456789'[randomInt(31)]).join('')
  return RunId.parse(`${date}-${time}-${letters}`)
}
