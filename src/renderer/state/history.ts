import type { FleetEvent } from '../../contract/events'
import type { NodeName } from '../../contract/ids'
import type { GpuReading, Sample } from '../../contract/samples'

/** Five minutes at one sample a second: what a card's sparkline shows. */
export const HISTORY_LENGTH = 300

/**
 * `CPU`, `RAM`, `GPU 0`, `VRAM 0`, … : the gauge's name on the card. `netReceived`, `netSent`, `diskRead` and
 * `diskWritten` have no gauge and are in bytes a second.
 */
export type GaugeName = string

/** GPU readings come in a turn of their own. */
export type ReadingSource = 'sample' | 'gpu'

/**
 * The last five minutes of every gauge, outside React: canvases read it when they draw.
 * Percent 0-100; NaN is a second without a reading and is drawn as a gap. Rings of one source are filled together, so
 * the times of that source are those of all of them.
 */
export function createHistory() {
  const { rings, times, pushSample, pushGpus } = createRings()
  const listeners = new Map<NodeName, Set<() => void>>()

  return {
    /** Oldest first. The same array every time, changed in place; undefined before the first reading. */
    of: (node: NodeName, gauge: GaugeName): Float32Array | undefined => rings.get(`${node}\n${gauge}`),

    /** When each reading of the source came (epoch ms), like `of`. NaN before the first. */
    timesOf: (node: NodeName, source: ReadingSource): Float64Array | undefined =>
      times.get(`${node}\n${source}`),

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
          pushSample(event.sample)
          touched.add(event.sample.node)
        }
        if (event.type === 'gpu') {
          pushGpus(event.reading)
          touched.add(event.reading.node)
        }
      }
      for (const node of touched) listeners.get(node)?.forEach(listener => listener())
    },
  }
}

/** What is pushed and how, apart from who is told. */
function createRings() {
  const rings = new Map<string, Float32Array>()
  const times = new Map<string, Float64Array>()

  function push(node: NodeName, gauge: GaugeName, percent: number | null): void {
    const key = `${node}\n${gauge}`
    const ring = rings.get(key) ?? new Float32Array(HISTORY_LENGTH).fill(Number.NaN)
    ring.copyWithin(0, 1)
    ring[HISTORY_LENGTH - 1] = percent ?? Number.NaN
    rings.set(key, ring)
  }

  function pushTime(node: NodeName, source: ReadingSource, atMs: number): void {
    const key = `${node}\n${source}`
    const ring = times.get(key) ?? new Float64Array(HISTORY_LENGTH).fill(Number.NaN)
    ring.copyWithin(0, 1)
    ring[HISTORY_LENGTH - 1] = atMs
    times.set(key, ring)
  }

  function pushSample(sample: Sample): void {
    const { node, cpuPct, memUsedMiB, memTotalMiB, disk, load1, cpuThreads } = sample
    pushTime(node, 'sample', sample.atMs)
    push(node, 'CPU', cpuPct)
    push(node, 'RAM', percentOf(memUsedMiB, memTotalMiB))
    push(node, 'Disk', disk === null ? null : percentOf(disk.usedMiB, disk.totalMiB))
    push(node, 'Load', percentOf(load1, cpuThreads))
    push(node, 'netReceived', sample.netReceivedBytesPerS)
    push(node, 'netSent', sample.netSentBytesPerS)
    push(node, 'diskRead', sample.diskReadBytesPerS)
    push(node, 'diskWritten', sample.diskWrittenBytesPerS)
  }

  function pushGpus({ node, atMs, gpus }: GpuReading): void {
    pushTime(node, 'gpu', atMs)
    const told = new Set(gpus.map(gpu => gpu.index))
    for (const gpu of gpus) {
      push(node, `GPU ${gpu.index}`, gpu.utilPct)
      push(node, `VRAM ${gpu.index}`, percentOf(gpu.memUsedMiB, gpu.memTotalMiB))
    }
    // A card that fell off the bus has a gap, and its ring keeps step with the others.
    for (let index = 0; rings.has(`${node}\nGPU ${index}`); index += 1) {
      if (told.has(index)) continue
      push(node, `GPU ${index}`, null)
      push(node, `VRAM ${index}`, null)
    }
  }

  return { rings, times, pushSample, pushGpus }
}

/** Percent of `total`, or null when either is not reported. */
export function percentOf(used: number | null, total: number | null): number | null {
  return used === null || total === null || total <= 0 ? null : (used / total) * 100
}

export const history = createHistory()
