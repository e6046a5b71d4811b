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
