import { AppError } from '../kernel/appError'
import { noSuchFile } from './scriptFiles'

type SftpCallback<T> = (error: (Error & { code?: number }) | null | undefined, value: T) => void

/** As much of an SFTP channel as reading needs; ssh2's has it. */
export interface SftpChannel {
  open(path: string, mode: 'r', callback: SftpCallback<Buffer>): void
  read(
    handle: Buffer,
    into: Buffer,
    at: number,
    length: number,
    position: number,
    callback: (error: (Error & { code?: number }) | undefined, bytesRead: number) => void,
  ): void
  close(handle: Buffer, callback: (error: Error | null | undefined) => void): void
}

interface OpenFile {
  readonly handle: Buffer
  /** Where the last read ended. */
  end: number
  /** The last read got all it asked for: more is likely there. */
  wasFull: boolean
}

// Files kept open for readers that follow them. Servers allow a hundred and more.
const MAX_OPEN_FILES = 64
/** A reader that goes on may begin so far before its end: it looks whether what stood there still does. */
const MAX_OVERLAP_BYTES = 4096
const CHUNK_BYTES = 128 * 1024
// What is under way at once: as much as the channel's window (2 MiB) lets through anyway.
const MAX_CHUNKS_IN_FLIGHT = 16

const NO_SUCH_FILE = 2
const PERMISSION_DENIED = 3

/** Reads files at offsets over one SFTP channel, many chunks at once. */
export function createSftpReader(sftp: SftpChannel) {
  // In the order of their last use.
  const openFiles = new Map<string, OpenFile>()

  /** A reader that goes on where it stopped finds its file still open; everyone else opens what is there now. */
  async function take(path: string, offset: number): Promise<OpenFile> {
    const file = openFiles.get(path)
    if (file !== undefined) {
      openFiles.delete(path)
      if (goesOn(offset, file.end)) return file
      release(file)
    }
    const handle = await new Promise<Buffer>((resolve, reject) => {
      sftp.open(path, 'r', (error, handle) => (error ? reject(sftpFailure(error, path)) : resolve(handle)))
    })
    return { handle, end: offset, wasFull: false }
  }

  function keep(path: string, file: OpenFile): void {
    const other = openFiles.get(path)
    if (other !== undefined) release(other)
    openFiles.delete(path)
    openFiles.set(path, file)
    for (const [oldest, unused] of openFiles) {
      if (openFiles.size <= MAX_OPEN_FILES) break
      openFiles.delete(oldest)
      release(unused)
    }
  }

  function release(file: OpenFile): void {
    // Nobody waits for it: the handle is gone with the channel at the latest.
    sftp.close(file.handle, () => {})
  }

  return {
    openCount: () => openFiles.size,
    /** See `NodeShell.readAt`. */
    async readAt(path: string, offset: number, maxBytes: number): Promise<Uint8Array> {
      const file = await take(path, offset)
      try {
        const bytes = await readChunks(sftp, file, path, offset, maxBytes)
        file.end = offset + bytes.length
        file.wasFull = bytes.length === maxBytes
        keep(path, file)
        return bytes
      } catch (error) {
        release(file)
        throw error
      }
    },
  }
}

/** Whether a read at `offset` goes on where the last one ended; one at 0 never does. */
export function goesOn(offset: number, lastEnd: number): boolean {
  return offset > 0 && offset <= lastEnd && lastEnd - offset <= MAX_OVERLAP_BYTES
}

/**
 * One chunk first, then as many at once as are allowed: a short read costs one request. A file that gave a full read
 * before is read at full width from the start. Ends at the first chunk that is not full: the end of the file, or a
 * server that answers with less than was asked for.
 */
async function readChunks(
  sftp: SftpChannel,
  file: OpenFile,
  path: string,
  offset: number,
  maxBytes: number,
): Promise<Uint8Array> {
  let done = 0
  let first = Buffer.alloc(0)
  if (!file.wasFull || maxBytes <= CHUNK_BYTES) {
    first = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, maxBytes))
    done = await readChunk(sftp, file, path, first, offset)
    if (done < CHUNK_BYTES || done === maxBytes) return first.subarray(0, done)
  }

  const into = Buffer.allocUnsafeSlow(maxBytes)
  first.copy(into)
  let next = done
  let end = maxBytes
  async function readOn(): Promise<void> {
    while (next < end) {
      const from = next
      next += CHUNK_BYTES
      const part = into.subarray(from, Math.min(next, maxBytes))
      const count = await readChunk(sftp, file, path, part, offset + from)
      if (count < part.length) end = Math.min(end, from + count)
    }
  }
  await Promise.all(Array.from({ length: MAX_CHUNKS_IN_FLIGHT }, readOn))
  return into.subarray(0, end)
}

function readChunk(
  sftp: SftpChannel,
  file: OpenFile,
  path: string,
  into: Buffer,
  position: number,
): Promise<number> {
  if (into.length === 0) return Promise.resolve(0)
  return new Promise((resolve, reject) => {
    sftp.read(file.handle, into, 0, into.length, position, (error, bytesRead) =>
      error ? reject(sftpFailure(error, path)) : resolve(bytesRead),
    )
  })
}

function sftpFailure(error: Error & { code?: number }, path: string): AppError {
  if (error.code === NO_SUCH_FILE) return noSuchFile(path)
  if (error.code === PERMISSION_DENIED)
    return new AppError('refused', `${path} cannot be read.`, { cause: error })
  if (error.code !== undefined) {
    return new AppError('refused', `${path} cannot be read: ${error.message}.`, { cause: error })
  }
  return new AppError('unreachable', `The link was lost while ${path} was read.`, { cause: error })
}
