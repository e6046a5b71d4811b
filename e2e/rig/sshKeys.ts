import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type KeyKind = 'ed25519' | 'rsa' | 'ecdsa'

export interface SshKey {
  /** The private key's file; the public one is beside it, with `.pub`. */
  readonly path: string
  /** As `authorized_keys` and `known_hosts` take it: type and base64. */
  readonly publicKey: string
  /** `SHA256:…` as `ssh-keygen -l` prints it. */
  readonly fingerprint: string
  readonly type: string
}

/** Makes a key pair with OpenSSH's own ssh-keygen, in place of one that may be there. */
export async function createSshKey(
  path: string,
  options: { readonly kind?: KeyKind; readonly passphrase?: string } = {},
): Promise<SshKey> {
  const { kind = 'ed25519', passphrase = '' } = options
  await rm(path, { force: true })
  // 2048 bits are enough for a test, and made in a tenth of the time.
  const size = kind === 'rsa' ? ['-b', '2048'] : []
  await run('ssh-keygen', ['-q', '-t', kind, ...size, '-N', passphrase, '-C', 'rig', '-f', path])
  const [type = '', key = ''] = (await readFile(`${path}.pub`, 'utf8')).split(' ')
  const { stdout } = await run('ssh-keygen', ['-l', '-f', `${path}.pub`])
  return { path, type, publicKey: `${type} ${key}`, fingerprint: stdout.split(' ')[1] ?? '' }
}
