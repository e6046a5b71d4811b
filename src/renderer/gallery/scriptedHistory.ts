import type { HistorySeries, HistorySpan, NodeHistory } from '../../contract/history'
import type { NodeView } from '../../contract/nodes'
import { percentOf } from '../state/history'
import { type Load, NOW_MS } from './builders'
import { createWander } from './seedHistory'

const SPANS = { hour: { stepMs: 10_000, steps: 360 }, day: { stepMs: 120_000, steps: 720 } } as const
/** Drydock was closed for a part of the time. */
const GAP = [0.42, 0.55] as const

/** What an engine would remember of a node under this load: the same every time, with one gap. */
export function scriptedHistory(node: NodeView, span: HistorySpan, load: Load): NodeHistory {
  const { stepMs, steps } = SPANS[span]
  const fromMs = Math.floor(NOW_MS / stepMs) * stepMs - (steps - 1) * stepMs
  const series = (
    id: string,
    unit: HistorySeries['unit'],
    level: number | null,
    swing: number,
  ): HistorySeries => {
    const wander = createWander(id.length * 7 + id.charCodeAt(0))
    const most = unit === '%' ? 100 : Infinity
    const values = Array.from({ length: steps }, (_, step) => {
      const by = wander()
      if (level === null || (step > steps * GAP[0] && step < steps * GAP[1])) return [null, null] as const
      const mean = Math.min(most, Math.max(0, level + by * swing))
      return [mean, Math.min(most, mean + Math.abs(by) * swing * 0.4)] as const
    })
    return { id, unit, mean: values.map(([mean]) => mean), max: values.map(([, highest]) => highest) }
  }
  return {
    node: node.name,
    fromMs,
    stepMs,
    series: [
      series('cpu', '%', load.cpu, 1.6),
      series('ram', '%', load.ram, 0.6),
      series('disk', '%', load.disk?.[0] ?? 55, 0.05),
      series('netReceived', 'B/s', 900_000, 80_000),
      series('netSent', 'B/s', 260_000, 24_000),
      series('diskRead', 'B/s', 14_000_000, 1_400_000),
      series('diskWritten', 'B/s', 42_000_000, 4_000_000),
      ...(load.gpus ?? []).flatMap((gpu, index) => [
        series(`gpu ${index}`, '%', gpu.util, 2),
        series(`vram ${index}`, '%', percentOf(gpu.vramGiB, gpu.totalGiB), 0.3),
      ]),
    ],
  }
}
