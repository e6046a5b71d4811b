import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readKeyFile, type KeyFile, type PrivateKey, type PublicKey, type ReadPrivateKey } from './keyFile'
import { authBlocked, passphraseWanted } from './loginErrors'
import type { Passphrases } from './passphrases'
import type { SshTarget } from './sshTarget'

/** One thing to log in with, offered in this order. */
export type Login =
  | { readonly kind: 'key'; readonly path: string; readonly key: PrivateKey }
  /** One key of the agent; `path` is its file, when there is one. */
  | {
      readonly kind: 'agent'
      readonly socket: string
      readonly publicKey: PublicKey
      readonly path: string | null
    }
  /** Only asked about: when the server would take it, its passphrase is worth asking for. */
  | { readonly kind: 'locked'; readonly path: string; readonly publicKey: PublicKey }

export interface Logins {
  readonly offers: readonly Login[]
  /** What was there but could not be offered, as ends of a sentence. */
  readonly skipped: readonly string[]
}

/** Asks an agent for its keys. Null when it does not answer. */
type ListAgentKeys = (socket: string) => Promise<readonly PublicKey[] | null>

/** Drydock's own keys, and those that a passphrase opened. */
export interface Keyring {
  readonly folder: string
  readonly passphrases: Pick<Passphrases, 'open'>
}

export interface LoginSources {
  /** The agent's socket, or null without an agent. */
  readonly agentSocket: string | null
  readonly userHome: string
  readonly keyring?: Keyring
  readonly readKey: ReadPrivateKey
  readonly listAgentKeys: ListAgentKeys
}

const USUAL_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa']
/** sshd ends the connection at the sixth refusal (MaxAuthTries 6). */
const MAX_OFFERS = 5
/** Of these, so many are for key files, however many keys the agent has. */
const FILE_OFFERS = 3

/**
 * With configured key files: those and nothing else (an encrypted one through the agent when that has it). Without:
 * what the agent has, then Drydock's own keys, the newest first, then the usual key files; never more than a server
 * takes by default.
 * Errors: `blocked` when no configured key file can be offered.
 */
export async function findLogins(target: SshTarget, sources: LoginSources): Promise<Logins> {
  const agent = await askAgent(sources)
  return target.identityFiles === null
    ? usualLogins(sources, agent)
    : configuredLogins(target, target.identityFiles, sources, agent)
}

interface Agent {
  readonly socket: string
  readonly keys: readonly PublicKey[]
  /** Why it has none, as the end of a sentence. */
  readonly trouble: string | null
}

async function askAgent({ agentSocket, listAgentKeys }: LoginSources): Promise<Agent | null> {
  if (agentSocket === null) return null
  const keys = await listAgentKeys(agentSocket)
  const trouble =
    keys === null ? 'your ssh-agent does not answer' : keys.length === 0 ? 'your ssh-agent has no keys' : null
  return { socket: agentSocket, keys: keys ?? [], trouble }
}

function troubleOf(agent: Agent | null): string[] {
  return agent === null || agent.trouble === null ? [] : [agent.trouble]
}

/** What a key file comes to: an offer, or why there is none. */
type Found = { readonly offer: Login } | { readonly problem: string; readonly fix: string }

async function configuredLogins(
  target: SshTarget,
  paths: readonly string[],
  sources: LoginSources,
  agent: Agent | null,
): Promise<Logins> {
  const found: Found[] = []
  for (const path of paths) {
    const file = await readKeyFile(path, sources.readKey)
    found.push(file === null ? missing(path) : await loginOf(file, target, sources, agent))
  }
  const offers = found.flatMap(each => ('offer' in each ? [each.offer] : [])).sort(lockedLast)
  const problems = found.flatMap(each => ('problem' in each ? [each] : []))
  const [first] = problems
  if (offers.length === 0 && first !== undefined) throw authBlocked(first.problem, first.fix)
  const skipped = problems.map(({ problem }) => problem.replace(/\.$/, ''))
  const trouble = offers.some(({ kind }) => kind === 'locked') ? troubleOf(agent) : []
  return { offers: offers.slice(0, MAX_OFFERS), skipped: [...skipped, ...trouble] }
}

async function usualLogins(sources: LoginSources, agent: Agent | null): Promise<Logins> {
  const files = [...(await ownKeyFiles(sources)), ...(await usualKeyFiles(sources))]
  const skipped = troubleOf(agent)
  const fileOffers: Login[] = []
  const agentFirst: Login[] = []
  for (const file of files) {
    const found = await loginOf(file, null, sources, agent)
    if ('problem' in found) skipped.push(found.problem.replace(/\.$/, ''))
    else if (found.offer.kind === 'agent') agentFirst.push(found.offer)
    else fileOffers.push(found.offer)
  }
  const offers = withinLimit([...agentFirst, ...restOf(agent, agentFirst)], fileOffers.sort(lockedLast))
  const left = (agent?.keys.length ?? 0) + fileOffers.length - offers.length
  if (left > 0) {
    skipped.push(
      `${left} more ${left === 1 ? 'key was' : 'keys were'} not offered: servers end the login after six`,
    )
  }
  return { offers, skipped }
}

function withinLimit(fromAgent: readonly Login[], fromFiles: readonly Login[]): Login[] {
  const agentPlaces = MAX_OFFERS - Math.min(FILE_OFFERS, fromFiles.length)
  return [...fromAgent.slice(0, agentPlaces), ...fromFiles].slice(0, MAX_OFFERS)
}

/** The agent's keys whose files are at hand come first, as with the OpenSSH client. */
function restOf(agent: Agent | null, taken: readonly Login[]): Login[] {
  if (agent === null) return []
  const isTaken = (key: PublicKey): boolean =>
    taken.some(login => login.kind === 'agent' && login.publicKey.wire.equals(key.wire))
  return agent.keys
    .filter(key => !isTaken(key))
    .map(publicKey => ({ kind: 'agent', socket: agent.socket, publicKey, path: null }))
}

/** Drydock's own keys, the newest first. */
async function ownKeyFiles({ keyring, readKey }: LoginSources): Promise<KeyFile[]> {
  if (keyring === undefined) return []
  const names = await readdir(keyring.folder).catch(() => [])
  const paths = names.filter(name => !name.endsWith('.pub')).map(name => join(keyring.folder, name))
  const files = await keyFilesAt(paths, readKey)
  return files
    .filter(({ reading }) => reading.state !== 'broken')
    .sort((a, b) => b.modifiedAtMs - a.modifiedAtMs)
}

async function usualKeyFiles({ userHome, readKey }: LoginSources): Promise<KeyFile[]> {
  return keyFilesAt(
    USUAL_KEYS.map(name => join(userHome, '.ssh', name)),
    readKey,
  )
}

async function keyFilesAt(paths: readonly string[], readKey: ReadPrivateKey): Promise<KeyFile[]> {
  const files = await Promise.all(paths.map(path => readKeyFile(path, readKey)))
  return files.filter(file => file !== null)
}

/**
 * With `target`, a key whose passphrase nobody gave and whose public half nobody knows blocks; without, it is skipped.
 */
async function loginOf(
  file: KeyFile,
  target: SshTarget | null,
  { keyring }: LoginSources,
  agent: Agent | null,
): Promise<Found> {
  const { path, reading, publicKey } = file
  if (agent !== null && publicKey !== null && agent.keys.some(({ wire }) => wire.equals(publicKey.wire))) {
    return { offer: { kind: 'agent', socket: agent.socket, publicKey, path } }
  }
  if (reading.state === 'broken') return unreadable(path)
  if (file.isTooOpen) return tooOpen(path)
  if (reading.state === 'usable') return { offer: { kind: 'key', path, key: reading.key } }
  const key = (await keyring?.passphrases.open(path, file.bytes)) ?? null
  if (key !== null) return { offer: { kind: 'key', path, key } }
  if (publicKey !== null) return { offer: { kind: 'locked', path, publicKey } }
  if (target !== null) throw passphraseWanted(target, path)
  return { problem: `${path} has a passphrase`, fix: `Give it to your ssh-agent: ssh-add ${path}` }
}

function lockedLast(a: Login, b: Login): number {
  return Number(a.kind === 'locked') - Number(b.kind === 'locked')
}

function missing(path: string): Found {
  return {
    problem: `There is no readable key file ${path}.`,
    fix: `Correct identityFile in fleet.yaml, or make the key with: ssh-keygen -t ed25519 -f ${path}`,
  }
}

function unreadable(path: string): Found {
  return {
    problem: `${path} is not a private key that Drydock can read.`,
    fix: `identityFile must name the private key (not the .pub file), in OpenSSH or PEM form. This rewrites another form: ssh-keygen -p -f ${path}`,
  }
}

/** As the OpenSSH client, which ignores such a key. */
function tooOpen(path: string): Found {
  return {
    problem: `The key ${path} is readable for others than you, so it is not used.`,
    fix: `Close it: chmod 600 ${path}`,
  }
}
