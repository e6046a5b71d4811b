import type { NodeConfig } from '../config/fleetSchema'
import { AppError, sentenceOf } from '../kernel/appError'
import { BlockedError } from './blockedError'
import type { ConnectNode } from './connectNode'
import type { PublicKey } from './keyFile'
import installKeyScript from './nodeSide/installKey.sh?raw'
import type { NodeShell } from './nodeShell'

/** A key pair to install: where its private half is, and its public half. */
export interface InstallableKey {
  readonly path: string
  readonly publicKey: PublicKey
}

/**
 * Logs in once with the password, lets the key in, and proves it by a new login that offers this key alone. The
 * password is used for one try and kept nowhere.
 * Errors: `blocked` (host key, password refused, the proof failed); `refused` when the key cannot be written;
 * `unreachable`.
 */
export async function installKey(
  connect: ConnectNode,
  config: NodeConfig,
  key: InstallableKey,
  password: string,
  signal: AbortSignal,
): Promise<void> {
  const isHomeOpen = await writeKey(connect, config, key, password, signal)
  try {
    const session = await connect(config, signal, { onlyKey: key.path })
    await session[Symbol.asyncDispose]()
  } catch (error) {
    if (!isTaken(error)) throw notProved(config, error, isHomeOpen)
  }
}

/** Returns whether others can write the home folder, which makes sshd ignore its keys. */
async function writeKey(
  connect: ConnectNode,
  config: NodeConfig,
  key: InstallableKey,
  password: string,
  signal: AbortSignal,
): Promise<boolean> {
  const session = await connect(config, signal, { password }).catch((error: unknown) => {
    throw isHostKeyMatter(error) ? hostKeyFirst(config, error) : error
  })
  try {
    return await appendKey(session.shell, config, key)
  } finally {
    await session[Symbol.asyncDispose]()
  }
}

async function appendKey(
  shell: NodeShell,
  config: NodeConfig,
  { publicKey }: InstallableKey,
): Promise<boolean> {
  const { type, wire, comment } = publicKey
  const line = comment.replaceAll(/\p{Cc}/gu, ' ')
  const channel = await shell.open(installKeyScript, [type, wire.toString('base64'), line])
  try {
    const chunks: Uint8Array[] = []
    for await (const chunk of channel.output) chunks.push(chunk)
    const said = Buffer.concat(chunks).toString('utf8').trim()
    const code = await channel.closed
    if (code === null) {
      throw new AppError('unreachable', `The link to ${config.name} was lost while the key was installed.`, {
        hint: 'Install it again: a key that is there already is not added twice.',
      })
    }
    if (code !== 0) {
      throw new AppError('refused', `The key cannot be written on ${config.name}: ${said}.`, {
        hint: 'Make room, or correct the owner and the permissions of ~/.ssh there.',
      })
    }
    return /^.{5}w|^.{8}w/.test(said.split(' ')[1] ?? '')
  } finally {
    channel.close()
  }
}

/**
 * The server took the key, and wants more of it or on top of it: its passphrase, a second factor. Both are asked for
 * once the link tries.
 */
function isTaken(error: unknown): boolean {
  return (
    error instanceof BlockedError && (error.reason.kind === 'passphrase' || error.reason.kind === 'question')
  )
}

function isHostKeyMatter(error: unknown): error is BlockedError {
  return error instanceof BlockedError && error.reason.kind.startsWith('host-key')
}

function hostKeyFirst(config: NodeConfig, cause: BlockedError): AppError {
  return new AppError('refused', `${cause.message} The password was not sent.`, {
    hint: `Compare the fingerprint and accept the host key of ${config.name} first.`,
    cause,
  })
}

function notProved(config: NodeConfig, cause: unknown, isHomeOpen: boolean): AppError {
  const why = isHomeOpen
    ? 'Others than its owner can write the home folder there, so the SSH server ignores the keys in it.'
    : 'It is in ~/.ssh/authorized_keys there.'
  return new AppError(
    'refused',
    `The key was installed on ${config.name}, but a login with it alone failed: ${sentenceOf(cause)} ${why}`,
    {
      hint:
        'On that machine: chmod go-w ~ ; then look in /etc/ssh/sshd_config for AuthorizedKeysFile, ' +
        'PubkeyAuthentication and AllowUsers, and in its log (journalctl -u ssh).',
      cause,
    },
  )
}
