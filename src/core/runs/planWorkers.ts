import type { NodeName, RunId, TrackName } from '../../contract/ids'
import { WorkerId } from '../../contract/ids'
import type { Fleet, NodeConfig } from '../config/fleetSchema'
import type { PlanConfig, ProgressRule, TrackConfig } from '../config/planSchema'
import { expandPlaceholders } from '../config/placeholders'
import { AppError } from '../kernel/appError'

/** One thing to start: what a track becomes on one node. */
export interface WorkerSpec {
  /** `<track>-<index>`. */
  readonly id: WorkerId
  readonly track: TrackName
  readonly node: NodeName
  /** Counts over all nodes of the track from 1: the `{{worker}}` of the command. */
  readonly index: number
  /** Counts on this node and track from 1. */
  readonly nodeIndex: number
  /** All workers of the track: the `{{workers}}` of the command. */
  readonly workers: number
  /** A shell line; its placeholders are replaced. null: the container's own. */
  readonly command: string | null
  /** As the file has it: `~` and `sample:<name>` are worked out on the node. */
  readonly workdir: string
  /** The track's own variables; the node's are in its config. */
  readonly env: Readonly<Record<string, string>>
  readonly stop: TrackConfig['stop']
  readonly progress: ProgressRule
}

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
          stop: track.stop,
          progress: track.progress,
        }
      }),
    )
  })
}

function isOn(on: TrackConfig['on'], node: NodeConfig): boolean {
  if (on === 'all') return true
  return 'role' in on ? node.roles.includes(on.role) : on.includes(node.name)
}

function safeWord(value: string): string {
  if (SAFE_WORD.test(value)) return value
  throw new AppError('refused', `${JSON.stringify(value)} cannot stand in a command.`, {
    hint: 'Use letters, digits, dots, _ and - in names.',
  })
}
