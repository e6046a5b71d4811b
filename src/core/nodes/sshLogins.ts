import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BlockedError } from './blockedError'
import type { SshTarget } from './sshTarget'

/** One thing to log in with, offered in this order. */
export type Login =
  | { readonly kind: 'key'; readonly path: string; readonly bytes: Buffer }
  /** `only` narrows the agent to one public key (wire form); null offers all it has. */
  | { readonly kind: 'agent'; readonly socket: string; readonly only: Buffer | null }

export interface Logins {
  readonly offers: readonly Login[]
  /** Key files that were there but could not be offered, as ends of a sentence. */
  readonly skipped: readonly string[]
}

export type KeyState = 'usable' | 'encrypted' | 'broken'

interface LoginSources {
  readonly target: SshTarget
  /** The agent's socket, or null without an agent. */
  readonly agentSocket: string | null
  readonly userHome: string
  readonly stateOf: (privateKey: Buffer) => KeyState
}

const USUAL_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa']

/**
 * With configured key files: those and nothing else (an encrypted one through the agent, narrowed to it). Without:
 * what the agent has, then the usual key files that are there, as the OpenSSH client does.
 * Errors: `blocked` when a configured key file is missing or no key, or encrypted and there is no agent.
 */
export async function findLogins(sources: LoginSources): Promise<Logins> {
  const { target, agentSocket, userHome } = sources
  if (target.identityFiles !== null) {
    const offers = await Promise.all(target.identityFiles.map(path => configuredLogin(path, sources)))
    return { offers, skipped: [] }
  }
  const offers: Login[] = agentSocket === null ? [] : [{ kind: 'agent', socket: agentSocket, only: null }]
  const skipped: string[] = []
  for (const name of USUAL_KEYS) {
    const path = join(userHome, '.ssh', name)
    const bytes = await bytesOf(path)
    if (bytes === null) continue
    const state = sources.stateOf(bytes)
    if (state === 'usable') offers.push({ kind: 'key', path, bytes })
    else skipped.push(state === 'encrypted' ? `${path} has a passphrase` : `${path} is no private key`)
  }
  return { offers, skipped }
}

async function configuredLogin(path: string, { agentSocket, stateOf }: LoginSources): Promise<Login> {
  const bytes = await bytesOf(path)
  if (bytes === null) {
    throw authBlocked(
      `There is no readable key file ${path}.`,
      `Correct identityFile in fleet.yaml, or make the key with: ssh-keygen -t ed25519 -f ${path}`,
    )
  }
  const state = stateOf(bytes)
  if (state === 'usable') return { kind: 'key', path, bytes }
  if (state === 'broken') {
    throw authBlocked(
      `${path} is not a private key that Drydock can read.`,
      'identityFile must name the private key (not the .pub file), in OpenSSH or PEM form.',
    )
  }
  const publicKey = await bytesOf(`${path}.pub`)
  const only = publicKey?.toString('utf8').trim().split(/\s+/)[1]
  if (agentSocket === null || only === undefined) {
    throw authBlocked(
      `The key ${path} has a passphrase, and Drydock does not ask for passphrases yet.`,
      `Give it to your ssh-agent before Drydock starts: eval "$(ssh-agent)" && ssh-add ${path}`,
    )
  }
  return { kind: 'agent', socket: agentSocket, only: Buffer.from(only, 'base64') }
}

/** The server took none of what was offered. `notes` are what went wrong on the way, for the sentence. */
export function authRefused(target: SshTarget, logins: Logins, notes: readonly string[]): BlockedError {
  const address = `${target.user}@${target.host}`
  const tried = logins.offers.map(offer => (offer.kind === 'key' ? offer.path : "your ssh-agent's keys"))
  const asides = [...logins.skipped, ...notes]
  const aside = asides.length === 0 ? '' : ` (${asides.join('; ')})`
  if (tried.length === 0) {
    return authBlocked(
      `There is no key to log in to ${address} with${aside}.`,
      `Make one and install it: ssh-keygen -t ed25519, then ${copyIdCommand(target, null)}`,
    )
  }
  const key = logins.offers.find(offer => offer.kind === 'key')
  return authBlocked(
    `${address} refused the key: ${tried.join(', ')}${aside}.`,
    `Check the user, or install it with: ${copyIdCommand(target, key?.kind === 'key' ? key.path : null)}`,
  )
}

function copyIdCommand(target: SshTarget, path: string | null): string {
  const key = path === null ? '' : ` -i ${path}.pub`
  const port = target.port === 22 ? '' : ` -p ${target.port}`
  return `ssh-copy-id${key}${port} ${target.user}@${target.host}`
}

function authBlocked(message: string, hint: string): BlockedError {
  return new BlockedError(message, { kind: 'auth', message, hint, takesPassword: false })
}

async function bytesOf(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch {
    // Not there or not ours to read: the same to an offer, and the sentence says so.
    return null
  }
}
