import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import type { RunOwner } from '../../contract/runs'

const ID = /^[0-9a-f-]{36}$/

/**
 * Who this Drydock is on the nodes: the id of its state folder (the file `id`, made once, 0600), and `user@host` for
 * people. It is no part of the database: when that is lost, its runs are still its own.
 * Errors: those of the file system.
 */
export function readAppIdentity(home: string): RunOwner {
  const path = join(home, 'id')
  const app = readId(path) ?? makeId(path)
  return { app, name: `${userInfo().username}@${hostname()}`.replaceAll(/\s+/g, '_') }
}

function readId(path: string): string | null {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return ID.test(text) ? text : null
  } catch {
    return null
  }
}

/** Written beside and linked into place: it is whole or not there, and the first one stays. */
function makeId(path: string): string {
  const id = randomUUID()
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, `${id}\n`, { mode: 0o600, flush: true })
  try {
    linkSync(temporary, path)
    return id
  } catch {
    const first = readId(path)
    if (first === null) writeFileSync(path, `${id}\n`, { mode: 0o600, flush: true })
    return first ?? id
  } finally {
    rmSync(temporary, { force: true })
  }
}
