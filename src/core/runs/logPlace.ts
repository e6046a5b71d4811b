import { createHash } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'

/** So many bytes before the offset are hashed, at most. */
export const PROOF_BYTES = 4096
const MAX_SEEN = 500

/**
 * Which file of the node a log on this PC is a copy of, and from where. `base` is the size that the local log had when
 * the copy of this file began: the node's offset is the local size less that. It is negative for a file that had bytes
 * before its run, which are not copied.
 */
const LogPlace = z.object({
  version: z.literal(1),
  device: z.string().nullable(),
  inode: z.string().nullable(),
  base: z.number().int(),
  /** Files, as `device:inode`, that were copied here or stood there before. */
  seen: z.array(z.string()),
  /** Of the node's bytes that end at `offset`: what a file has to show to be the one that was copied. */
  offset: z.number().int().nonnegative(),
  sizeBytes: z.number().int().nonnegative(),
  hashedBytes: z.number().int().min(0).max(PROOF_BYTES),
  hash: z.string(),
})
export type LogPlace = z.infer<typeof LogPlace>

export const newPlace = (base: number): LogPlace => ({
  version: 1,
  device: null,
  inode: null,
  base,
  seen: [],
  offset: 0,
  sizeBytes: 0,
  hashedBytes: 0,
  hash: hashOf(new Uint8Array()),
})

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** null when there is none, or none that can belong to a log of `size` bytes. */
export async function readPlace(path: string, size: number): Promise<LogPlace | null> {
  const text = await readFile(`${path}.at`, 'utf8').catch(() => null)
  if (text === null) return null
  const parsed = LogPlace.safeParse(asJson(text))
  return parsed.success && parsed.data.base <= size ? parsed.data : null
}

/** Whole or not at all: a crash leaves the one before. */
export async function writePlace(path: string, place: LogPlace): Promise<void> {
  const text = JSON.stringify({ ...place, seen: place.seen.slice(-MAX_SEEN) })
  await writeFile(`${path}.at.part`, text, { mode: 0o600 })
  await rename(`${path}.at.part`, `${path}.at`)
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // a torn file says nothing
  }
}
