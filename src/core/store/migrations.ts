import type Database from 'libsql'
import { z } from 'zod'
import { AppError } from '../kernel/appError'
import { IDENTITIES_SCHEMA } from './identities'

interface Migration {
  readonly version: number
  readonly sql: string
}

/** What each version of the file adds to the one before it. What has been shipped is never changed, only added to. */
const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE runs (id TEXT PRIMARY KEY, started_at_ms INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
      CREATE TABLE workers (
        run TEXT NOT NULL, worker TEXT NOT NULL, position INTEGER NOT NULL, is_open INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (run, worker)
      ) STRICT;
      CREATE INDEX open_workers ON workers (run) WHERE is_open = 1;
      CREATE TABLE results (
        run TEXT NOT NULL, worker TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (run, worker, name)
      ) STRICT;
      CREATE TABLE metrics (
        run TEXT NOT NULL, worker TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (run, worker, name)
      ) STRICT;
      CREATE TABLE settings (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;`,
  },
  {
    version: 2,
    sql: IDENTITIES_SCHEMA,
  },
  {
    version: 3,
    // By time before node: what is written together, and what is deleted together, lies on the same few pages.
    sql: `
      CREATE TABLE sample_steps (
        step_ms INTEGER NOT NULL, at_ms INTEGER NOT NULL, node TEXT NOT NULL, samples INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (step_ms, at_ms, node)
      ) STRICT, WITHOUT ROWID;`,
  },
]
const NEWEST = Math.max(...MIGRATIONS.map(({ version }) => version))

/**
 * Brings a file of any earlier version to the newest, one version after the other, each of them wholly or not at all.
 * Errors: `file-invalid` when a newer Drydock wrote it; those of SQLite.
 */
export function migrate(db: Database.Database): void {
  const [row] = db.prepare('PRAGMA user_version').all()
  const { user_version: found } = z.object({ user_version: z.number() }).parse(row)
  if (found > NEWEST) {
    throw new AppError('file-invalid', 'drydock.db was written by a newer Drydock.', {
      hint: 'Start that newer version, or move drydock.db away to begin with an empty one (runs go on on their nodes).',
    })
  }
  for (const { version, sql } of MIGRATIONS) {
    if (version > found) db.transaction(() => db.exec(`${sql} PRAGMA user_version = ${version};`))()
  }
}
