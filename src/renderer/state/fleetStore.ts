import { createStore, useStore } from 'zustand'
import type { Alert, AppInfo, FleetEvent, Settings, Snapshot } from '../../contract/events'
import type { NodeName } from '../../contract/ids'
import type { RunMode } from '../../contract/mode'
import type { NodeView } from '../../contract/nodes'
import type { PlanView } from '../../contract/plans'
import type { MetricPoint, ResultRow, Run } from '../../contract/runs'
import type { GpuReading, Sample } from '../../contract/samples'

/** What the screen knows. Logs and gauge histories are elsewhere: they change far more often than React draws. */
export interface FleetState {
  /** `waiting` until the first snapshot; `lost` when the engine went away (the display is frozen). */
  readonly engine: 'waiting' | 'live' | 'lost'
  readonly app: AppInfo
  readonly nodes: readonly NodeView[]
  readonly plans: readonly PlanView[]
  /** Newest first. */
  readonly runs: readonly Run[]
  readonly results: readonly ResultRow[]
  readonly metrics: readonly MetricPoint[]
  readonly samples: Readonly<Record<NodeName, Sample>>
  readonly gpus: Readonly<Record<NodeName, GpuReading>>
  readonly mode: RunMode
  readonly alerts: readonly Alert[]
  readonly settings: Settings
  /** When the newest sample of any node came (epoch ms); null before the first. */
  readonly lastSampleAtMs: number | null
}

export const initialState: FleetState = {
  engine: 'waiting',
  app: { version: '', home: '', fleetFile: '' },
  nodes: [],
  plans: [],
  runs: [],
  results: [],
  metrics: [],
  samples: {},
  gpus: {},
  mode: {
    flags: { dryRun: true, allowOrders: false },
    broker: null,
    name: 'SAFE',
    verdict: 'orders WILL NOT be sent',
    remark: null,
  },
  alerts: [],
  settings: { theme: 'dark' },
  lastSampleAtMs: null,
}

/** Pure: the next state after a batch. One batch is one store update, so one render. */
export function reduce(state: FleetState, batch: readonly FleetEvent[]): FleetState {
  let next = state
  let readings: Reading[] = []
  for (const event of batch) {
    if (event.type === 'sample' || event.type === 'gpu') {
      readings.push(event)
      continue
    }
    next = apply(withReadings(next, readings), event)
    readings = []
  }
  return withReadings(next, readings)
}

type Reading = Extract<FleetEvent, { type: 'sample' | 'gpu' }>

/** All of them in one copy: a hundred nodes come in one batch. */
function withReadings(state: FleetState, readings: readonly Reading[]): FleetState {
  if (readings.length === 0) return state
  const samples = { ...state.samples }
  const gpus = { ...state.gpus }
  let { lastSampleAtMs } = state
  for (const event of readings) {
    if (event.type === 'gpu') gpus[event.reading.node] = event.reading
    else {
      samples[event.sample.node] = event.sample
      lastSampleAtMs = event.sample.atMs
    }
  }
  return { ...state, samples, gpus, lastSampleAtMs }
}

function apply(state: FleetState, event: Exclude<FleetEvent, Reading>): FleetState {
  switch (event.type) {
    case 'snapshot':
      return fromSnapshot(event.snapshot)
    case 'node':
      return { ...state, nodes: state.nodes.map(node => (node.name === event.node.name ? event.node : node)) }
    case 'fleet':
      return { ...state, nodes: event.nodes, plans: event.plans }
    case 'run':
      return { ...state, runs: withRun(state.runs, event.run) }
    case 'result':
      return { ...state, results: withRow(state.results, event.row) }
    case 'metric':
      return { ...state, metrics: withPoint(state.metrics, event.point) }
    case 'mode':
      return { ...state, mode: event.mode }
    case 'alert':
      return { ...state, alerts: [...state.alerts.filter(alert => alert.id !== event.alert.id), event.alert] }
    case 'alert-cleared':
      return { ...state, alerts: state.alerts.filter(alert => alert.id !== event.id) }
    case 'settings':
      return { ...state, settings: event.settings }
    default:
      return event satisfies never
  }
}

function fromSnapshot(snapshot: Snapshot): FleetState {
  const { samples, gpus, ...rest } = snapshot
  return {
    ...rest,
    engine: 'live',
    samples: Object.fromEntries(samples.map(sample => [sample.node, sample])),
    gpus: Object.fromEntries(gpus.map(reading => [reading.node, reading])),
    lastSampleAtMs: samples.length === 0 ? null : Math.max(...samples.map(sample => sample.atMs)),
  }
}

function withRun(runs: readonly Run[], run: Run): readonly Run[] {
  const isKnown = runs.some(known => known.id === run.id)
  return isKnown ? runs.map(known => (known.id === run.id ? run : known)) : [run, ...runs]
}

function withRow(rows: readonly ResultRow[], row: ResultRow): readonly ResultRow[] {
  const isSame = (known: ResultRow): boolean =>
    known.run === row.run && known.worker === row.worker && known.name === row.name
  return rows.some(isSame) ? rows.map(known => (isSame(known) ? row : known)) : [...rows, row]
}

function withPoint(points: readonly MetricPoint[], point: MetricPoint): readonly MetricPoint[] {
  const isSame = (known: MetricPoint): boolean =>
    known.run === point.run && known.worker === point.worker && known.name === point.name
  return points.some(isSame) ? points.map(known => (isSame(known) ? point : known)) : [...points, point]
}

export const fleetStore = createStore<FleetState>(() => initialState)
export const applyBatch = (batch: readonly FleetEvent[]): void =>
  fleetStore.setState(state => reduce(state, batch))

/** Select the smallest value you draw; never build a new object inside the selector. */
export const useFleet = <T>(select: (state: FleetState) => T): T => useStore(fleetStore, select)
