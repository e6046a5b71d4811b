import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { NodeName, PlanName, RunId, TrackName, WorkerId } from '../../contract/ids'
import type { RunRecord } from '../runs/runRecord'
import { openStore } from './store'

let dir: string
let path: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drydock-store-'))
  path = join(dir, 'drydock.db')
})
afterEach(() => rmSync(dir, { recursive: true }))

const run = RunId.parse('20260101-000000-aaaa')
const worker = WorkerId.parse('bots-1')
const node = NodeName.parse('this-pc')
const record: RunRecord = {
  id: run,
  plan: PlanName.parse('try'),
  startedAtMs: 5,
  started: { dryRun: true, allowOrders: false },
  stop: null,
  engine: 'process',
  origin: 'started',
  owner: null,
  files: [],
  logGlobs: [],
  cleanups: [],
  gaps: [],
  workers: [
    {
      worker: {
        id: worker,
        track: TrackName.parse('bots'),
        node,
        index: 1,
        nodeIndex: 1,
        state: 'running',
        stateSinceMs: 5,
        detail: null,
        identity: { pid: 1, processGroup: 1, startTicks: 2, bootId: 'b' },
        progress: { step: 1, total: 2, atMs: 3, ratePerS: null },
        reported: { dryRun: '1', allowOrders: '0' },
        logBytes: 7,
        logLines: 1,
        endedAtMs: null,
        end: null,
        waitsFor: [],
        container: null,
      },
      stop: { signal: 'TERM', graceSeconds: 20, drain: null },
      progressRule: { json: true },
      readBytes: 7,
      readerState: { count: 3 },
      isLogComplete: false,
    },
  ],
}

it('gives back after a restart exactly what was kept', () => {
  {
    using store = openStore(path)
    store.saveRun(record)
    store.saveWorker(run, 0, record.workers[0]!)
    store.saveResult({ run, worker, node, name: 'SPX', values: { pnl: 1, sharpe: null }, atMs: 1 })
    store.saveResult({ run, worker, node, name: 'SPX', values: { pnl: 2, sharpe: null }, atMs: 2 })
    store.saveMetric({ run, worker, name: 'equity', step: 1, value: 10, atMs: 1 })
    store.saveSettings({ theme: 'light' })
  }
  using store = openStore(path)
  expect(store.runs(10)).toEqual([record])
  expect(store.results(run)).toEqual([
    { run, worker, node, name: 'SPX', values: { pnl: 2, sharpe: null }, atMs: 2 },
  ])
  expect(store.metrics(run)).toEqual([{ run, worker, name: 'equity', step: 1, value: 10, atMs: 1 }])
  expect(store.settings()).toEqual({ theme: 'light' })
})

it('gives the newest runs first, and no more than asked for', () => {
  using store = openStore(path)
  for (const [id, startedAtMs] of [
    ['r1', 1],
    ['r3', 3],
    ['r2', 2],
  ] as const) {
    store.saveRun({ ...record, id: RunId.parse(id), startedAtMs, workers: [] })
  }
  expect(store.runs(2).map(one => one.id)).toEqual(['r3', 'r2'])
})

it('writes all of a group or nothing of it', () => {
  using store = openStore(path)
  expect(() =>
    store.together(() => {
      store.saveRun(record)
      throw new Error('in the middle')
    }),
  ).toThrow('in the middle')
  expect(store.runs(10)).toEqual([])
})

it('leaves out a body of another shape instead of failing', () => {
  {
    using store = openStore(path)
    store.saveRun({ ...record, workers: [] })
  }
  const db = new Database(path)
  db.exec(`INSERT INTO runs VALUES ('old', 9, '{"shape":"other"}'), ('torn', 8, '{')`)
  db.close()
  using store = openStore(path)
  expect(store.runs(10).map(one => one.id)).toEqual([run])
})

it('remembers which machine a node was', () => {
  const identity = { machineId: 'a', hostKey: 'SHA256:x', seenAtMs: 5 }
  {
    using store = openStore(path)
    expect(store.identity(node)).toBe(null)
    store.saveIdentity(node, { ...identity, machineId: null })
    store.saveIdentity(node, identity)
  }
  using store = openStore(path)
  expect(store.identity(node)).toEqual(identity)
})

it('takes over a file of an earlier version with all that is in it', () => {
  for (const [version, dropped] of [
    [1, 'DROP TABLE identities; DROP TABLE sample_steps;'],
    [2, 'DROP TABLE sample_steps;'],
  ] as const) {
    {
      using store = openStore(path)
      store.saveRun({ ...record, workers: [] })
    }
    const db = new Database(path)
    db.exec(`${dropped} PRAGMA user_version = ${version}`)
    db.close()
    using store = openStore(path)
    expect(store.runs(10).map(one => one.id)).toEqual([run])
    store.saveIdentity(node, { machineId: 'a', hostKey: null, seenAtMs: 5 })
    expect(store.identity(node)?.machineId).toBe('a')
    const step = { atMs: 20_000, sums: [6], counts: [2], highest: [4] }
    store.samples.save(node, 10_000, step)
    expect(store.samples.read(node, 10_000, 10_000, 30_000)).toEqual([step])
  }
})

it('refuses a file of a newer Drydock with the way out', () => {
  const db = new Database(path)
  db.exec('PRAGMA user_version = 99')
  db.close()
  expect(() => openStore(path)).toThrow('drydock.db was written by a newer Drydock.')
})
