import { describe, expect, it } from 'vitest'
import type { Alert, FleetEvent, Snapshot } from '../../contract/events'
import { gpuReading, node, NOW_MS, result, run, sample, worker } from '../gallery/builders'
import { plan } from '../gallery/plans'
import { initialState, reduce } from './fleetStore'

const [here, pc2] = [node({ name: 'this-pc' }), node({ name: 'pc2' })]
const first = run({
  id: 'r1',
  plan: 'kelly',
  state: 'running',
  startedAgoS: 9,
  workers: [worker({ node: 'pc2', index: 1, nodeIndex: 1 })],
})
const alert = (id: string, what: string): Alert => ({
  id,
  severity: 'warn',
  node: null,
  run: null,
  what,
  cause: null,
  fix: null,
  atMs: NOW_MS,
})

const snapshot: Snapshot = {
  app: { version: '0.1.0', home: '/home/w1/drydock', fleetFile: '/home/w1/drydock/fleet.yaml' },
  nodes: [here, pc2],
  plans: [plan('kelly', ['pc2'], 1)],
  runs: [first],
  results: [],
  metrics: [],
  samples: [sample(here, { cpu: 10, ram: 20 }, 100), sample(pc2, { cpu: 30, ram: 40 }, 300)],
  gpus: [gpuReading(pc2, { cpu: 30, ram: 40 })],
  mode: initialState.mode,
  alerts: [alert('a1', 'old news')],
  settings: { theme: 'light' },
}
const live = reduce(initialState, [{ type: 'snapshot', snapshot }])

describe('what the screen knows', () => {
  it('begins with a snapshot, whatever was there before', () => {
    const lost = { ...live, engine: 'lost' as const, alerts: [alert('a9', 'gone')] }
    expect(reduce(lost, [{ type: 'snapshot', snapshot }])).toEqual(live)
    expect([live.engine, live.lastSampleAtMs, Object.keys(live.samples)]).toEqual([
      'live',
      300,
      ['this-pc', 'pc2'],
    ])
  })

  it('leaves alone what a sample does not touch', () => {
    const next = reduce(live, [{ type: 'sample', sample: sample(pc2, { cpu: 75, ram: 40 }, 400) }])
    expect(next.samples[pc2.name]?.cpuPct).toBe(75)
    expect(next.samples[here.name]).toBe(live.samples[here.name])
    expect([next.nodes, next.runs, next.alerts]).toEqual([live.nodes, live.runs, live.alerts])
    expect(next.runs).toBe(live.runs)
  })

  it('keeps the order of nodes and runs when one of them changes, and puts a new run first', () => {
    const gone = { ...here, link: { state: 'connecting' as const, sinceMs: 1 } }
    const second = { ...first, id: 'r2' as typeof first.id }
    const ended = { ...first, state: 'succeeded' as const }
    const next = reduce(live, [
      { type: 'node', node: gone },
      { type: 'run', run: second },
      { type: 'run', run: ended },
    ])
    expect(next.nodes).toEqual([gone, pc2])
    expect(next.runs).toEqual([second, ended])
  })

  it('has each result, metric and alert once: the newest', () => {
    const metric = (value: number): FleetEvent => ({
      type: 'metric',
      point: { run: first.id, worker: first.workers[0]!.id, name: 'equity', step: null, value, atMs: 1 },
    })
    const row = (median: number): FleetEvent => ({
      type: 'result',
      row: result(first, 'SPX 0.5', 1, { median }),
    })
    const next = reduce(live, [
      row(1),
      row(2),
      metric(1),
      metric(2),
      { type: 'alert', alert: alert('a1', 'newer') },
      { type: 'alert', alert: alert('a2', 'another') },
      { type: 'alert-cleared', id: 'a1' },
    ])
    expect(next.results.map(({ values }) => values)).toEqual([{ median: 2 }])
    expect(next.metrics.map(({ value }) => value)).toEqual([2])
    expect(next.alerts.map(({ id }) => id)).toEqual(['a2'])
  })

  it('follows the fleet file, the mode and the settings', () => {
    const mode = { ...initialState.mode, name: 'NO ORDERS' as const }
    const next = reduce(live, [
      { type: 'fleet', nodes: [pc2], plans: [] },
      { type: 'mode', mode },
      { type: 'settings', settings: { theme: 'system' } },
      { type: 'gpu', reading: gpuReading(here, { cpu: 1, ram: 1 }) },
    ])
    expect([next.nodes, next.plans, next.mode, next.settings, Object.keys(next.gpus)]).toEqual([
      [pc2],
      [],
      mode,
      { theme: 'system' },
      ['pc2', 'this-pc'],
    ])
  })
})
