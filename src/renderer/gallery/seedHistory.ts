import type { FleetEvent } from '../../contract/events'
import type { NodeView } from '../../contract/nodes'
import { HISTORY_LENGTH, history } from '../state/history'
import { gpuReading, type Load, NOW_MS, sample } from './builders'

/** Fills five minutes of every gauge with readings that wander around the load, the same ones every time. */
export function seedHistory(nodes: readonly NodeView[], loadOf: (node: NodeView) => Load): void {
  for (const [index, node] of nodes.entries()) {
    // Never measured so far.
    if (node.link.state === 'connecting') continue
    const wander = createWander(index + 1)
    const events: FleetEvent[] = []
    for (let second = 1; second <= HISTORY_LENGTH; second += 1) {
      const isNow = second === HISTORY_LENGTH
      const load = isNow ? loadOf(node) : shifted(loadOf(node), wander())
      const atMs = NOW_MS - (HISTORY_LENGTH - second) * 1000
      events.push({ type: 'sample', sample: { ...sample(node, load, atMs), ...rates(wander()) } })
      events.push({ type: 'gpu', reading: gpuReading(node, load, atMs) })
    }
    history.applyBatch(events)
  }
}

const rates = (by: number) => ({
  netReceivedBytesPerS: 900_000 + by * 80_000,
  netSentBytesPerS: 260_000 - by * 20_000,
  diskReadBytesPerS: Math.max(0, 4_000_000 + by * 900_000),
  diskWrittenBytesPerS: Math.max(0, 30_000_000 - by * 3_000_000),
})

function shifted(load: Load, by: number): Load {
  const near = (value: number | null): number | null =>
    value === null ? null : Math.min(100, Math.max(0, value + by * Math.min(1, value / 30)))
  const slow = (value: number | null): number | null =>
    value === null ? null : Math.max(0, value + by * 0.2)
  const { gpuState, ...rest } = load
  return {
    ...rest,
    ...(gpuState !== undefined && gpuState !== 'hung' && { gpuState }),
    cpu: near(load.cpu),
    ram: slow(load.ram),
    ...(load.gpus && { gpus: load.gpus.map(gpu => ({ ...gpu, util: near(gpu.util) })) }),
  }
}

/** A walk that keeps within ±9, from a small linear generator: no randomness in a picture. */
export function createWander(seed: number): () => number {
  let state = seed * 2_654_435_761
  let at = 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    at = at * 0.93 + (state / 2 ** 32 - 0.5) * 4
    return Math.min(9, Math.max(-9, at))
  }
}
