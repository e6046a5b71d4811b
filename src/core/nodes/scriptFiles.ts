import { AppError } from '../kernel/appError'
import readAtScript from './nodeSide/readAt.sh?raw'
import writeFileScript from './nodeSide/writeFile.sh?raw'
import type { ScriptChannel } from './scriptChannel'

type OpenScript = (script: string, args: readonly string[]) => Promise<ScriptChannel>

export const BLOCK_BYTES = 65_536

/** `NodeShell.readAt` with nothing but a shell: for servers without SFTP. A process per read. */
export async function readByScript(
  open: OpenScript,
  path: string,
  offset: number,
  maxBytes: number,
): Promise<Uint8Array> {
  const firstBlock = Math.floor(offset / BLOCK_BYTES)
  const skipped = offset - firstBlock * BLOCK_BYTES
  const blocks = Math.ceil((skipped + maxBytes) / BLOCK_BYTES)
  const channel = await open(readAtScript, [path, String(firstBlock), String(blocks)])
  try {
    const output = await collect(channel)
    const code = await channel.closed
    if (code !== 0) throw fileReadFailure(path, code)
    return output.subarray(skipped, skipped + maxBytes)
  } finally {
    channel.close()
  }
}

/** `NodeShell.writeFile` with nothing but a shell. */
export async function writeByScript(open: OpenScript, path: string, bytes: Uint8Array): Promise<void> {
  const channel = await open(writeFileScript, [path, String(bytes.length)])
  try {
    channel.writeBytes(bytes)
    channel.end()
    const said = (await collect(channel)).toString('utf8').trim()
    const code = await channel.closed
    if (code === null) throw new AppError('unreachable', `The link was lost while ${path} was written.`)
    if (code !== 0) throw notWritten(path, said)
  } finally {
    channel.close()
  }
}

/** By the exit code of `readAt.sh`. */
export function fileReadFailure(path: string, code: number | null): AppError {
  if (code === 44) return noSuchFile(path)
  if (code === 45) return new AppError('refused', `${path} cannot be read.`)
  return new AppError('unreachable', `The link was lost while ${path} was read.`)
}

export function noSuchFile(path: string): AppError {
  return new AppError('not-found', `There is no file ${path}.`)
}

export function notWritten(path: string, reason: string): AppError {
  return new AppError('refused', `${path} cannot be written: ${reason}.`, {
    hint: 'Make room or correct the permissions of that folder, or choose another stateDir in fleet.yaml.',
  })
}

async function collect(channel: ScriptChannel): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of channel.output) chunks.push(chunk)
  return Buffer.concat(chunks)
}
