import type { RunId, WorkerId } from '../../contract/ids'
import type { ReportedFlags } from '../../contract/mode'
import type { Container, ProcessIdentity, Survivor, WorkerEnd } from '../../contract/runs'
import type { DockerConfig } from '../config/planSchema'

/** How workers are started, watched and stopped on one node whose link is online. */
export interface Engine {
  /** Starts a worker once, however often it is called with the same run and worker. Errors: `launch-failed`. */
  start(launch: WorkerLaunch): Promise<StartAnswer>
  /**
   * Sees to it that a worker whose START was never answered cannot come up any more. `false`: it was started, or is
   * being started. Errors: `launch-failed` when the node cannot write.
   */
  forbid(run: RunId, worker: WorkerId): Promise<boolean>
  watch(run: RunId, workers: readonly KnownWorker[]): Promise<readonly WatchedWorker[]>
  /** The living processes of a run on this node, with the mode that each of them carries. */
  family(run: RunId, workers: readonly KnownWorker[]): Promise<readonly FamilyMember[]>
  /**
   * Stops these workers, each by its own ladder if it has one, and no others; the ladder goes on on the node when it
   * needs longer than a moment. Those that were never started cannot be started any more.
   */
  stop(run: RunId, ladder: StopLadder, workers: readonly KnownWorker[]): Promise<StopAnswer>
  /** How far the ladder of the STOP with this id is; null when it never ran, or was ended from outside. */
  stopReport(run: RunId, stopId: string, workers: readonly KnownWorker[]): Promise<StopAnswer | null>
  /** What a program may take over from the node's own login (PATH, HOME, …). */
  baseEnvironment(): Promise<ReadonlyMap<string, string>>
  logPath(run: RunId, worker: WorkerId): string
}

export interface WorkerLaunch {
  readonly run: RunId
  readonly worker: WorkerId
  /** A shell line; null: the container's own. */
  readonly command: string | null
  /** Absolute on the node. */
  readonly workdir: string
  /** In order, the mode's variables last. */
  readonly environment: readonly (readonly [name: string, value: string])[]
  /** What is kept beside the run on its node: for people and for adoption, without any secret. */
  readonly spec: unknown
  readonly dryRun: '0' | '1'
  readonly allowOrders: '0' | '1'
  /** The worker is stopped, on its node, when it runs longer; null: it may run for ever. */
  readonly limitSeconds: number | null
  /** null: a plain process. */
  readonly container: DockerConfig | null
}

/** Who Drydock believes a worker's leader to be; null when it never heard. */
export interface KnownWorker {
  readonly worker: WorkerId
  readonly identity: ProcessIdentity | null
  /** How this worker is stopped, when that is not what the whole STOP says. */
  readonly ladder?: WorkerLadder
}

export type WorkerLadder = Pick<StopLadder, 'signal' | 'graceSeconds' | 'drain'>

export interface StopLadder {
  /** Names this STOP: a report that is found later says whose it is. */
  readonly stopId: string
  readonly signal: string
  /** 0 goes to KILL at once. */
  readonly graceSeconds: number
  /** Comes before `signal`: to finish what they have, so many seconds at most. */
  readonly drain: { readonly signal: string; readonly seconds: number } | null
  /**
   * The run has other workers on the node, and they go on: what carries the run's mark and belongs to no worker in
   * particular is left alone.
   */
  readonly isPartial?: boolean
}

export type StartAnswer =
  /** `exists`: somebody started this worker before, and this is who runs there. */
  | {
      readonly outcome: 'started' | 'exists'
      readonly identity: ProcessIdentity
      readonly container: Container | null
    }
  /** Its folder is made, and nobody has said yet who runs in it: it may still come up. */
  | { readonly outcome: 'unsure'; readonly sentence: string }

export type WatchedWorker =
  | { readonly worker: WorkerId; readonly state: 'absent' | 'launching' }
  /** The node has a record of it, and nobody there can say now whether it runs. */
  | { readonly worker: WorkerId; readonly state: 'unsure'; readonly sentence: string }
  | {
      readonly worker: WorkerId
      readonly state: 'running' | 'vanished' | 'rebooted'
      readonly identity: ProcessIdentity
      readonly container: Container | null
    }
  | {
      readonly worker: WorkerId
      readonly state: 'ended'
      readonly exitCode: number
      /** By the node's clock, ms since the epoch, to the second. */
      readonly endedAtMs: number
      /** null when the wrapper ended before it could say who it is. */
      readonly identity: ProcessIdentity | null
      readonly container: Container | null
      readonly end: WorkerEnd
      /** Says more about the end than its cause can: how long the time limit was, that it is only likely. */
      readonly sentence?: string
    }

export interface FamilyMember {
  readonly pid: number
  readonly startTicks: number
  /** null: the process carries no mark of a worker (it cleared its environment, or overwrote it). */
  readonly worker: WorkerId | null
  /** Whether its environment could be read, and was not empty. */
  readonly isReadable: boolean
  readonly flags: ReportedFlags
}

export interface StopAnswer {
  readonly phase: 'under-way' | 'proved' | 'still-running'
  readonly workers: readonly StoppedWorker[]
  readonly groups: number
  readonly processesGone: number
  readonly tookMs: number
  readonly signal: string
  /** Set when KILL was sent: after so many seconds. */
  readonly killedAfterS: number | null
  /** Until the ladder goes to KILL; null when it did, need not, or did not say. */
  readonly killInMs: number | null
  /** Until the last of those that drain is stopped after all; null or absent when nobody drains. */
  readonly drainsForMs?: number | null
  readonly survivors: readonly StopSurvivor[]
}

export interface StoppedWorker {
  readonly worker: WorkerId
  readonly leader: LeaderState
  /** How it was stopped; absent when nothing of it was there to be stopped, or the engine does not say. */
  readonly how?: Pick<StopAnswer, 'signal' | 'killedAfterS'>
}

export type StopSurvivor = Survivor & {
  readonly state: string
  /** Whose it is; null or absent when nobody can say. */
  readonly worker?: WorkerId | null
}

/** `refused`: its start time is not the one that was recorded, so nothing of that worker was signalled. */
type LeaderState = (typeof LEADER_STATES)[number]
export const LEADER_STATES = ['live', 'gone', 'absent', 'rebooted', 'refused'] as const
