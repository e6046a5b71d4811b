import { AppError } from '../kernel/appError'
import type { NodeShell } from './nodeShell'
import type { ScriptChannel } from './scriptChannel'
import { readByScript, writeByScript } from './scriptFiles'
import { createSftpReader, type SftpChannel } from './sftpReader'

/** An SFTP channel and its end. */
export interface OpenSftp {
  readonly channel: SftpChannel
  readonly ended: Promise<void>
}

type SftpReader = ReturnType<typeof createSftpReader>

/**
 * Files of a node: read over one SFTP channel where the server has it, else by `dd`; written by `cat`, which every
 * server has.
 * `openSftp` gives null when there is no SFTP on this server, and rejects when no channel can be opened now.
 */
export function createSshFiles(deps: {
  readonly openSftp: () => Promise<OpenSftp | null>
  readonly open: (script: string, args: readonly string[]) => Promise<ScriptChannel>
}): Pick<NodeShell, 'readAt' | 'writeFile'> {
  let reader: Promise<SftpReader | null> | null = null

  async function openReader(): Promise<SftpReader | null> {
    const sftp = await deps.openSftp()
    if (sftp === null) return null
    void sftp.ended.then(() => (reader = null))
    return createSftpReader(sftp.channel)
  }

  async function readOnce(path: string, offset: number, maxBytes: number): Promise<Uint8Array> {
    reader ??= openReader().catch((error: unknown) => {
      reader = null
      throw error
    })
    const sftp = await reader
    return sftp === null
      ? readByScript(deps.open, path, offset, maxBytes)
      : sftp.readAt(path, offset, maxBytes)
  }

  return {
    async readAt(path, offset, maxBytes) {
      try {
        return await readOnce(path, offset, maxBytes)
      } catch (error) {
        // The SFTP server ended under this read, and perhaps it alone. A dead link fails the second time too.
        if (reader !== null || !(error instanceof AppError) || error.code !== 'unreachable') throw error
        return readOnce(path, offset, maxBytes)
      }
    },
    writeFile: (path, bytes) => writeByScript(deps.open, path, bytes),
  }
}
