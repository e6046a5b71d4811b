import type { BlockReason } from '../../contract/nodes'
import { AppError } from '../kernel/appError'
import { BlockedError } from './blockedError'
import type { Judgement } from './hostKeys'
import type { OfferedKey } from './knownHosts'
import type { Place } from './nodeShell'
import { SessionLimitError } from './sessionLimit'
import type { SshTarget } from './sshTarget'

/** What ssh2 and the socket put on their errors. */
export type LinkErrorDetails = Error & {
  readonly code?: unknown
  readonly level?: unknown
  readonly reason?: unknown
}

/** Why no connection came about, with the fix. */
export function connectFailure(error: LinkErrorDetails, target: SshTarget): AppError {
  const at = hostPort(target)
  const unreachable = (message: string, hint: string): AppError =>
    new AppError('unreachable', message, { hint, cause: error })
  switch (error.code) {
    case 'ECONNREFUSED':
      return unreachable(`No SSH server answers on ${at}.`, 'Start it, or correct the port in fleet.yaml.')
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable(
        `The name ${target.host} cannot be resolved.`,
        'Correct host in fleet.yaml, or give the IP address.',
      )
    case 'ETIMEDOUT':
      return timedOut(target, error)
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return unreachable(
        `There is no way to ${at} on the network.`,
        'Check that the machine is on, and the cable, Wi-Fi or VPN of both ends.',
      )
    default:
      return handshakeFailure(error, target)
  }
}

function handshakeFailure(error: LinkErrorDetails, target: SshTarget): AppError {
  const at = hostPort(target)
  if (error.level === 'client-timeout') return timedOut(target, error)
  if (/no matching/i.test(error.message)) {
    const message = `The SSH server on ${at} offers only algorithms that Drydock refuses: ${error.message}.`
    const hint =
      'Update OpenSSH on that machine: it must offer curve25519 or ECDH, AES-GCM or AES-CTR, and SHA-2.'
    return new BlockedError(message, { kind: 'unusable', message, hint }, null, error)
  }
  if (
    error.code === 'ECONNRESET' ||
    error.code === 'EPIPE' ||
    /connection lost|closed/i.test(error.message)
  ) {
    return new AppError('unreachable', `${at} closed the connection before the login.`, {
      hint: 'Its server may be busy or refuse this PC (MaxStartups, fail2ban, penalties), or it speaks no SSH.',
      cause: error,
    })
  }
  return new AppError('unreachable', `What answers on ${at} did not speak SSH properly: ${error.message}.`, {
    hint: 'Check that the port in fleet.yaml is that of the SSH server.',
    cause: error,
  })
}

/** `host:port`, an IPv6 address in brackets. */
function hostPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

export function timedOut(target: Pick<SshTarget, 'host' | 'port'>, cause?: unknown): AppError {
  return new AppError('unreachable', `${hostPort(target)} did not answer in time.`, {
    hint: 'Check that the machine is on and not asleep, and that no firewall drops the connection.',
    cause,
  })
}

/** Why a link that was up ended. */
export function linkLost(target: SshTarget, silentMs: number | null, cause: unknown): AppError {
  const seconds = silentMs === null ? null : (silentMs / 1000).toFixed(1)
  return new AppError(
    'unreachable',
    seconds === null
      ? `The SSH connection to ${hostPort(target)} was cut.`
      : `No sign of life from ${hostPort(target)} for ${seconds} s.`,
    {
      hint: 'Check that the machine is on and the network to it works. Drydock reconnects by itself; runs go on.',
      cause,
    },
  )
}

const ADMINISTRATIVELY_PROHIBITED = 1

/** Why `name` opened no stream to a place; its server gives a number and a word. */
export function forwardFailure(error: LinkErrorDetails, name: string, place: Place): AppError {
  const to = placeText(place)
  const config = `/etc/ssh/sshd_config on ${name}`
  if (error.reason === ADMINISTRATIVELY_PROHIBITED) {
    return new AppError('refused', `The SSH server on ${name} does not forward connections to ${to}.`, {
      hint: `Set AllowTcpForwarding yes in ${config} (PermitOpen must not exclude it), then restart its SSH server.`,
      cause: error,
    })
  }
  const [, said = error.message] = /Channel open failure: (.*)$/.exec(error.message) ?? []
  // For a socket the server says the same when it is not there, when it is closed to this user, and when it forbids.
  const hint =
    'host' in place
      ? `Check that something listens there, and the address as ${name} sees it.`
      : `Check that the socket is there and open to this user, and AllowStreamLocalForwarding in ${config}.`
  return new AppError('unreachable', `${name} cannot reach ${to}: ${said}.`, { hint, cause: error })
}

/** `host:port`, or the path of a socket. */
export function placeText(place: Place): string {
  return 'host' in place ? hostPort(place) : place.socket
}

/** What went wrong with a jump host, by its name; the address of a host key says it by itself. */
export function ofHop(error: AppError, name: string): AppError {
  const said = (message: string): string =>
    message.startsWith('Jump host ') ? message : `Jump host ${name}: ${message}`
  if (!(error instanceof BlockedError)) {
    const hint = error.hint === null ? {} : { hint: error.hint }
    return new AppError(error.code, said(error.message), { ...hint, cause: error })
  }
  const { reason } = error
  if (!('message' in reason)) return error
  return new BlockedError(said(error.message), ofHopReason(reason, said(reason.message)), error.offer, error)
}

/** What is asked by a jump host stands between this PC and many nodes: neither answers nor passwords are sent to it. */
function ofHopReason(
  reason: Extract<BlockReason, { readonly message: string }>,
  message: string,
): BlockReason {
  switch (reason.kind) {
    case 'question':
      return {
        kind: 'auth',
        message,
        hint: 'Drydock does not answer the questions of a jump host. Let it take a key alone from this PC.',
        takesPassword: false,
      }
    case 'auth':
      return { ...reason, message, takesPassword: false }
    case 'passphrase':
    case 'unusable':
      return { ...reason, message }
    default:
      return reason satisfies never
  }
}

/** sshd's MaxSessions is reached: no more channels for now. */
export function isSessionLimit(error: Error): boolean {
  return /open failed/i.test(error.message)
}

/** The server will not open one more session on this connection. */
export function sessionRefused(label: string, cause: LinkErrorDetails): AppError {
  if (isSessionLimit(cause)) return new SessionLimitError(label, cause)
  return new AppError('refused', `${label} does not let this user run commands: ${cause.message}.`, {
    hint: 'Check ForceCommand and the login shell of this user in the SSH server of that machine.',
    cause,
  })
}

/** Null when the key may be used; else what blocks the link. Nothing was sent to authenticate at this point. */
export function hostKeyBlock(
  target: SshTarget,
  key: OfferedKey,
  { verdict, file }: Judgement,
): BlockedError | null {
  const { host, port } = target
  const address = hostPort(target)
  const { type, fingerprint } = key
  const offered = { type, fingerprint }
  switch (verdict.kind) {
    case 'known':
      return null
    case 'unknown':
      return new BlockedError(
        `The host key of ${address} is not known yet: ${fingerprint}.`,
        { kind: 'host-key-unknown', address, offered },
        { host, port, key },
      )
    case 'changed':
      return new BlockedError(`The host key of ${address} has changed: ${fingerprint}.`, {
        kind: 'host-key-changed',
        address,
        offered,
        known: [...verdict.known],
        knownIn: file ?? '',
      })
    case 'revoked': {
      const message = `The host key that ${address} offers (${fingerprint}) is marked as revoked in ${file}.`
      const hint =
        'Do not log in there. Give the machine a new host key, or remove the @revoked line if it is wrong.'
      return new BlockedError(message, { kind: 'unusable', message, hint })
    }
    default:
      return verdict satisfies never
  }
}
