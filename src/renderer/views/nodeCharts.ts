import type { NodeHistory } from '../../contract/history'
import type { NodeView } from '../../contract/nodes'
import type { GpuReading } from '../../contract/samples'
import type { GaugeScale } from '../components/gaugeBand'
import { type ChartData, recentData, rolledData } from '../state/chartData'
import type { GaugeName, ReadingSource } from '../state/history'
import type { NodeSpan } from './screenStore'

/** One chart of a node's screen. */
export interface ChartPlan {
  readonly title: string
  readonly detail: string | null
  readonly unit: '%' | 'B/s'
  readonly scale: GaugeScale | null
  readonly source: ReadingSource
  readonly lines: readonly { readonly id: string; readonly label: string; readonly gauge: GaugeName }[]
}

/** As the switch and the charts' names say it. */
export const SPANS: readonly (readonly [NodeSpan, string, string])[] = [
  ['recent', '5 minutes', 'last 5 minutes'],
  ['hour', '1 hour', 'last hour'],
  ['day', '24 hours', 'last 24 hours'],
]
export const RECENT_MS = 5 * 60_000

/** The charts that this node has: also those of GPUs that are known only from its history. */
export function chartsOf(
  node: NodeView,
  gpu: GpuReading | undefined,
  history: NodeHistory | null = null,
): readonly ChartPlan[] {
  const { target, limit } = node
  const percent = (title: string, id: string, limitPct: number, targetPct: number | null): ChartPlan => ({
    title,
    detail: null,
    unit: '%',
    scale: { targetPct, tolerancePct: target.tolerance, limitPct },
    source: 'sample',
    lines: [{ id, label: title, gauge: title }],
  })
  const cards = cardsOf(gpu, history).flatMap(([index, name]): ChartPlan[] => [
    { ...percent(`GPU ${index}`, `gpu ${index}`, limit.gpu, target.gpu), source: 'gpu', detail: name },
    { ...percent(`VRAM ${index}`, `vram ${index}`, limit.vram, null), source: 'gpu' },
  ])
  return [
    percent('CPU', 'cpu', limit.cpu, target.cpu),
    percent('RAM', 'ram', limit.ram, null),
    ...cards,
    bytes('Disk I/O', ['diskRead', 'read'], ['diskWritten', 'written']),
    bytes('Network', ['netReceived', 'received'], ['netSent', 'sent']),
  ]
}

/** Index and model of each card; of one that is not told of now, only the index. */
function cardsOf(
  gpu: GpuReading | undefined,
  history: NodeHistory | null,
): readonly (readonly [number, string | null])[] {
  const names = new Map<number, string | null>()
  for (const { id, mean } of history?.series ?? []) {
    const index = /^gpu (\d+)$/.exec(id)?.[1]
    if (index !== undefined && mean.some(value => value !== null)) names.set(Number(index), null)
  }
  for (const { index, name } of gpu?.gpus ?? []) {
    names.set(index, name === null ? null : name.replace(/^(NVIDIA )?(GeForce )?/, ''))
  }
  return [...names].sort(([one], [other]) => one - other)
}

const bytes = (title: string, ...lines: readonly (readonly [GaugeName, string])[]): ChartPlan => ({
  title,
  detail: null,
  unit: 'B/s',
  scale: null,
  source: 'sample',
  lines: lines.map(([gauge, label]) => ({ id: gauge, label, gauge })),
})

/** Where the last five minutes of a node are. */
export interface RecentReadings {
  of(gauge: GaugeName): Float32Array | undefined
  timesOf(source: ReadingSource): Float64Array | undefined
}

export function recentChart(plan: ChartPlan, readings: RecentReadings, nowMs: number): ChartData {
  const times = readings.timesOf(plan.source)
  const newestMs = times?.at(-1) ?? Number.NaN
  // A reading may be newer than a clock that ticks once a second.
  const toMs = Number.isNaN(newestMs) ? nowMs : Math.max(nowMs, newestMs)
  const lines = plan.lines.map(({ id, label, gauge }) => ({ id, label, ring: readings.of(gauge) }))
  return recentData(times, lines, toMs - RECENT_MS, toMs)
}

export const rolledChart = (plan: ChartPlan, history: NodeHistory): ChartData =>
  rolledData(history, plan.lines)

/** Nothing is known yet. */
export const emptyChart = (plan: ChartPlan, nowMs: number, spanMs: number): ChartData => ({
  fromMs: nowMs - spanMs,
  toMs: nowMs,
  timesMs: [],
  lines: plan.lines.map(({ id, label }) => ({ id, label, values: [], peaks: null })),
})
