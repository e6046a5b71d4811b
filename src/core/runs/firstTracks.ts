import type { NodeName, RunId } from '../../contract/ids'
import { TrackName, WorkerId } from '../../contract/ids'
import type { Fleet } from '../config/fleetSchema'
import { expandPlaceholders } from '../config/placeholders'
import type { PlanConfig } from '../config/planSchema'
import { imageCommand } from '../engines/imageCommand'
import { AppError } from '../kernel/appError'
import type { WorkerSpec } from './planWorkers'
import { safeWord } from './planWorkers'

/** The tracks that Drydock itself puts before those of a plan. */
export const PREREQUISITE = TrackName.parse('prerequisite')
export const IMAGE = TrackName.parse('image')

/** What is to be started, and which tracks each track waits for. */
export interface PlannedStart {
  readonly workers: readonly WorkerSpec[]
  readonly waitsFor: ReadonlyMap<TrackName, readonly TrackName[]>
}

/**
 * Pure: the workers of a start with those that must come first. A plan's prerequisite becomes one worker, which all
 * tracks without an `after` wait for; the images of containers become one worker a node, which every container waits
 * for. Both are plain processes. `online` are the workers of the plan whose nodes are online.
 * Errors: `refused` when a track of the plan has the name of one of these, when a prerequisite's node is not online,
 * and when a track waits for one that has no node online.
 */
export function plannedStart(
  fleet: Fleet,
  plan: PlanConfig,
  run: RunId,
  online: readonly WorkerSpec[],
  isOnline: (node: NodeName) => boolean,
): PlannedStart {
  const prerequisite = prerequisiteOf(fleet, plan, run, online, isOnline)
  const images = imagesOf(online)
  const first = [...(prerequisite === null ? [] : [prerequisite]), ...images]
  const waitsFor = new Map<TrackName, readonly TrackName[]>()
  const afterPrerequisite = prerequisite === null ? [] : [PREREQUISITE]
  if (images.length > 0) waitsFor.set(IMAGE, afterPrerequisite)
  for (const { name, after } of plan.tracks) {
    refuseName(plan, name, first)
    refuseAfterNothing(name, after, online)
    const own = after.length > 0 ? after : afterPrerequisite
    const needsImage = online.some(({ track, container }) => track === name && container !== null)
    waitsFor.set(name, needsImage ? [...own, IMAGE] : own)
  }
  return { workers: [...first, ...online], waitsFor }
}

function prerequisiteOf(
  fleet: Fleet,
  { name, prerequisite, tracks }: PlanConfig,
  run: RunId,
  online: readonly WorkerSpec[],
  isOnline: (node: NodeName) => boolean,
): WorkerSpec | null {
  if (prerequisite === undefined) return null
  const node = prerequisite.on ?? online[0]?.node
  if (node === undefined || !isOnline(node)) {
    throw new AppError('refused', `The prerequisite of ${name} runs on ${node}, which is not online.`, {
      hint: `Reconnect ${node}, or name another node in fleet.yaml.`,
    })
  }
  return {
    ...plainWorker(PREREQUISITE, node, 1, 1),
    command: expandPlaceholders(prerequisite.command, {
      worker: '1',
      workers: '1',
      node: safeWord(node),
      run: safeWord(run),
    }),
    workdir: prerequisite.workdir ?? fleet.nodes.find(one => one.name === node)?.workdir ?? '~',
    // It prepares what the tracks use, so it may know what they know.
    secrets: [...new Set(tracks.flatMap(track => track.secrets))],
    limitSeconds: prerequisite.limitSeconds ?? null,
  }
}

function imagesOf(online: readonly WorkerSpec[]): WorkerSpec[] {
  const commands = new Map<NodeName, Set<string>>()
  for (const { node, container } of online) {
    if (container === null) continue
    commands.set(node, (commands.get(node) ?? new Set()).add(imageCommand(container)))
  }
  return [...commands].map(([node, own], position) => ({
    ...plainWorker(IMAGE, node, position + 1, commands.size),
    command: [...own].join(' &&\n'),
  }))
}

function plainWorker(track: TrackName, node: NodeName, index: number, workers: number): WorkerSpec {
  return {
    id: WorkerId.parse(`${track}-${index}`),
    track,
    node,
    index,
    nodeIndex: 1,
    workers,
    command: null,
    workdir: '~',
    env: {},
    secrets: [],
    stop: { signal: 'TERM', graceSeconds: 20 },
    progress: { json: true },
    limitSeconds: null,
    aliveSeconds: 0,
    onFailure: 'warn',
    container: null,
  }
}

function refuseName(plan: PlanConfig, name: TrackName, first: readonly WorkerSpec[]): void {
  if (!first.some(({ track }) => track === name)) return
  throw new AppError('refused', `${plan.name} has a track called ${name}, and Drydock puts one before it.`, {
    hint: `Call the track something else in fleet.yaml.`,
  })
}

/** A track that nothing of could be started can never succeed. */
function refuseAfterNothing(
  name: TrackName,
  after: readonly TrackName[],
  online: readonly WorkerSpec[],
): void {
  const missing = after.find(one => !online.some(({ track }) => track === one))
  if (missing === undefined || !online.some(({ track }) => track === name)) return
  throw new AppError('refused', `${name} waits for ${missing}, and no node of ${missing} is online.`, {
    hint: `Reconnect a node of ${missing}, or start ${name} alone.`,
  })
}
