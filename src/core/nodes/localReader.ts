import { open as openFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { AppError } from '../kernel/appError'
import { noSuchFile } from './scriptFiles'
import { goesOn } from './sftpReader'

/** Files kept open for readers that follow them. */
const MAX_OPEN_FILES = 64

interface OpenFile {
  readonly handle: FileHandle
  /** Where the last read ended. */
  readonly end: number
}

/** Reads files of this PC at offsets; see `NodeShell.readAt`. */
export function createLocalReader() {
  // In the order of their last use.
  const openFiles = new Map<string, OpenFile>()

  async function take(path: string, offset: number): Promise<FileHandle> {
    const file = openFiles.get(path)
    openFiles.delete(path)
    if (file !== undefined && goesOn(offset, file.end)) return file.handle
    await file?.handle.close()
    return await openFile(path, 'r').catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? noSuchFile(path) : notRead(path, error)
    })
  }

  async function keep(path: string, file: OpenFile): Promise<void> {
    const other = openFiles.get(path)
    openFiles.delete(path)
    openFiles.set(path, file)
    await other?.handle.close()
    for (const [oldest, unused] of openFiles) {
      if (openFiles.size <= MAX_OPEN_FILES) break
      openFiles.delete(oldest)
      await unused.handle.close()
    }
  }

  return {
    async readAt(path: string, offset: number, maxBytes: number): Promise<Uint8Array> {
      const handle = await take(path, offset)
      try {
        const { size } = await handle.stat()
        const length = Math.min(maxBytes, Math.max(0, size - offset))
        const bytes = Buffer.allocUnsafeSlow(length)
        const { bytesRead } = await handle.read(bytes, 0, length, offset)
        await keep(path, { handle, end: offset + bytesRead })
        return bytes.subarray(0, bytesRead)
      } catch (error) {
        await handle.close()
        throw notRead(path, error instanceof Error ? error : new Error(String(error)))
      }
    },

    async close(): Promise<void> {
      const files = [...openFiles.values()]
      openFiles.clear()
      await Promise.all(files.map(({ handle }) => handle.close()))
    },
  }
}

function notRead(path: string, cause: Error): AppError {
  return new AppError('refused', `${path} cannot be read: ${cause.message}.`, { cause })
}
