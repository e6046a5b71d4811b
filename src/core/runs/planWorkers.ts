import { z } from 'zod'
import type { RunId } from '../../contract/ids'
import { NodeName, TrackName, WorkerId } from '../../contract/ids'
import type { Fleet, NodeConfig } from '../config/fleetSchema'
import type { PlanConfig, TrackConfig } from '../config/planSchema'
import { DockerConfig, ProgressRule } from '../config/planSchema'
import { expandPlaceholders } from '../config/placeholders'
import { AppError } from '../kernel/appError'

/** One thing to start: what a track becomes on one node. Kept with a worker that waits, so that it can be read back. */
export const WorkerSpec = z.object({
  /** `<track>-<index>`. */
  id: WorkerId,
  track: TrackName,
  node: NodeName,
  /** Counts over all nodes of the track from 1: the `{{worker}}` of the command. */
  index: z.number(),
  /** Counts on this node and track from 1. */
  nodeIndex: z.number(),
  /** All workers of the track: the `{{workers}}` of the command. */
  workers: z.number(),
  /** A shell line; its placeholders are replaced. null: the container's own. */
  command: z.string().nullable(),
  /** As the file has it: `~` and `sample:<name>` are worked out on the node. */
  workdir: z.string(),
  /** The track's own variables; the node's are in its config. */
  env: z.record(z.string(), z.string()),
  /** Names; their values are asked of the keychain at launch and kept nowhere. */
  secrets: z.array(z.string()),
  stop: z.object({
    signal: z.string(),
    graceSeconds: z.number(),
    drain: z.object({ signal: z.string(), seconds: z.number() }).optional(),
  }),
  progress: ProgressRule,
  limitSeconds: z.number().nullable(),
  aliveSeconds: z.number(),
  onFailure: z.enum(['warn', 'abort']),
  /** null: a plain process. */
  container: DockerConfig.nullable(),
})
export type WorkerSpec = z.infer<typeof WorkerSpec>

/** What may stand in a shell line without quotes. */
const SAFE_WORD = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/**
 * The workers of a run, track by track as the plan has them, and within a track in the fleet's order of nodes. A
 * disabled node gets none. Pure: the same fleet, plan and run give the same workers.
 * Errors: `refused` when a name that goes into a command is not a safe word.
 */
export function planWorkers(fleet: Fleet, plan: PlanConfig, run: RunId): readonly WorkerSpec[] {
  return plan.tracks.flatMap(track => {
    const nodes = fleet.nodes.filter(node => !node.disabled && isOn(track.on, node))
    const total = nodes.length * track.workers
    return nodes.flatMap((node, position) =>
      Array.from({ length: track.workers }, (_, onNode): WorkerSpec => {
        const index = position * track.workers + onNode + 1
        return {
          id: WorkerId.parse(`${track.name}-${index}`),
          track: track.name,
          node: node.name,
          index,
          nodeIndex: onNode + 1,
          workers: total,
          command:
            track.command === undefined
              ? null
              : expandPlaceholders(track.command, {
                  worker: safeWord(String(index)),
                  workers: safeWord(String(total)),
                  node: safeWord(node.name),
                  run: safeWord(run),
                }),
          workdir: track.workdir ?? node.workdir ?? '~',
          env: track.env,
          secrets: track.secrets,
          stop: track.stop,
          progress: track.progress,
          limitSeconds: track.limitSeconds ?? null,
          aliveSeconds: track.aliveSeconds,
          onFailure: track.onFailure,
          container: plan.engine === 'docker' ? (track.docker ?? null) : null,
        }
      }),
    )
  })
}

function isOn(on: TrackConfig['on'], node: NodeConfig): boolean {
  if (on === 'all') return true
  return 'role' in on ? node.roles.includes(on.role) : on.includes(node.name)
}

/** Errors: `refused` for what is not one word of a shell. */
export function safeWord(value: string): string {
  if (SAFE_WORD.test(value)) return value
  throw new AppError('refused', `${JSON.stringify(value)} cannot stand in a command.`, {
    hint: 'Use letters, digits, dots, _ and - in names.',
  })
}
