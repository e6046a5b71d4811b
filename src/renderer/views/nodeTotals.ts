import type { NodeView } from '../../contract/nodes'
import { count, memoryOf, percent, plural } from '../format'
import type { FleetState } from '../state/fleetStore'
import { workByNode } from './nodeWork'

/** What several nodes do together. Averages and sums over what is online and reports it; null when none does. */
export interface NodeTotals {
  readonly nodes: number
  readonly online: number
  readonly cpuPct: number | null
  /** Over all cards. */
  readonly gpuPct: number | null
  readonly vramUsedMiB: number | null
  readonly vramTotalMiB: number | null
  /** Active ones. */
  readonly workers: number
}

type Readings = Pick<FleetState, 'samples' | 'gpus' | 'runs'>

export function totalsOf(nodes: readonly NodeView[], state: Readings): NodeTotals {
  const online = nodes.filter(node => node.link.state === 'online').map(node => node.name)
  const gpus = online.flatMap(name => state.gpus[name]?.gpus ?? [])
  const vram = gpus.filter(gpu => gpu.memUsedMiB !== null && gpu.memTotalMiB !== null)
  const work = workByNode(state.runs)
  return {
    nodes: nodes.length,
    online: online.length,
    cpuPct: average(online.map(name => state.samples[name]?.cpuPct ?? null)),
    gpuPct: average(gpus.map(gpu => gpu.utilPct)),
    vramUsedMiB: vram.length === 0 ? null : sum(vram.map(gpu => gpu.memUsedMiB ?? 0)),
    vramTotalMiB: vram.length === 0 ? null : sum(vram.map(gpu => gpu.memTotalMiB ?? 0)),
    workers: sum(nodes.map(node => work.get(node.name)?.workers ?? 0)),
  }
}

/** `49/50 online`, `CPU 74 %`, `GPU 73 %`, `VRAM 530/960 GiB`, `98 workers`; what no node reports is left out. */
export function totalWords(totals: NodeTotals): readonly string[] {
  const { nodes, online, cpuPct, gpuPct, vramUsedMiB, vramTotalMiB, workers } = totals
  const vram = vramUsedMiB === null || vramTotalMiB === null ? null : memoryOf(vramUsedMiB, vramTotalMiB)
  return [
    `${count(online)}/${count(nodes)} online`,
    cpuPct === null ? null : `CPU ${percent(cpuPct)}`,
    gpuPct === null ? null : `GPU ${percent(gpuPct)}`,
    vram === null ? null : `VRAM ${vram}`,
    workers === 0 ? null : plural(workers, 'worker'),
  ].filter(words => words !== null)
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)

function average(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null)
  return known.length === 0 ? null : sum(known) / known.length
}
