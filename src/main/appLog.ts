import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'
import type { Log } from '../core/kernel/log'

const MAX_FILE_BYTES = 5 * 1024 * 1024
const MAX_CAUSES = 5

/**
 * The app's own log: one JSON object a line. The file is moved to `<file>.1` when it is full, so there are never more
 * than two. Written at once, not queued: the last lines before a crash are the ones that are needed.
 */
export function openAppLog(file: string, maxFileBytes: number = MAX_FILE_BYTES): Log & Disposable {
  let handle = openSync(file, 'a', 0o600)
  let bytes = fstatSync(handle).size

  function write(level: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    const line = `${toJson({ at: new Date().toISOString(), level, message, ...fields })}\n`
    const length = Buffer.byteLength(line)
    if (bytes > 0 && bytes + length > maxFileBytes) rotate()
    bytes += length
    writeSync(handle, line)
  }

  /** A full disk must not take down whoever has something to say about it. */
  function tryToWrite(...entry: Parameters<typeof write>): void {
    try {
      write(...entry)
    } catch (error) {
      process.stderr.write(`drydock.log: ${String(error)}: ${entry[1]}\n`)
    }
  }

  function rotate(): void {
    closeSync(handle)
    renameSync(file, `${file}.1`)
    handle = openSync(file, 'a', 0o600)
    bytes = 0
  }

  return {
    info: (message, fields = {}) => tryToWrite('info', message, fields),
    warn: (message, fields = {}) => tryToWrite('warn', message, fields),
    error(message, error, fields = {}) {
      const ref = randomBytes(4).toString('hex')
      tryToWrite('error', message, { ref, ...fields, error: describe(error) })
      return ref
    },
    [Symbol.dispose]: () => closeSync(handle),
  }
}

/** An error and what caused it, down to a depth. */
function describe(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack } = error
  const code = 'code' in error ? { code: error.code } : {}
  const cause =
    error.cause === undefined || depth >= MAX_CAUSES ? {} : { cause: describe(error.cause, depth + 1) }
  return { name, message, ...code, stack, ...cause }
}

/** A line must always come out, whatever it was given: no throw for a cycle or a bigint. */
function toJson(value: unknown): string {
  const open: unknown[] = []
  return JSON.stringify(value, function (this: unknown, _key, inner: unknown) {
    if (typeof inner === 'bigint') return inner.toString()
    if (typeof inner !== 'object' || inner === null) return inner
    while (open.length > 0 && open.at(-1) !== this) open.pop()
    if (open.includes(inner)) return '[cycle]'
    open.push(inner)
    return inner
  })
}
