import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SshKey } from './sshKeys'

/** A real ssh-agent with its socket in `folder`, holding `keys`, which must have no passphrase. */
export async function startSshAgent(
  folder: string,
  keys: readonly SshKey[],
): Promise<AsyncDisposable & { readonly socket: string }> {
  const socket = join(folder, 'agent')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<void>(resolve => void agent.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    agent.once('error', reject)
    agent.stdout.once('data', () => resolve())
  })
  const dispose = async (): Promise<void> => {
    agent.kill()
    await exited
  }
  try {
    for (const { path } of keys) {
      await promisify(execFile)('ssh-add', ['-q', path], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
    }
  } catch (error) {
    await dispose()
    throw error
  }
  return { socket, [Symbol.asyncDispose]: dispose }
}
