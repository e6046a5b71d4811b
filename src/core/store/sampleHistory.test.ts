import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HistorySpan, NodeHistory } from '../../contract/history'
import { NodeName } from '../../contract/ids'
import type { GpuReading, Sample } from '../../contract/samples'
import { createSampleHistory, SPANS } from './sampleHistory'
import { openStore } from './store'

let dir: string
let path: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drydock-history-'))
  path = join(dir, 'drydock.db')
})
afterEach(() => rmSync(dir, { recursive: true }))

const pc2 = NodeName.parse('pc2')
const DAY_MS = 86_400_000
/** The begin of a step of both spans. */
const START_MS = 1_790_208_000_000

const sample = (atMs: number, cpuPct: number | null, node = pc2): Sample => ({
  node,
  atMs,
  cpuPct,
  cpuThreads: 8,
  memUsedMiB: 256,
  memTotalMiB: 1024,
  swapUsedMiB: null,
  swapTotalMiB: null,
  load1: 1,
  load5: 1,
  load15: 1,
  disk: { mount: '/', usedMiB: 60, totalMiB: 100, freeMiB: 40 },
  mounts: null,
  diskReadBytesPerS: 1_000_000,
  diskWrittenBytesPerS: 2_000_000,
  cpuTempC: null,
  netReceivedBytesPerS: 3_000,
  netSentBytesPerS: 4_000,
  uptimeS: 1,
  roundTripMs: 1,
})

const gpus = (atMs: number, utilPct: readonly (number | null)[], node = pc2): GpuReading => ({
  node,
  atMs,
  state: 'ok',
  vendor: 'nvidia',
  gpus: utilPct.map((util, index) => ({
    index,
    uuid: null,
    name: null,
    utilPct: util,
    memUsedMiB: 6,
    memTotalMiB: 8,
    tempC: null,
    powerW: null,
    powerLimitW: null,
    fanPct: null,
    clockMHz: null,
    isMig: false,
  })),
  holders: null,
  driver: null,
  compute: null,
  message: null,
  hint: null,
})

/** A history on the real file whose time is set by hand; only `write` writes. */
function open(atMs: number) {
  const store = openStore(path)
  const clock = {
    atMs,
    nowMs: () => clock.atMs,
    monotonicMs: () => 0,
    sleep: (_ms: number, signal: AbortSignal): Promise<void> =>
      new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true })),
  }
  const troubles: unknown[] = []
  const history = createSampleHistory({
    store,
    clock,
    hasNode: node => node === pc2,
    onStoreTrouble: error => void troubles.push(error),
    onCrash: (_name, error) => void troubles.push(error),
  })
  return {
    clock,
    history,
    store,
    troubles,
    close: async (): Promise<void> => {
      await history[Symbol.asyncDispose]()
      store[Symbol.dispose]()
    },
  }
}

const of = (history: NodeHistory, id: string, kind: 'mean' | 'max' = 'mean') =>
  history.series.find(series => series.id === id)?.[kind]
/** The newest steps of a series, rounded. */
const last = (history: NodeHistory, id: string, count: number, kind: 'mean' | 'max' = 'mean') =>
  of(history, id, kind)
    ?.slice(-count)
    .map(value => (value === null ? null : Math.round(value)))

const rows = (): number => {
  const db = new Database(path)
  const [row] = db.prepare('SELECT count(*) AS count FROM sample_steps').all() as [{ count: number }]
  db.close()
  return row.count
}

describe('the history of a node', () => {
  it('has mean and highest of every step, the one that goes on included, and null where nothing was', async () => {
    const { clock, history, close } = open(START_MS)
    history.addSample(sample(START_MS, 10))
    history.addSample(sample(START_MS + 1_000, 30))
    history.addSample(sample(START_MS + 20_000, null))
    history.addGpu(gpus(START_MS + 20_500, [50, null]))
    history.addSample(sample(START_MS + 30_000, 99))
    clock.atMs = START_MS + 31_000
    history.write()
    const hour = history.read(pc2, 'hour')
    expect({ ...hour, series: hour.series.map(({ id, unit }) => `${id} ${unit}`) }).toEqual({
      node: pc2,
      fromMs: START_MS + 30_000 - 359 * 10_000,
      stepMs: 10_000,
      series: [
        'cpu %',
        'ram %',
        'disk %',
        'netReceived B/s',
        'netSent B/s',
        'diskRead B/s',
        'diskWritten B/s',
        'gpu 0 %',
        'vram 0 %',
        'gpu 1 %',
        'vram 1 %',
      ],
    })
    expect(last(hour, 'cpu', 5)).toEqual([null, 20, null, null, 99])
    expect(last(hour, 'cpu', 5, 'max')).toEqual([null, 30, null, null, 99])
    expect(last(hour, 'ram', 5)).toEqual([null, 25, null, 25, 25])
    expect(last(hour, 'disk', 5)).toEqual([null, 60, null, 60, 60])
    expect(last(hour, 'netSent', 2)).toEqual([4_000, 4_000])
    expect(last(hour, 'gpu 0', 2)).toEqual([50, null])
    expect(last(hour, 'gpu 1', 2)).toEqual([null, null])
    expect(last(hour, 'vram 1', 2)).toEqual([75, null])
    const day = history.read(pc2, 'day')
    expect([day.stepMs, of(day, 'cpu')?.length, of(hour, 'cpu')?.length]).toEqual([120_000, 720, 360])
    expect(last(day, 'cpu', 2)).toEqual([null, 46])
    expect(last(day, 'cpu', 2, 'max')).toEqual([null, 99])
    await close()
  })

  it('goes on after a restart: a gap while nothing was measured, and a step that was cut in two is one', async () => {
    const first = open(START_MS)
    for (const second of [0, 1, 2]) first.history.addSample(sample(START_MS + second * 1_000, 10))
    await first.close()
    const second = open(START_MS + 64_000)
    second.history.addSample(sample(START_MS + 64_000, 50))
    const minute = last(second.history.read(pc2, 'hour'), 'cpu', 8)
    expect(minute).toEqual([null, 10, null, null, null, null, null, 50])
    expect(last(second.history.read(pc2, 'day'), 'cpu', 2)).toEqual([null, 20])
    second.history.write()
    expect(last(second.history.read(pc2, 'day'), 'cpu', 2)).toEqual([null, 20])
    await second.close()
    const third = open(START_MS + 65_000)
    expect(last(third.history.read(pc2, 'day'), 'cpu', 2)).toEqual([null, 20])
    expect(last(third.history.read(pc2, 'day'), 'cpu', 1, 'max')).toEqual([50])
    await third.close()
  })

  it('says so for a node that the fleet has not', async () => {
    const { history, close } = open(START_MS)
    expect(() => history.read(NodeName.parse('pc9'), 'hour')).toThrow('There is no node called pc9.')
    await close()
  })

  it('is all gaps for a node that was never measured', async () => {
    const { history, close } = open(START_MS)
    const values = history.read(pc2, 'day').series.flatMap(series => [...series.mean, ...series.max])
    expect([values.length, new Set(values)]).toEqual([7 * 2 * 720, new Set([null])])
    await close()
  })

  it('is not spoilt by a clock that steps back, or that was wrong for a while', async () => {
    const { clock, history, close } = open(START_MS)
    const at = (atMs: number, cpuPct: number): void => {
      clock.atMs = atMs
      history.addSample(sample(atMs, cpuPct))
      history.write()
    }
    at(START_MS, 10)
    at(START_MS + 10_000, 20)
    at(START_MS + 20_000, 30)
    // Back by a step, and on over what is there already: two readings of one step are its mean.
    at(START_MS + 11_000, 40)
    expect(last(history.read(pc2, 'hour'), 'cpu', 2)).toEqual([10, 30])
    at(START_MS + 21_000, 50)
    expect(last(history.read(pc2, 'hour'), 'cpu', 3)).toEqual([10, 30, 40])
    // A dead battery: 1970, for a moment.
    at(5_000, 99)
    at(START_MS + 30_000, 60)
    expect(last(history.read(pc2, 'hour'), 'cpu', 4)).toEqual([10, 30, 40, 60])
    expect(last(history.read(pc2, 'day'), 'cpu', 2)).toEqual([null, 35])
    await close()
  })
})

describe('what is kept of it', () => {
  it('is deleted when it is older than its span', async () => {
    const { clock, history, close } = open(START_MS)
    history.addSample(sample(START_MS, 10))
    history.write()
    clock.atMs = START_MS + 3_600_000
    history.write()
    expect(rows()).toBe(1)
    clock.atMs = START_MS + DAY_MS
    history.write()
    expect(rows()).toBe(0)
    await close()
  })

  it('never outgrows 160 KiB a node, however long it goes on', async () => {
    const NODES = 10
    const { store, close } = open(START_MS)
    const clock = { nowMs: () => nowMs, monotonicMs: () => 0, sleep: async () => undefined }
    let nowMs = START_MS
    const nodes = Array.from({ length: NODES }, (_, index) => NodeName.parse(`node-${index + 1}`))
    const fill = async (span: HistorySpan, fromMs: number): Promise<void> => {
      const history = createSampleHistory({
        store,
        clock: {
          ...clock,
          sleep: (_ms, signal) => new Promise(end => signal.addEventListener('abort', () => end())),
        },
        hasNode: () => true,
        onStoreTrouble: error => expect(error).toBe(null),
        onCrash: (_name, error) => expect(error).toBe(null),
      })
      const { stepMs, steps } = SPANS[span]
      for (let step = 0; step < steps; step += 1) {
        nowMs = fromMs + step * stepMs
        for (const node of nodes) {
          history.addSample(sample(nowMs, step % 100, node))
          history.addGpu(gpus(nowMs, [50], node))
        }
        history.write()
      }
      await history[Symbol.asyncDispose]()
    }
    const sizes: number[] = []
    for (const day of [0, 1, 2]) {
      await fill('day', START_MS + day * DAY_MS)
      await fill('hour', START_MS + (day + 1) * DAY_MS - 3_600_000)
      store.makeDurable()
      sizes.push(statSync(path).size)
    }
    expect(rows()).toBeLessThanOrEqual(NODES * (360 + 720))
    expect(Math.max(...sizes)).toBeLessThan(NODES * 160 * 1024)
    // Deleted pages are used again.
    expect(sizes[2]).toBeLessThan(sizes[0]! * 1.1)
    await close()
  })

  it('waits when the file cannot be written, tells so, and is written when it can be', async () => {
    const { clock, history, troubles, close } = open(START_MS)
    const other = new Database(path)
    other.exec('BEGIN IMMEDIATE')
    history.addSample(sample(START_MS, 10))
    clock.atMs = START_MS + 10_000
    history.addSample(sample(START_MS + 10_000, 20))
    history.write()
    expect(troubles.map(String)).toEqual([expect.stringContaining('database is locked')])
    expect(last(history.read(pc2, 'hour'), 'cpu', 3)).toEqual([null, 10, 20])
    other.exec('ROLLBACK')
    other.close()
    expect(rows()).toBe(0)
    history.write()
    expect(troubles.slice(1)).toEqual([null])
    await close()
    expect(rows()).toBe(3)
    const again = open(START_MS + 10_000)
    expect(last(again.history.read(pc2, 'hour'), 'cpu', 3)).toEqual([null, 10, 20])
    await again.close()
  })
})
