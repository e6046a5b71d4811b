import { z } from 'zod'
import { NodeName, PlanName, TrackName } from './ids'

/** How workers are started. */
export const EngineKind = z.enum(['process', 'docker', 'ray'])
export type EngineKind = z.infer<typeof EngineKind>

/** A plan as the editor holds it: what somebody is typing, right or wrong. `check` says what is wrong with it. */
const text = z.string().max(20_000)
const range = z.union([z.number(), z.tuple([z.number(), z.number()])])

const PlanNeeds = z.strictObject({
  cpu: range.nullable(),
  gpu: range.nullable(),
  memGiB: range.nullable(),
  diskGiB: range.nullable(),
})

export const DockerDraft = z.strictObject({
  image: text,
  pull: z.enum(['missing', 'always', 'never']),
  /** Folder on the node that the image is built from when it is missing; null: it is pulled. */
  build: text.nullable(),
  containerName: text.nullable(),
  onConflict: z.enum(['refuse', 'remove', 'suffix']),
  network: text.nullable(),
  mounts: z.array(text),
  /** Path on the node. */
  envFile: text.nullable(),
  gpus: text.nullable(),
  cpus: z.number().nullable(),
  memory: text.nullable(),
  shm: text.nullable(),
  init: z.boolean(),
})
export type DockerDraft = z.infer<typeof DockerDraft>

export const TrackDraft = z.strictObject({
  name: text,
  on: z.union([z.literal('all'), z.array(text), z.strictObject({ role: text })]),
  /** Per node. */
  workers: z.number(),
  /** null: the container's own command. */
  command: text.nullable(),
  workdir: text.nullable(),
  env: z.array(z.strictObject({ name: text, value: text })),
  needs: PlanNeeds,
  progress: z.union([
    z.strictObject({ json: z.literal(true) }),
    z.strictObject({ match: text }),
    z.strictObject({ count: text, total: z.number().nullable() }),
  ]),
  stopSignal: text,
  graceSeconds: z.number(),
  /** Asks a worker to finish what it has and take no more; null when it knows no such signal. */
  drainSignal: text.nullable(),
  drainSeconds: z.number(),
  secrets: z.array(text),
  clientId: z.number().nullable(),
  /** Tracks that must have succeeded before this one starts. */
  after: z.array(text),
  limitSeconds: z.number().nullable(),
  /** A worker that has ended so soon after its launch counts as failed to start; 0 does not look. */
  aliveSeconds: z.number(),
  /** What a failed worker of this track does to the run. */
  onFailure: z.enum(['warn', 'abort']),
  /** Log files that the program writes itself: globs on the node. */
  logs: z.array(text),
  docker: DockerDraft.nullable(),
})
export type TrackDraft = z.infer<typeof TrackDraft>

export const PlanDraft = z.strictObject({
  name: text,
  engine: EngineKind,
  /** A command that must have succeeded before any track starts, on one node. */
  prerequisite: z
    .strictObject({ command: text, on: text.nullable(), limitSeconds: z.number().nullable() })
    .nullable(),
  tracks: z.array(TrackDraft).max(64),
  /** What is done on every node of the run, once, after its last worker there has ended. */
  cleanup: z.union([z.strictObject({ command: text }), z.strictObject({ remove: z.array(text) })]).nullable(),
  /** `preflight:` as the file has it: kept as it is. */
  preflight: z.array(z.unknown()),
})
export type PlanDraft = z.infer<typeof PlanDraft>

/** What is wrong with one field of a draft: `path` leads to it, as in `['tracks', 0, 'command']`. */
export const DraftProblem = z.object({
  path: z.array(z.union([z.string(), z.number()])),
  message: z.string(),
  fix: z.string(),
})
export type DraftProblem = z.infer<typeof DraftProblem>

/** One worker that a plan would start. */
export const PreviewWorker = z.object({
  track: TrackName,
  node: NodeName,
  index: z.number().int(),
  command: z.string(),
  workdir: z.string(),
  /** In order; a secret's value is `••••`. */
  environment: z.array(z.object({ name: z.string(), value: z.string(), isSecret: z.boolean() })),
})
export type PreviewWorker = z.infer<typeof PreviewWorker>

/** What a node is asked for by all workers of a plan, against what it has free now; null is not known. */
export const PreviewNode = z.object({
  node: NodeName,
  isOnline: z.boolean(),
  workers: z.number().int(),
  needs: z.array(
    z.object({
      what: z.enum(['cpu', 'gpu', 'memGiB', 'diskGiB']),
      low: z.number(),
      high: z.number(),
      free: z.number().nullable(),
      /** `ok`; `tight`: the high end does not fit; `over`: not even the low end does; `unknown`. */
      verdict: z.enum(['ok', 'tight', 'over', 'unknown']),
    }),
  ),
})
export type PreviewNode = z.infer<typeof PreviewNode>

export const PlanPreview = z.object({
  problems: z.array(DraftProblem),
  /** The first 500; empty while there are problems. */
  workers: z.array(PreviewWorker),
  nodes: z.array(PreviewNode),
  /** Tracks in the order of their starting: those of one step start together. */
  steps: z.array(z.array(TrackName)),
})
export type PlanPreview = z.infer<typeof PlanPreview>

/** A plan that was taken out of the file, to be put back as it was. */
export const RemovedPlan = z.strictObject({
  name: PlanName,
  index: z.number().int().nonnegative(),
  /** Its lines of `fleet.yaml`, comments and all. */
  yaml: z.string().max(200_000),
})
export type RemovedPlan = z.infer<typeof RemovedPlan>

/** A track as the plan picker and the start dialog show it. */
export const TrackView = z.object({
  name: TrackName,
  nodes: z.array(NodeName),
  /** Per node. */
  workers: z.number().int(),
  after: z.array(TrackName),
  onFailure: z.enum(['warn', 'abort']),
})
export type TrackView = z.infer<typeof TrackView>

/** What can be started, as the plan picker shows it. */
export const PlanView = z.object({
  name: PlanName,
  engine: EngineKind,
  /** The nodes it would go to, in the fleet's order. */
  nodes: z.array(NodeName),
  workers: z.number().int(),
  tracks: z.array(TrackView),
  /** The secrets that its tracks name. */
  secrets: z.array(z.object({ name: z.string(), isSet: z.boolean() })),
  /** Why it cannot be started at all (an engine that is not built yet, no node); null when it can. */
  refusal: z.string().nullable(),
})
export type PlanView = z.infer<typeof PlanView>

/** Which tracks to start, and with how many workers a node; null workers: as the plan has it. */
export const TrackChoice = z.strictObject({
  track: TrackName,
  workers: z.number().int().min(1).max(256).nullable(),
})
export type TrackChoice = z.infer<typeof TrackChoice>
