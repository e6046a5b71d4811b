import type { LogGap } from '../../contract/logs'
import type { Clock } from '../kernel/clock'
import type { LocalLog } from './localLog'
import { PROOF_BYTES, hashOf, newPlace } from './logPlace'
import type { LogPlace } from './logPlace'
import { isSameFile } from './nodeFiles'
import type { FileLook, NodeFile } from './nodeFiles'
import type { SecretMask } from './secretMask'

/** One read: large enough for bulk, small enough to keep memory flat. */
const MAX_READ_BYTES = 4 * 1024 * 1024
/** Every read begins so far before its offset: what stood there must still stand there. */
const OVERLAP_BYTES = 256
const KEEP_PLACE_MS = 200
const PACKED = /\.(gz|xz|bz2|zst|lz4|zip)$/

export interface LogSource {
  readonly path: string
  /** See `NodeShell.readAt`; null when there is no such file. */
  readonly readAt: (path: string, offset: number, maxBytes: number) => Promise<Uint8Array | null>
  readonly look: (path: string) => Promise<FileLook>
}

interface LogCopyDeps {
  readonly source: LogSource
  readonly log: LocalLog
  readonly mask: SecretMask
  readonly onBytes: (bytes: Uint8Array, atMs: number) => void
  readonly onGap: (gap: LogGap) => void
  readonly clock: Clock
}

/**
 * The copy of one node's file that may become another one at any time. Every read overlaps the one before by some
 * bytes, in one request and so on one file: no byte is taken from a file that is not the one it began with.
 */
export function createLogCopy(deps: LogCopyDeps) {
  const { source, log, mask, clock } = deps
  let place: LogPlace = log.place ?? newPlace(0)
  /** Where the file that is being copied stands now: rotation may have renamed it. */
  let path = source.path
  /** The node's own bytes before the offset, 4 KiB at most. */
  let tail: Buffer = Buffer.alloc(0)
  let keptAtMs = 0

  /** The node's offset up to which bytes are here, held back ones included. */
  const offset = (): number => log.size - place.base + mask.heldBytes

  async function write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return
    const atMs = clock.nowMs()
    await log.append(bytes, atMs)
    deps.onBytes(bytes, atMs)
  }

  async function take(bytes: Uint8Array): Promise<void> {
    await write(mask.push(bytes))
    tail = Buffer.from(Buffer.concat([tail, bytes.subarray(-2 * PROOF_BYTES)]).subarray(-2 * PROOF_BYTES))
    if (clock.nowMs() - keptAtMs >= KEEP_PLACE_MS) await keepPlace()
  }

  async function keepPlace(): Promise<void> {
    keptAtMs = clock.nowMs()
    const written = log.size - place.base
    const proof = tail.subarray(0, Math.max(0, tail.length - mask.heldBytes)).subarray(-PROOF_BYTES)
    const isNews = written !== place.offset || place !== log.place
    // A short proof is no better than the longer one of before.
    const isBetter = proof.length >= Math.min(place.hashedBytes, written)
    if (!isNews || !isBetter) return
    place = {
      ...place,
      offset: Math.max(0, written),
      sizeBytes: Math.max(place.sizeBytes, written),
      hashedBytes: proof.length,
      hash: hashOf(proof),
    }
    await log.keepPlace(place)
  }

  async function declare(reason: string): Promise<void> {
    const gap = { beforeLine: log.lines, lostBytes: null, reason, atMs: clock.nowMs() }
    await log.addGap(gap)
    deps.onGap(gap)
  }

  /** From here on, another file (or the same from its start) is copied, to the end of what is here. */
  async function turnTo(file: NodeFile | null, reason: string | null): Promise<void> {
    await write(mask.flush())
    if (reason !== null) await declare(reason)
    const seen = file === null ? place.seen : [...place.seen, keyOf(file)]
    place = { ...newPlace(log.size), device: file?.device ?? null, inode: file?.inode ?? null, seen }
    path = file?.path ?? source.path
    tail = Buffer.alloc(0)
    await log.keepPlace(place)
  }

  const own = createOwnFile(() => place)

  /** The same file from its start. What was truncated may have been copied before, as logrotate's copytruncate does. */
  async function turnToStart(look: FileLook, how: string): Promise<void> {
    const copied = own.unread(look).findLast(file => file.sizeBytes >= offset())
    const isRescued = copied !== undefined && (await takeRest(copied.path))
    const lost = isRescued
      ? `what came between the copying to ${copied.path} and that is missing`
      : 'what came since the last look is missing'
    place = { ...place, seen: [...place.seen, ...look.siblings.map(keyOf)] }
    await turnTo(look.here, `${how}: ${lost}`)
  }

  /** Copies what stands behind the same last bytes in another file; false when it is no copy of this one. */
  async function takeRest(copy: string): Promise<boolean> {
    for (let isCopy = false; ; isCopy = true) {
      const at = offset()
      const overlap = Math.min(OVERLAP_BYTES, tail.length)
      const bytes = await source.readAt(copy, at - overlap, MAX_READ_BYTES + overlap)
      if (bytes === null || overlap === 0 || !tail.subarray(-overlap).equals(bytes.subarray(0, overlap)))
        return isCopy
      if (bytes.length === overlap) return true
      await take(bytes.subarray(overlap))
    }
  }

  /** What stands where the copied bytes stood are not they: truncated, or another file. */
  async function notTheSame(how: string): Promise<void> {
    const look = await source.look(source.path)
    const mine = own.in(look)
    if (mine !== null && mine.path !== path) {
      path = mine.path // it was renamed
    } else if (look.here === null || mine !== null) {
      await turnToStart(look, how)
    } else {
      await turnToNext(look, 'another file took its place, and its last bytes could not be read any more')
    }
  }

  /** Goes on with the oldest file that is not here yet; whether there is one. */
  async function turnToNext(look: FileLook, reason: string | null): Promise<boolean> {
    const next = own.next(look)
    if (next === null) return false
    const bytes = await source.readAt(next.path, 0, MAX_READ_BYTES)
    const { here } = await source.look(next.path)
    // It may have been rotated between the look and the read: then it is found again by the next look.
    if (bytes === null || here === null || !isSameFile(here, next)) return true
    await turnTo(next, reason)
    await take(bytes)
    return true
  }

  return {
    keepPlace,

    /** Finds the file again that an earlier follower copied. */
    async begin(): Promise<void> {
      if (log.size > 0) mask.prime(await log.lastBytes(mask.contextBytes))
      const look = await source.look(source.path)
      const mine = own.in(look)
      if (mine !== null) path = mine.path
      if (place.inode === null) await meet(look)
      if (offset() <= 0) return
      if (look.here === null && mine === null) return
      if (place.inode !== null && mine === null) {
        await turnToNext(look, 'another file took its place while nobody was reading')
        return
      }
      const wanted = Math.min(offset(), PROOF_BYTES)
      const last = await source.readAt(path, offset() - wanted, wanted)
      if (last?.length === wanted && (await isProved(source, path, place))) tail = Buffer.from(last)
      else await turnToStart(look, 'the file was truncated, or written anew, while nobody was reading')
    },

    /** Copies what is new; whether anything was done. */
    async step(): Promise<boolean> {
      const at = offset()
      const overlap = Math.max(0, Math.min(OVERLAP_BYTES, tail.length, at - 1))
      const bytes = await source.readAt(path, at - overlap, MAX_READ_BYTES + overlap)
      if (bytes === null) return false
      const expected = tail.subarray(tail.length - overlap)
      if (bytes.length < overlap || !expected.equals(bytes.subarray(0, overlap))) {
        const isShorter = bytes.length < overlap
        await notTheSame(isShorter ? 'the file was truncated' : 'the file was truncated and written anew')
        return true
      }
      if (bytes.length === overlap) return false
      await take(bytes.subarray(overlap))
      return true
    },

    /** Looks the file up by its name, when all that is known of it is here; whether there is more to copy. */
    async look(isEnd: boolean): Promise<boolean> {
      const look = await source.look(source.path)
      if (place.inode === null) await meet(look)
      const mine = own.in(look)
      if (look.here !== null && mine?.path === source.path) {
        if (look.here.sizeBytes >= offset()) return false
        await turnToStart(look, 'the file was truncated')
        return true
      }
      const next = own.next(look)
      // An empty file in its place: whoever writes has not moved on yet.
      if (next === null || (next.sizeBytes === 0 && !isEnd)) return false
      if (await this.step()) return true // written between the last read and the look
      return await turnToNext(look, null)
    },

    /** Nothing more will come. */
    async end(): Promise<void> {
      await write(mask.flush())
    },
  }

  /** Learns which file it is. What stands beside it was there before. */
  async function meet(look: FileLook): Promise<void> {
    if (look.here === null) return
    const seen = [...place.seen, ...[look.here, ...look.siblings].map(keyOf)]
    place = { ...place, device: look.here.device, inode: look.here.inode, seen }
    await log.keepPlace(place)
  }
}

const keyOf = ({ device, inode }: NodeFile): string => `${device}:${inode}`

/** Which of the files beside each other is the copied one, and which one comes after it. */
function createOwnFile(place: () => LogPlace) {
  const isMine = (file: NodeFile): boolean => {
    const { device, inode } = place()
    return device !== null && inode !== null && isSameFile(file, { device, inode })
  }
  const isUnread = (file: NodeFile): boolean =>
    !isMine(file) && !place().seen.includes(keyOf(file)) && !PACKED.test(file.path)
  return {
    in: ({ here, siblings }: FileLook): NodeFile | null =>
      [...(here === null ? [] : [here]), ...siblings].find(isMine) ?? null,

    /** Rotated ones that nobody has read, the oldest first. */
    unread: ({ siblings }: FileLook): NodeFile[] => siblings.filter(isUnread).sort(byAge),

    /** The oldest of those; then the one that has the name now. */
    next({ here, siblings }: FileLook): NodeFile | null {
      const [oldest] = siblings.filter(isUnread).sort(byAge)
      return oldest ?? (here !== null && !isMine(here) ? here : null)
    },
  }
}

/** `x.log.2` is older than `x.log.1`, should both have changed in the same moment. */
function byAge(a: NodeFile, b: NodeFile): number {
  const number = ({ path }: NodeFile): number => Number(/\.(\d+)$/.exec(path)?.[1] ?? 0)
  return a.changedAtS - b.changedAtS || number(b) - number(a) || (a.path < b.path ? -1 : 1)
}

/** Whether the file still has the bytes that were copied last. */
async function isProved(source: LogSource, path: string, place: LogPlace): Promise<boolean> {
  const from = place.offset - place.hashedBytes
  const bytes = await source.readAt(path, from, place.hashedBytes)
  return bytes !== null && bytes.length === place.hashedBytes && hashOf(bytes) === place.hash
}
