import { z } from 'zod'

/** A word that is safe in a path, in an environment value and in a shell line. */
const SAFE_WORD = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/** A node's name: unique in the fleet and shown everywhere. */
export const NodeName = z.string().max(64).regex(SAFE_WORD).brand<'NodeName'>()
export type NodeName = z.infer<typeof NodeName>

export const PlanName = z.string().max(64).regex(SAFE_WORD).brand<'PlanName'>()
export type PlanName = z.infer<typeof PlanName>

export const TrackName = z.string().max(64).regex(SAFE_WORD).brand<'TrackName'>()
export type TrackName = z.infer<typeof TrackName>

/** `<UTC date>-<UTC time>-<random>`: sorts by start, and names the run's folder on every node. */
export const RunId = z.string().max(64).regex(SAFE_WORD).brand<'RunId'>()
export type RunId = z.infer<typeof RunId>

/** `<track>-<n>`: unique in its run, names the worker's folder on its node. */
export const WorkerId = z.string().max(96).regex(SAFE_WORD).brand<'WorkerId'>()
export type WorkerId = z.infer<typeof WorkerId>

/** A log file that the programs of a run write themselves: `@1`, `@2`, … in the order they were found. */
export const FileLogId = z
  .string()
  .regex(/^@[1-9]\d{0,5}$/)
  .brand<'FileLogId'>()
export type FileLogId = z.infer<typeof FileLogId>

/** One log of a run: a worker's own, named like the worker, or a file that its programs write. */
export const LogId = z.union([WorkerId, FileLogId])
export type LogId = z.infer<typeof LogId>
