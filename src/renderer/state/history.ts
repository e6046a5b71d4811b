import type { FleetEvent } from '../../contract/events'
import type { NodeName } from '../../contract/ids'

/** Five minutes at one sample a second: what a card's sparkline shows. */
export const HISTORY_LENGTH = 300

/** `CPU`, `RAM`, `GPU 0`, `VRAM 0`, … : the gauge's name on the card. */
export type GaugeName = string

/**
 * The last five minutes of every gauge, outside React: canvases read it when they draw.
 * Percent 0-100; NaN is a second without a reading and is drawn as a gap.
 */
export function createHistory() {
  const rings = new Map<string, Float32Array>()
  const listeners = new Map<NodeName, Set<() => void>>()

  function push(node: NodeName, gauge: GaugeName, percent: number | null): void {
    const key = `${node}\n${gauge}`
    const ring = rings.get(key) ?? new Float32Array(HISTORY_LENGTH).fill(Number.NaN)
    ring.copyWithin(0, 1)
    ring[HISTORY_LENGTH - 1] = percent ?? Number.NaN
    rings.set(key, ring)
  }

  return {
    /** Oldest first. The same array every time, changed in place; undefined before the first reading. */
    of: (node: NodeName, gauge: GaugeName): Float32Array | undefined => rings.get(`${node}\n${gauge}`),

    /** Called after every reading of `node`. Returns its own removal. */
    subscribe(node: NodeName, listener: () => void): () => void {
      const ofNode = listeners.get(node) ?? new Set()
      listeners.set(node, ofNode.add(listener))
      return () => ofNode.delete(listener)
    },

    applyBatch(batch: readonly FleetEvent[]): void {
      const touched = new Set<NodeName>()
      for (const event of batch) {
        if (event.type === 'sample') {
          const { node, cpuPct, memUsedMiB, memTotalMiB, disk, load1, cpuThreads } = event.sample
          push(node, 'CPU', cpuPct)
          push(node, 'RAM', percentOf(memUsedMiB, memTotalMiB))
          push(node, 'Disk', disk === null ? null : percentOf(disk.usedMiB, disk.totalMiB))
          push(node, 'Load', percentOf(load1, cpuThreads))
          touched.add(node)
        }
        if (event.type === 'gpu') {
          for (const gpu of event.reading.gpus) {
            push(event.reading.node, `GPU ${gpu.index}`, gpu.utilPct)
            push(event.reading.node, `VRAM ${gpu.index}`, percentOf(gpu.memUsedMiB, gpu.memTotalMiB))
          }
          touched.add(event.reading.node)
        }
      }
      for (const node of touched) listeners.get(node)?.forEach(listener => listener())
    },
  }
}

/** Percent of `total`, or null when either is not reported. */
export function percentOf(used: number | null, total: number | null): number | null {
  return used === null || total === null || total <= 0 ? null : (used / total) * 100
}

export const history = createHistory()
