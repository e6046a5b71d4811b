import { z } from 'zod'
import { NodeName, PlanName, RunId } from './ids'

/** A run's folder on a node. */
export const RunFolder = z.object({
  node: NodeName,
  run: RunId,
  /** null when its `spec.json` does not say, or cannot be read. */
  plan: PlanName.nullable(),
  /** null: not measured (the node has no `du`, or it took too long). */
  bytes: z.number().nullable(),
  startedAtMs: z.number().nullable(),
  /** The newest end that a wrapper wrote; null when there is none. */
  endedAtMs: z.number().nullable(),
  /** Something of it lives, or might: it is never removed. */
  isActive: z.boolean(),
  /** Another Drydock started it. */
  isForeign: z.boolean(),
  /** Logs of it that are not yet whole on this PC: removing it would lose them. */
  hasUnreadLogs: z.boolean(),
})
export type RunFolder = z.infer<typeof RunFolder>

/** Both together: what is not among the newest `keepLast` and older than `olderThanDays`. */
export const FolderRule = z.strictObject({
  keepLast: z.number().int().min(0).max(10_000),
  olderThanDays: z.number().min(0).max(10_000),
})
export type FolderRule = z.infer<typeof FolderRule>

export const FolderPreview = z.object({
  remove: z.array(RunFolder),
  /** Those that the rule names and that stay all the same, with the reason. */
  keep: z.array(z.object({ folder: RunFolder, reason: z.string() })),
})
export type FolderPreview = z.infer<typeof FolderPreview>

export const FolderRemoval = z.object({
  removed: z.array(RunId),
  failed: z.array(z.object({ run: RunId, reason: z.string() })),
  /** Bytes free on the node's disk before and after; null: not known. */
  freeBeforeBytes: z.number().nullable(),
  freeAfterBytes: z.number().nullable(),
})
export type FolderRemoval = z.infer<typeof FolderRemoval>

/** A container that carries Drydock's label and has ended. */
export const EndedContainer = z.object({
  node: NodeName,
  id: z.string(),
  name: z.string(),
  image: z.string(),
  run: RunId.nullable(),
  /** As the Docker Engine says it: `exited (137)`. */
  status: z.string(),
  sizeBytes: z.number().nullable(),
  endedAtMs: z.number().nullable(),
})
export type EndedContainer = z.infer<typeof EndedContainer>

export const ContainerRemoval = z.object({
  removed: z.array(z.string()),
  failed: z.array(z.object({ id: z.string(), reason: z.string() })),
})
export type ContainerRemoval = z.infer<typeof ContainerRemoval>
