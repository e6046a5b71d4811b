import type { Duplex } from 'node:stream'
import ssh2 from 'ssh2'
import type { AuthHandlerMiddleware, Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2'
import { AppError } from '../kernel/appError'
import { createDeadline } from '../kernel/deadline'
import { readOfferedKey, type OfferedKey } from './knownHosts'
import { passwordExpired } from './loginErrors'
import { createLoginTalk, type LoginHow } from './loginTalk'
import { openSession, type NodeSession, type SessionOptions } from './nodeSession'
import { createAuthHandler, listAgentKeys, readPrivateKey } from './sshAuth'
import { createSshConnection, type SshConnection, type Wire } from './sshConnection'
import { connectFailure, timedOut, type LinkErrorDetails } from './sshErrors'
import { findLogins, type Keyring, type Logins } from './sshLogins'
import { createSshMachine } from './sshMachine'
import type { SshTarget } from './sshTarget'
import { openWire } from './sshWire'

export interface LoginOptions {
  readonly target: SshTarget
  /** Null when the key may be used; else the error that the connection ends with. Asked before any login. */
  readonly verifyHost: (offered: OfferedKey) => AppError | null
  /** Types of the host's known keys: the server is asked for one of these first. */
  readonly knownKeyTypes: readonly string[]
  readonly agentSocket: string | null
  readonly userHome: string
  /** Unless given, no key of Drydock's own is offered, and none that has a passphrase. */
  readonly keyring?: Keyring
  /** Serves this very `target` alone: a password is never meant for a machine on the way. `ask` serves them all. */
  readonly login?: LoginHow & { readonly target: SshTarget }
  /** From the first packet to the end of the login. */
  readonly readyTimeoutMs: number
}

export interface SshOptions extends SessionOptions, LoginOptions {}

/** Runs a piece of work when its turn comes. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/** How the far end is reached. */
interface LoginWay {
  /** The host that the way leads through; null for a socket of our own. */
  readonly via: SshConnection | null
  /** From the first packet to the end of the login: a server refuses when too many are at that. */
  readonly connecting?: InTurn
  /** The login alone. */
  readonly loggingIn?: InTurn
}

const atOnce: InTurn = work => work()

/**
 * Connects, checks the host, logs in and brings the node's shell up. Aborting gives the attempt up.
 * Errors: `blocked` (host key, login, no shell), `unreachable`.
 */
export async function connectSsh(
  options: SshOptions,
  signal: AbortSignal,
  way: LoginWay = { via: null },
): Promise<NodeSession> {
  const connection = await openConnection(options, options.label, way, signal)
  const giveUp = (): void => void connection[Symbol.asyncDispose]()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await openSession(createSshMachine(connection, options), options)
  } catch (error) {
    signal.throwIfAborted()
    throw isExpiry(error) ? passwordExpired(options.target) : error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/** Connects, checks the host and logs in, as `name`. Errors: as `connectSsh`. */
export async function openConnection(
  options: LoginOptions,
  name: string,
  { via, connecting = atOnce, loggingIn = atOnce }: LoginWay,
  signal: AbortSignal,
): Promise<SshConnection> {
  const how = howToLogIn(options)
  const logins = await loginsFor(options, how)
  return connecting(async () => {
    const wire = await openWire(options.target, via, options.readyTimeoutMs, signal)
    const client = await onWire(wire, () => loggingIn(() => logIn(wire.stream, options, logins, how)), signal)
    return createSshConnection(client, wire, options.target, name)
  })
}

/** Work on a wire, which is destroyed when it fails or is given up. */
async function onWire<T>(wire: Wire, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const giveUp = (): void => void wire.stream.destroy()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    const result = await work()
    signal.throwIfAborted()
    return result
  } catch (error) {
    wire.stream.destroy()
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

function howToLogIn({ login, target }: LoginOptions): LoginHow {
  if (login === undefined || login.target === target) return login ?? {}
  return login.ask === undefined ? {} : { ask: login.ask }
}

async function loginsFor(options: LoginOptions, { onlyKey, password }: LoginHow): Promise<Logins> {
  if (password !== undefined) return { offers: [], skipped: [] }
  const target = onlyKey === undefined ? options.target : { ...options.target, identityFiles: [onlyKey] }
  return findLogins(target, { ...options, readKey: readPrivateKey, listAgentKeys })
}

/** sshd lets a user in whose password has expired, and puts a demand to change it in place of every command. */
function isExpiry(error: unknown): boolean {
  return error instanceof AppError && error.code === 'blocked' && /password has expired/i.test(error.message)
}

async function logIn(stream: Duplex, options: LoginOptions, logins: Logins, how: LoginHow): Promise<Client> {
  const { target } = options
  const client = new ssh2.Client()
  let isHostKnown = false
  let hostError: AppError | null = null
  const verifyHost = (wire: Buffer): boolean => {
    const offered = readOfferedKey(wire)
    if (offered !== null) hostError = options.verifyHost(offered)
    return offered !== null && hostError === null
  }
  client.once('handshake', () => (isHostKnown = true))

  const deadline = createDeadline(options.readyTimeoutMs)
  try {
    await new Promise<void>((resolve, reject) => {
      const talk = createLoginTalk({ target, logins, how, deadline, giveUp: reject })
      const failure = (error: LinkErrorDetails): AppError | null => {
        if (hostError !== null) return hostError
        return isHostKnown ? talk.failure(error) : connectFailure(error, target)
      }
      client.once('ready', resolve)
      client.on('banner', text => talk.hears(text))
      client.on('change password', () => talk.wantsNewPassword())
      // Stays for the life of the link: an error without a listener would end the process.
      client.on('error', error => {
        const fatal = failure(error)
        if (fatal !== null) reject(fatal)
      })
      client.once('close', () => reject(failure(new Error('the connection was closed'))))
      deadline.onOver(() => reject(timedOut(target)))
      client.connect(connectConfig(stream, options, verifyHost, createAuthHandler(talk, target.user, how)))
    })
  } finally {
    deadline.stop()
  }
  return client
}

function connectConfig(
  stream: Duplex,
  options: LoginOptions,
  verifyHost: (wire: Buffer) => boolean,
  authHandler: AuthHandlerMiddleware,
): ConnectConfig & { readonly hostVerifier: (wire: Buffer) => boolean } {
  return {
    sock: stream,
    username: options.target.user,
    hostVerifier: verifyHost,
    authHandler,
    agentForward: false,
    // The deadline of `logIn` stands still while the user answers; this one could not.
    readyTimeout: 0,
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
