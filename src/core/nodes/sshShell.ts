import net from 'node:net'
import ssh2 from 'ssh2'
import type { AnyAuthMethod, Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2'
import type { AppError } from '../kernel/appError'
import { readOfferedKey, type OfferedKey } from './knownHosts'
import { openSession, type NodeSession, type SessionOptions } from './nodeSession'
import { oneWriteATurn } from './oneWriteATurn'
import { connectFailure, timedOut, type LinkErrorDetails } from './sshErrors'
import { authRefused, findLogins, type KeyState, type Login, type Logins } from './sshLogins'
import { createSshMachine } from './sshMachine'
import type { SshTarget } from './sshTarget'

export interface SshOptions extends SessionOptions {
  readonly target: SshTarget
  /** Null when the key may be used; else the error that the connection ends with. Asked before any login. */
  readonly verifyHost: (offered: OfferedKey) => AppError | null
  /** Types of the host's known keys: the server is asked for one of these first. */
  readonly knownKeyTypes: readonly string[]
  readonly agentSocket: string | null
  readonly userHome: string
  /** From the first packet to the end of the login. */
  readonly readyTimeoutMs: number
}

/**
 * Connects, checks the host, logs in and brings the node's shell up. Aborting gives the attempt up.
 * Errors: `blocked` (host key, login, no shell), `unreachable`.
 */
export async function connectSsh(options: SshOptions, signal: AbortSignal): Promise<NodeSession> {
  const logins = await findLogins({ ...options, stateOf: privateKeyState })
  signal.throwIfAborted()
  const socket = openSocket(options.target)
  const giveUp = (): void => void socket.destroy()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    const roundTripMs = await connected(socket, options)
    const client = await logIn(socket, options, logins)
    return await openSession(createSshMachine(client, socket, options, roundTripMs), options)
  } catch (error) {
    socket.destroy()
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/**
 * Our own socket, because ssh2 leaves Nagle's algorithm on: small packets would wait for the delayed acknowledgement
 * (measured: 91 ms instead of 4 ms for an exec).
 */
function openSocket(target: SshTarget): net.Socket {
  return oneWriteATurn(net.connect({ host: target.host, port: target.port, noDelay: true }))
}

/** Returns how long the connection took: one round trip. */
async function connected(socket: net.Socket, options: SshOptions): Promise<number> {
  const startMs = performance.now()
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', error => reject(connectFailure(error, options.target)))
      socket.once('close', () => reject(connectFailure(new Error('closed'), options.target)))
      timer = setTimeout(() => reject(timedOut(options.target)), options.readyTimeoutMs)
    })
    return performance.now() - startMs
  } finally {
    clearTimeout(timer)
  }
}

async function logIn(socket: net.Socket, options: SshOptions, logins: Logins): Promise<Client> {
  const { target } = options
  const client = new ssh2.Client()
  // Not fatal: a key that would not sign, an agent that is gone. The next login is tried.
  const notes: string[] = []
  let isHostKnown = false
  let hostError: AppError | null = null
  const verifyHost = (wire: Buffer): boolean => {
    const offered = readOfferedKey(wire)
    if (offered !== null) hostError = options.verifyHost(offered)
    return offered !== null && hostError === null
  }
  client.once('handshake', () => (isHostKnown = true))

  const failure = (error: LinkErrorDetails): AppError | null => {
    if (hostError !== null) return hostError
    if (!isHostKnown) return connectFailure(error, target)
    if (error.level === 'agent') notes.push(`the ssh-agent did not answer: ${error.message}`)
    else if (/methods failed|too many auth/i.test(error.message)) return authRefused(target, logins, notes)
    else if (error.level === 'client-authentication') notes.push(error.message)
    else return connectFailure(error, target)
    return null
  }
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    // Stays for the life of the link: an error without a listener would end the process.
    client.on('error', error => {
      const fatal = failure(error)
      if (fatal !== null) reject(fatal)
    })
    client.once('close', () => reject(failure(new Error('the connection was closed'))))
    client.connect(connectConfig(socket, options, logins, verifyHost))
  })
  return client
}

function connectConfig(
  socket: net.Socket,
  options: SshOptions,
  logins: Logins,
  verifyHost: (wire: Buffer) => boolean,
): ConnectConfig & { readonly hostVerifier: (wire: Buffer) => boolean } {
  const username = options.target.user
  return {
    sock: socket,
    username,
    hostVerifier: verifyHost,
    authHandler: logins.offers.map(login => authMethod(login, username)),
    agentForward: false,
    readyTimeout: options.readyTimeoutMs,
    // These keepalives only ask. Silence on the socket gives the verdict (see watchSilence); ssh2's own, which counts
    // unanswered ones, drops live links that are full of data.
    keepaliveInterval: 1000,
    keepaliveCountMax: 60,
    algorithms: {
      kex: [
        'curve25519-sha256',
        'curve25519-sha256@libssh.org',
        'ecdh-sha2-nistp256',
        'ecdh-sha2-nistp384',
        'ecdh-sha2-nistp521',
        'diffie-hellman-group16-sha512',
        'diffie-hellman-group18-sha512',
        'diffie-hellman-group14-sha256',
      ],
      serverHostKey: hostKeyAlgorithms(options.knownKeyTypes),
      // Electron's crypto has no chacha20-poly1305.
      cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes256-ctr'],
      hmac: [
        'hmac-sha2-256-etm@openssh.com',
        'hmac-sha2-512-etm@openssh.com',
        'hmac-sha2-256',
        'hmac-sha2-512',
      ],
      compress: ['none'],
    },
  }
}

/** All that are accepted, those of known keys first. A known RSA key is offered under its SHA-2 names alone. */
function hostKeyAlgorithms(knownKeyTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const accepted = [
    ['ssh-ed25519', 'ssh-ed25519'],
    ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256'],
    ['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384'],
    ['ecdsa-sha2-nistp521', 'ecdsa-sha2-nistp521'],
    ['rsa-sha2-512', 'ssh-rsa'],
    ['rsa-sha2-256', 'ssh-rsa'],
  ] as const
  const isKnown = (type: string): boolean => knownKeyTypes.includes(type)
  return [
    ...accepted.filter(([, type]) => isKnown(type)),
    ...accepted.filter(([, type]) => !isKnown(type)),
  ].map(([algorithm]) => algorithm)
}

function authMethod(login: Login, username: string): AnyAuthMethod {
  if (login.kind === 'key') return { type: 'publickey', username, key: login.bytes }
  const agent = ssh2.createAgent(login.socket)
  const { only } = login
  if (only !== null) {
    const listAll = agent.getIdentities.bind(agent)
    agent.getIdentities = callback =>
      listAll((error, keys) => {
        if (error) return callback(error)
        callback(null, keys?.filter(key => isKey(key, only)) ?? [])
      })
  }
  return { type: 'agent', username, agent }
}

function isKey(key: unknown, wire: Buffer): boolean {
  const parsed = key instanceof Buffer || typeof key === 'string' ? ssh2.utils.parseKey(key) : key
  if (typeof parsed !== 'object' || parsed === null || !('getPublicSSH' in parsed)) return false
  return typeof parsed.getPublicSSH === 'function' && wire.equals(parsed.getPublicSSH())
}

/** What can be done with the bytes of a private key file. */
function privateKeyState(bytes: Buffer): KeyState {
  const key = ssh2.utils.parseKey(bytes)
  if (key instanceof Error) return /encrypted|passphrase/i.test(key.message) ? 'encrypted' : 'broken'
  return key.isPrivateKey() ? 'usable' : 'broken'
}
