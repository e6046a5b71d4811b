import { mkdir, open, readFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LogGap, LogLines } from '../../contract/logs'
import { createBell } from '../kernel/bell'
import { ENTRY_BYTES, createLineCounter, createLineIndex, decodeEntries, encodeEntries } from './lineIndex'
import type { IndexEntry } from './lineIndex'
import { openLogGaps } from './logGaps'
import type { LogGaps } from './logGaps'
import { readPlace, writePlace } from './logPlace'
import type { LogPlace } from './logPlace'
import { readLines } from './readLines'

const SCAN_BYTES = 1024 * 1024

/** One worker's log on this PC: the node's bytes to the last one, and where its lines are. */
export interface LocalLog extends AsyncDisposable {
  readonly path: string
  /** Bytes that are here: the offset at which the node's log goes on. */
  readonly size: number
  /** Whole lines; after `finish` a last one without a newline counts too. */
  readonly lines: number
  /** Whether somebody waits for more right now. */
  readonly isWatched: boolean
  /** Which file of the node this is a copy of; null when that was never written down. */
  readonly place: LogPlace | null
  /** What is known to be missing, in the order it was found. */
  readonly gaps: readonly LogGap[]
  append(bytes: Uint8Array, atMs: number): Promise<void>
  keepPlace(place: LogPlace): Promise<void>
  addGap(gap: LogGap): Promise<void>
  /** Reads bytes from `offset` into `block`; how many there were. */
  readInto(block: Buffer, offset: number): Promise<number>
  /** The stretch of lines that holds a byte; null in an empty log. */
  stretchAt(offset: number): IndexEntry | null
  /** At most so many bytes before the end. */
  lastBytes(count: number): Promise<Uint8Array>
  /** The first line that came at `atMs` or later, to the stretch that it came with; `lines` when none did. */
  lineAt(atMs: number): number
  /** Nothing will come any more. */
  finish(): void
  /** At most `count` lines from `fromLine`, and no further than one stretch that came at the same time. */
  read(fromLine: number, count: number): Promise<LogLines>
  /** Until the log has grown or has been finished, or `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>
}

/**
 * Opens (and first makes) a log. The index beside it (`.idx`) may be missing or behind after a crash: what it lacks
 * is read again from the log, with the time of opening.
 */
export async function openLocalLog(path: string, nowMs: number): Promise<LocalLog> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'a+', 0o600)
  const { size } = await file.stat()
  const stored = decodeEntries(await readFile(`${path}.idx`).catch(() => new Uint8Array()), size)
  const indexFile = await open(`${path}.idx`, 'a', 0o600)
  await indexFile.truncate(stored.length * ENTRY_BYTES)
  const beside = { place: await readPlace(path, size), gaps: await openLogGaps(path) }
  const log = createLocalLog(path, file, indexFile, stored, beside)
  await log.catchUp(size, nowMs)
  return log
}

function createLocalLog(
  path: string,
  file: FileHandle,
  indexFile: FileHandle,
  stored: readonly IndexEntry[],
  beside: { readonly place: LogPlace | null; readonly gaps: LogGaps },
) {
  const index = createLineIndex(stored)
  const counter = createLineCounter(index)
  const grown = createBell()
  const kept = createKept(path, beside, () => grown.ring())
  let isFinished = false

  const lines = (): number => counter.wholeLines + (isFinished && counter.hasRest ? 1 : 0)

  const writer = createLogWriter(file, indexFile, counter)

  return {
    path,
    get size() {
      return counter.size
    },
    get lines() {
      return lines()
    },
    get isWatched() {
      return grown.listeners > 0
    },
    get place() {
      return kept.place
    },
    get gaps() {
      return beside.gaps.all()
    },
    async append(bytes: Uint8Array, atMs: number): Promise<void> {
      await writer.append(bytes)
      await writer.note(bytes, atMs)
      grown.ring()
    },
    keepPlace: (next: LogPlace): Promise<void> => kept.keepPlace(next),
    addGap: (gap: LogGap): Promise<void> => kept.addGap(gap),
    ...createByteReader(file, counter),
    stretchAt: (offset: number): IndexEntry | null => index.atByte(offset),
    lineAt: (atMs: number): number => Math.min(index.lineAt(atMs) ?? lines(), lines()),
    finish(): void {
      isFinished = true
      grown.ring()
    },
    async read(fromLine: number, count: number): Promise<LogLines> {
      const read = await readLines({ file, index, size: counter.size, lines: lines() }, fromLine, count)
      return { ...read, gaps: beside.gaps.around(fromLine, fromLine + read.lines.length) }
    },
    changed: (signal: AbortSignal) => grown.wait(signal),
    catchUp: (fileSize: number, atMs: number): Promise<void> => writer.catchUp(fileSize, atMs),
    async [Symbol.asyncDispose](): Promise<void> {
      grown.ring()
      await Promise.all([file.close(), indexFile.close()])
    },
  }
}

function createLogWriter(
  file: FileHandle,
  indexFile: FileHandle,
  counter: ReturnType<typeof createLineCounter>,
) {
  return {
    /** All of it or nothing: a disk that fills up takes a part. */
    async append(bytes: Uint8Array): Promise<void> {
      try {
        await file.appendFile(bytes)
      } catch (error) {
        await file.truncate(counter.size)
        throw error
      }
    },
    /** The stored index is a shortcut: what it lacks (a full disk) is read again at the next opening. */
    async note(bytes: Uint8Array, atMs: number): Promise<void> {
      const entries = counter.note(bytes, atMs)
      if (entries.length > 0) await indexFile.appendFile(encodeEntries(entries)).catch(() => undefined)
    },
    /** Reads what the index does not know yet, up to the file's end. */
    async catchUp(fileSize: number, atMs: number): Promise<void> {
      const block = Buffer.alloc(SCAN_BYTES)
      while (counter.size < fileSize) {
        const { bytesRead } = await file.read(block, 0, SCAN_BYTES, counter.size)
        if (bytesRead === 0) return
        await this.note(block.subarray(0, bytesRead), atMs)
      }
    },
  }
}

/** What stands beside a log: which file it is a copy of, and what is missing. */
function createKept(
  path: string,
  { place: stored, gaps }: { readonly place: LogPlace | null; readonly gaps: LogGaps },
  onChange: () => void,
) {
  let place = stored
  return {
    get place() {
      return place
    },
    async keepPlace(next: LogPlace): Promise<void> {
      await writePlace(path, next)
      place = next
    },
    async addGap(gap: LogGap): Promise<void> {
      await gaps.add(gap)
      onChange()
    },
  }
}

/** Bytes as they stand in the file. */
function createByteReader(file: FileHandle, counter: { readonly size: number }) {
  return {
    readInto: async (block: Buffer, offset: number): Promise<number> =>
      (await file.read(block, 0, block.length, offset)).bytesRead,
    async lastBytes(count: number): Promise<Uint8Array> {
      const length = Math.min(count, counter.size)
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, counter.size - length)
      return buffer.subarray(0, bytesRead)
    },
  }
}
