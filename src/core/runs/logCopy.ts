import { createCopiedFile } from './copiedFile'
import type { CopiedFile, LogCopyDeps, LogSource } from './copiedFile'
import { PROOF_BYTES, hashOf } from './logPlace'
import { isSameFile } from './nodeFiles'
import type { FileLook } from './nodeFiles'

/** One read: large enough for bulk, small enough to keep memory flat. */
const MAX_READ_BYTES = 4 * 1024 * 1024
/** Every read begins so far before its offset: what stood there must still stand there. */
const OVERLAP_BYTES = 256

/**
 * The copy of one node's file that may become another one at any time. Every read overlaps the one before by some
 * bytes, in one request and so on one file: no byte is taken from a file that is not the one it began with.
 */
export function createLogCopy(deps: LogCopyDeps) {
  const { source, log, mask } = deps
  const file = createCopiedFile(deps)
  const turns = createTurns(source, file)

  /** Copies what is new; whether anything was done. */
  async function step(): Promise<boolean> {
    const at = file.offset()
    const overlap = Math.max(0, Math.min(OVERLAP_BYTES, file.tail.length, at - 1))
    const bytes = await source.readAt(file.path, at - overlap, MAX_READ_BYTES + overlap)
    if (bytes === null) return false
    const expected = file.tail.subarray(file.tail.length - overlap)
    if (!expected.equals(bytes.subarray(0, overlap))) {
      await turns.notTheSame(bytes.length < overlap)
      return true
    }
    if (bytes.length === overlap) return false
    await file.take(bytes.subarray(overlap))
    return true
  }

  return {
    step,
    keepPlace: (): Promise<void> => file.keepPlace(),
    /** Nothing more will come: what was held back is written. */
    end: (): Promise<void> => file.end(),

    /** Finds the file again that an earlier follower copied. */
    async begin(): Promise<void> {
      if (log.size > 0) mask.prime(await log.lastBytes(mask.contextBytes))
      const look = await source.look(source.path)
      const mine = file.own.in(look)
      if (mine !== null) file.found(mine.path, null)
      await file.meet(look)
      if (file.offset() <= 0 || (look.here === null && mine === null)) return
      if (file.own.in(look) === null) {
        await turns.toNext(look, 'another file took its place while nobody was reading')
        return
      }
      if (!(await isSameStill(source, file)))
        await turns.toStart(look, 'the file was truncated, or written anew, while nobody was reading')
    },

    /** Looks the file up by its name, when all that is known of it is here; whether there is more to copy. */
    async look(isEnd: boolean): Promise<boolean> {
      const look = await source.look(source.path)
      await file.meet(look)
      if (look.here !== null && file.own.in(look)?.path === source.path) {
        if (look.here.sizeBytes >= file.offset()) return false
        await turns.toStart(look, 'the file was truncated')
        return true
      }
      const next = file.own.next(look)
      // An empty file in its place: whoever writes has not moved on yet.
      if (next === null || (next.sizeBytes === 0 && !isEnd)) return false
      if (await step()) return true // written between the last read and the look
      return await turns.toNext(look, null)
    },
  }
}

/** How the copy goes on when the file is not what it was. */
function createTurns(source: LogSource, file: CopiedFile) {
  /** The same file from its start. What was truncated may have been copied before, as logrotate's copytruncate does. */
  async function toStart(look: FileLook, how: string): Promise<void> {
    const copied = file.own.unread(look).findLast(({ sizeBytes }) => sizeBytes >= file.offset())
    const isRescued = copied !== undefined && (await takeRest(copied.path))
    const lost = isRescued
      ? `what came between the copying to ${copied.path} and that is missing`
      : 'what came since the last look is missing'
    file.ignore(look.siblings)
    await file.turnTo(look.here, `${how}: ${lost}`)
  }

  /** Copies what stands behind the same last bytes in another file; false when it is no copy of this one. */
  async function takeRest(copy: string): Promise<boolean> {
    for (let isCopy = false; ; isCopy = true) {
      const overlap = Math.min(OVERLAP_BYTES, file.tail.length)
      const bytes = await source.readAt(copy, file.offset() - overlap, MAX_READ_BYTES + overlap)
      const isSame = bytes !== null && file.tail.subarray(-overlap).equals(bytes.subarray(0, overlap))
      if (!isSame || overlap === 0) return isCopy
      if (bytes.length === overlap) return true
      await file.take(bytes.subarray(overlap))
    }
  }

  /** Goes on with the oldest file that is not here yet; whether there is one. */
  async function toNext(look: FileLook, reason: string | null): Promise<boolean> {
    const next = file.own.next(look)
    if (next === null) return false
    const bytes = await source.readAt(next.path, 0, MAX_READ_BYTES)
    const { here } = await source.look(next.path)
    // It may have been rotated between the look and the read: then it is found again by the next look.
    if (bytes === null || here === null || !isSameFile(here, next)) return true
    await file.turnTo(next, reason)
    await file.take(bytes)
    return true
  }

  return {
    toStart,
    toNext,
    /** What stands where the copied bytes stood are not they: truncated, or another file. */
    async notTheSame(isShorter: boolean): Promise<void> {
      const how = isShorter ? 'the file was truncated' : 'the file was truncated and written anew'
      const look = await source.look(source.path)
      const mine = file.own.in(look)
      if (mine !== null && mine.path !== file.path) file.found(mine.path, null)
      else if (look.here === null || mine !== null) await toStart(look, how)
      else await toNext(look, 'another file took its place, and its last bytes could not be read any more')
    },
  }
}

/** Whether the file still has the bytes that were copied last; reading goes on behind them then. */
async function isSameStill(source: LogSource, file: CopiedFile): Promise<boolean> {
  const { path, place } = file
  const from = place.offset - place.hashedBytes
  const proof = await source.readAt(path, from, place.hashedBytes)
  if (proof === null || proof.length !== place.hashedBytes || hashOf(proof) !== place.hash) return false
  const wanted = Math.min(file.offset(), PROOF_BYTES)
  const last = await source.readAt(path, file.offset() - wanted, wanted)
  if (last?.length !== wanted) return false
  file.found(path, last)
  return true
}
