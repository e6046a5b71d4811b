import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** One intent: what is about to be done to nodes. It stays open until `settle` says how it ended. */
export interface Intent<T> {
  readonly id: string
  readonly body: T
}

type Entry<T> = { readonly open: string; readonly body: T } | { readonly settled: string }

/**
 * Append-only file of intents. `open` returns only when the intent is on the disk, so whatever was begun is found
 * again after a crash at any instruction. Settled intents are dropped when the file is opened (written anew and
 * renamed over the old one).
 * Errors: those of the file system, a full disk included. What a crash or a full disk left torn belongs to an intent
 * whose effect had not begun, and is ignored; so is one that `parse` does not understand (null).
 */
export function openJournal<T>(path: string, parse: (body: unknown) => T | null) {
  const pending = readPending(path, parse)
  compact(path, pending)
  const file = openSync(path, 'a', 0o600)

  function append(entry: Entry<T>): void {
    // The newline comes first: an entry never continues a torn one.
    writeWhole(file, `\n${JSON.stringify(entry)}\n`)
    fsyncSync(file)
  }

  return {
    /** What had been begun and not settled when the journal was opened, oldest first. */
    left: [...pending.values()] as readonly Intent<T>[],
    open(intent: Intent<T>): void {
      append({ open: intent.id, body: intent.body })
    },
    settle(id: string): void {
      append({ settled: id })
    },
    [Symbol.dispose](): void {
      closeSync(file)
    },
  }
}

export type Journal<T> = ReturnType<typeof openJournal<T>>

/** One write may take only a part (a disk that fills up); the next one then says why. */
function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
}

function readPending<T>(path: string, parse: (body: unknown) => T | null): Map<string, Intent<T>> {
  const pending = new Map<string, Intent<T>>()
  for (const line of textOf(path).split('\n')) {
    const entry = entryOf(line)
    if (entry === null) continue
    if ('settled' in entry) {
      pending.delete(entry.settled)
      continue
    }
    const body = parse(entry.body)
    if (body !== null) pending.set(entry.open, { id: entry.open, body })
  }
  return pending
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

function entryOf(line: string): Entry<unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null) return null
    if ('open' in value && typeof value.open === 'string' && 'body' in value) {
      return { open: value.open, body: value.body }
    }
    if ('settled' in value && typeof value.settled === 'string') return { settled: value.settled }
    return null
  } catch {
    return null // an empty or a torn line
  }
}

function compact<T>(path: string, pending: ReadonlyMap<string, Intent<T>>): void {
  const temporary = `${path}.tmp`
  const file = openSync(temporary, 'w', 0o600)
  for (const { id, body } of pending.values()) writeWhole(file, `${JSON.stringify({ open: id, body })}\n`)
  fsyncSync(file)
  closeSync(file)
  renameSync(temporary, path)
  if (process.platform === 'win32') return // a folder cannot be opened there
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}
