import type { NodeView } from '../../contract/nodes'
import { clockTime, diskSize, percent } from '../format'
import type { FleetState } from '../state/fleetStore'
import { percentOf } from '../state/history'
import { gpuWord, type RingOf } from './nodeReadings'
import type { NodeWork } from './nodeWork'
import { type Problem, problem, sentence } from './problem'

/** Idle or over the limit for this many seconds without a pause: trouble and not a moment. */
const SUSTAINED_S = 60
const IDLE_BELOW_PCT = 10

/** What is wrong with a machine that is online, from its readings. */
export function machineProblems(
  state: FleetState,
  node: NodeView,
  ringOf: RingOf,
  work: NodeWork | undefined,
  nowMs: number,
): Problem[] {
  if (node.link.state !== 'online') return []
  const gpuNames = (state.gpus[node.name]?.gpus ?? []).map(gpu => `${gpu.index}`)
  const rings = { cpu: ringOf('CPU'), gpus: gpuNames.map(name => ringOf(`GPU ${name}`)) }
  return [
    ...diskProblems(state, node),
    ...gpuProblems(state, node, work),
    ...limitProblems(node, gpuNames, ringOf),
    ...idleProblems(node, rings, work, nowMs),
  ]
}

function diskProblems(state: FleetState, { name, limit }: NodeView): Problem[] {
  const disk = state.samples[name]?.disk ?? null
  const usedPct = disk === null ? null : percentOf(disk.usedMiB, disk.totalMiB)
  if (disk === null || usedPct === null || Math.round(usedPct) < limit.disk) return []
  return [
    problem({
      id: `disk ${name}`,
      severity: 'err',
      node: name,
      what: `${name}: disk ${percent(usedPct)} full, ${diskSize(disk.freeMiB)} free`,
      brief: `${name} disk ${percent(usedPct)}`,
      cause: `Limit ${percent(limit.disk)}, ${disk.mount}.`,
      fix: 'Old run folders are under the node’s state folder.',
      closes: 'screen',
    }),
  ]
}

const BRIEFLY: Readonly<Record<string, string>> = { hung: 'does not answer', lost: 'lost' }

/** A driver that hangs or does not work; a machine without a GPU is well. */
function gpuProblems(state: FleetState, { name }: NodeView, work: NodeWork | undefined): Problem[] {
  const gpu = state.gpus[name]
  const word = gpu === undefined ? null : gpuWord(gpu)
  if (gpu === undefined || word === null || !word.isTrouble) return []
  return [
    problem({
      id: `gpu ${name} ${gpu.state}`,
      severity: gpu.state === 'hung' && work !== undefined ? 'err' : 'warn',
      node: name,
      what: `${name}: ${word.text.replace(/\.$/, '')}`,
      brief: `${name} GPU ${BRIEFLY[gpu.state] ?? 'cannot be read'}`,
      fix: word.hint === null ? null : sentence(word.hint),
      closes: 'screen',
    }),
  ]
}

/** Without a figure that moves: an alert that changes every second would be read out every second. */
function limitProblems({ name, limit }: NodeView, gpuNames: readonly string[], ringOf: RingOf): Problem[] {
  const gauges: readonly (readonly [string, number])[] = [
    ['RAM', limit.ram],
    ...gpuNames.map(gpu => [`GPU ${gpu}`, limit.gpu] as const),
    ...gpuNames.map(gpu => [`VRAM ${gpu}`, limit.vram] as const),
  ]
  return gauges.flatMap(([gauge, limitPct]) =>
    sustainedS(ringOf(gauge), reading => Math.round(reading) >= limitPct) < SUSTAINED_S
      ? []
      : [
          problem({
            id: `limit ${name} ${gauge}`,
            severity: 'warn',
            node: name,
            what: `${name}: ${gauge} over its limit of ${percent(limitPct)}`,
            brief: `${name} ${gauge} over ${percent(limitPct)}`,
            cause: 'For more than a minute.',
            closes: 'screen',
          }),
        ],
  )
}

function idleProblems(
  node: NodeView,
  rings: BusyRings,
  work: NodeWork | undefined,
  nowMs: number,
): Problem[] {
  if (work === undefined || work.state !== 'running') return []
  const idleS = idleSecondsOf(rings)
  if (idleS < SUSTAINED_S) return []
  const lastStep = work.lastStepAtMs === null ? '' : ` Its last step came at ${clockTime(work.lastStepAtMs)}.`
  return [
    problem({
      id: `idle ${node.name} ${work.run}`,
      severity: 'warn',
      node: node.name,
      what: `${node.name} is assigned but idle`,
      brief: `${node.name} idle while assigned`,
      cause: `CPU and GPU below ${percent(IDLE_BELOW_PCT)} since ${clockTime(nowMs - idleS * 1000).slice(0, 5)}.${lastStep}`,
      buttons: [{ does: 'show-log', run: work.run, worker: work.worker }],
      closes: 'screen',
    }),
  ]
}

interface BusyRings {
  readonly cpu: Float32Array | undefined
  readonly gpus: readonly (Float32Array | undefined)[]
}

/** How long CPU and every GPU have been idle together. */
const idleSecondsOf = ({ cpu, gpus }: BusyRings): number =>
  Math.min(...[cpu, ...gpus].map(ring => sustainedS(ring, reading => reading < IDLE_BELOW_PCT)))

/** How many of the newest readings in a row are so. A reading that is missing ends the row. */
function sustainedS(ring: Float32Array | undefined, isSo: (reading: number) => boolean): number {
  if (ring === undefined) return 0
  let seconds = 0
  while (seconds < ring.length && isSo(ring[ring.length - 1 - seconds] ?? Number.NaN)) seconds += 1
  return seconds
}
