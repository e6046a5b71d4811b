import Database from 'libsql'
import { Settings } from '../../contract/events'
import { MetricPoint, ResultRow } from '../../contract/runs'
import type { RunId } from '../../contract/ids'
import { RunRecord, WorkerRecord } from '../runs/runRecord'
import { isActive } from '../runs/workerState'
import { bodies } from './bodies'
import { createIdentities } from './identities'
import { migrate } from './migrations'
import { createSampleTable } from './sampleTable'

const RunHead = RunRecord.omit({ workers: true })

/**
 * What survives a restart: runs, workers, results, the newest metrics, settings, which machine a node was, what was
 * measured of late. One SQLite file, write-ahead log, so that a crash loses nothing that was written and a power cut at
 * most the last moment (the journal holds what was begun). Bodies are JSON, parsed by the schemas on the way out; a
 * body of another shape is left out, not fatal.
 * Errors: those of SQLite, when the file cannot be opened or written.
 */
export function openStore(path: string) {
  const db = new Database(path)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;')
  migrate(db)
  const tables = { ...createTables(db), ...createIdentities(db) }

  return {
    ...tables,
    samples: createSampleTable(db),
    /** All of `work` or nothing of it. */
    together: (work: () => void): void => db.transaction(work)(),
    /** Until everything written so far would survive a power cut. */
    makeDurable: (): void => void db.exec('PRAGMA wal_checkpoint(FULL)'),
    [Symbol.dispose]: (): void => void db.close(),
  }
}

export type Store = ReturnType<typeof openStore>

function createTables(db: Database.Database) {
  const saveRun = db.prepare('INSERT OR REPLACE INTO runs (id, started_at_ms, body) VALUES (?, ?, ?)')
  const saveWorker = db.prepare(
    'INSERT OR REPLACE INTO workers (run, worker, position, is_open, body) VALUES (?, ?, ?, ?, ?)',
  )
  const saveResult = db.prepare(
    'INSERT OR REPLACE INTO results (run, worker, name, body) VALUES (?, ?, ?, ?)',
  )
  const saveMetric = db.prepare(
    'INSERT OR REPLACE INTO metrics (run, worker, name, body) VALUES (?, ?, ?, ?)',
  )
  const saveSetting = db.prepare('INSERT OR REPLACE INTO settings (key, body) VALUES (?, ?)')
  const runs = db.prepare(`
    SELECT body FROM runs
    WHERE id IN (SELECT id FROM runs ORDER BY started_at_ms DESC LIMIT ?)
       OR id IN (SELECT run FROM workers WHERE is_open = 1)
    ORDER BY started_at_ms DESC`)
  const workers = db.prepare('SELECT body FROM workers WHERE run = ? ORDER BY position')
  const results = db.prepare('SELECT body FROM results WHERE run = ? ORDER BY rowid')
  const metrics = db.prepare('SELECT body FROM metrics WHERE run = ? ORDER BY rowid')
  const settings = db.prepare('SELECT body FROM settings WHERE key = ?')

  return {
    saveRun(record: RunRecord): void {
      saveRun.run(record.id, record.startedAtMs, JSON.stringify(RunHead.parse(record)))
    },
    saveWorker(run: RunId, position: number, record: WorkerRecord): void {
      const isOpen = isActive(record.worker.state) || !record.isLogComplete
      saveWorker.run(run, record.worker.id, position, isOpen ? 1 : 0, JSON.stringify(record))
    },
    saveResult: (row: ResultRow): void =>
      void saveResult.run(row.run, row.worker, row.name, JSON.stringify(row)),
    saveMetric: (point: MetricPoint): void =>
      void saveMetric.run(point.run, point.worker, point.name, JSON.stringify(point)),
    saveSettings: (value: Settings): void => void saveSetting.run('settings', JSON.stringify(value)),

    /** The newest `limit` runs, and every older one that has not ended, newest first. */
    runs: (limit: number): RunRecord[] =>
      bodies(RunHead, runs.all(limit)).map(head => ({
        ...head,
        workers: bodies(WorkerRecord, workers.all(head.id)),
      })),
    results: (run: RunId): ResultRow[] => bodies(ResultRow, results.all(run)),
    metrics: (run: RunId): MetricPoint[] => bodies(MetricPoint, metrics.all(run)),
    settings: (): Settings => bodies(Settings, settings.all('settings'))[0] ?? { theme: 'dark' },
  }
}
