import { setMaxListeners } from 'node:events'
import type { SshHost } from '../../contract/machines'
import type { NodeConfig, SshConfig } from '../config/fleetSchema'
import { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import { withLimit } from '../kernel/limit'
import { createConnectLimit } from './connectLimit'
import { readAddress } from './machineAddress'
import { sshConfigAliases } from './sshConfigAliases'
import { askSshClient, readSshAnswer, type SshAnswer } from './sshTarget'

const MAX_CLIENTS = 4
/** A `Match exec` of the configuration runs for each alias, and may hang. */
const ALIAS_LIMIT_MS = 5000
const WHOLE_LIMIT_MS = 60_000
const MAX_HOPS = 8

export interface SshHostsDeps {
  readonly userHome: string
  readonly clock: Clock
  readonly nodes: () => readonly NodeConfig[]
}

type Resolved = NonNullable<SshHost['resolved']>

/**
 * The machines of the user's SSH configuration, each resolved by OpenSSH's own client, so that `Match`, defaults and
 * includes count as they do there.
 * Errors: `file-invalid` when the configuration cannot be read. An alias that cannot be resolved has a `problem`.
 */
export async function listSshHosts(deps: SshHostsDeps, signal: AbortSignal): Promise<SshHost[]> {
  const aliases = await sshConfigAliases(deps.userHome)
  const hosts = await withLimit(deps.clock, WHOLE_LIMIT_MS, signal, async within => {
    setMaxListeners(0, within) // every alias listens
    const resolve = createResolver(deps, within)
    return await Promise.all(
      aliases.map(async (alias): Promise<Omit<SshHost, 'node'>> => {
        try {
          return { alias, resolved: await resolve(alias), problem: null }
        } catch (error) {
          signal.throwIfAborted()
          return { alias, resolved: null, problem: problemOf(alias, error) }
        }
      }),
    )
  })
  signal.throwIfAborted()
  return withNodes(hosts, deps.nodes())
}

function createResolver({ userHome, clock }: SshHostsDeps, signal: AbortSignal) {
  const limited = createConnectLimit(MAX_CLIENTS)
  const asked = new Map<string, Promise<SshAnswer>>()

  function ask(alias: string): Promise<SshAnswer> {
    const answer =
      asked.get(alias) ??
      limited('ssh', signal, () =>
        withLimit(clock, ALIAS_LIMIT_MS, signal, async within =>
          readSshAnswer(alias, await askSshClient({ alias: alias }, userHome, within), userHome),
        ),
      )
    asked.set(alias, answer)
    return answer
  }

  /** The hops of a ProxyJump, nearest first. As the client does it: only the first one's own jumps count. */
  async function hopsOf(words: string, depth: number): Promise<string[]> {
    if (depth >= MAX_HOPS) throw new AppError('refused', `Its jump hosts lead in a circle: ${words}.`)
    const hops = words.split(',').map(word => word.trim())
    const all = await Promise.all(hops.map((hop, index) => hopOf(hop, index === 0, depth)))
    return all.flat()
  }

  async function hopOf(hop: string, isFirst: boolean, depth: number): Promise<string[]> {
    const said = readAddress(hop)
    if ('problem' in said) throw new AppError('refused', said.problem)
    const answer = await ask(said.host)
    const before = isFirst && answer.proxy?.kind === 'jump' ? await hopsOf(answer.proxy.words, depth + 1) : []
    const to = { host: answer.host, user: said.user ?? answer.user, port: said.port ?? answer.port }
    return [...before, hopText(to)]
  }

  return async (alias: string): Promise<Resolved> => {
    const { host, port, user, identityFiles, proxy } = await ask(alias)
    if (proxy?.kind === 'command') {
      throw new AppError('refused', `${alias} goes through a ProxyCommand, which Drydock does not run.`, {
        hint: 'Use ProxyJump instead.',
      })
    }
    const jump = proxy === null ? [] : await hopsOf(proxy.words, 0)
    return { host, port, user, identityFiles: [...(identityFiles ?? [])], jump }
  }
}

function hopText({ host, user, port }: Pick<Resolved, 'host' | 'user' | 'port'>): string {
  return `${user}@${host.includes(':') ? `[${host}]` : host}:${port}`
}

function problemOf(alias: string, error: unknown): string {
  if (error instanceof AppError) return error.hint === null ? error.message : `${error.message} ${error.hint}`
  if (error instanceof Error && error.name === 'AbortError') {
    return `The SSH client did not answer for ${alias} in time. Look for a Match exec that hangs in its configuration.`
  }
  throw error
}

/** Tells which of the hosts the fleet already has: by alias, else by address and the way there. */
function withNodes(hosts: readonly Omit<SshHost, 'node'>[], nodes: readonly NodeConfig[]): SshHost[] {
  const resolvedBy = new Map(hosts.map(({ alias, resolved }) => [alias, resolved]))
  const names = new Map<string, NodeConfig['name']>()
  for (const node of nodes) {
    const place = 'local' in node ? null : placeOfNode(node.ssh, nodes, resolvedBy)
    if (place !== null && !names.has(place)) names.set(place, node.name)
  }
  return hosts.map(host => {
    const place = host.resolved === null ? null : placeOf(host.resolved)
    const byAlias = nodes.find(node => 'ssh' in node && 'alias' in node.ssh && node.ssh.alias === host.alias)
    return { ...host, node: byAlias?.name ?? (place === null ? null : (names.get(place) ?? null)) }
  })
}

type ResolvedBy = ReadonlyMap<string, Resolved | null>

function placeOfNode(ssh: SshConfig, nodes: readonly NodeConfig[], resolvedBy: ResolvedBy): string | null {
  if ('alias' in ssh) {
    const resolved = resolvedBy.get(ssh.alias)
    return resolved == null ? null : placeOf(resolved)
  }
  const jump = (ssh.jump ?? []).flatMap(hop => placeOfHop(hop, nodes, resolvedBy))
  return placeText(ssh.host, ssh.port, jump)
}

function placeOfHop(hop: string, nodes: readonly NodeConfig[], resolvedBy: ResolvedBy): string[] {
  const resolved = resolvedBy.get(hop)
  if (resolved != null)
    return [...resolved.jump.map(withoutUser), placeText(resolved.host, resolved.port, [])]
  const node = nodes.find(({ name }) => name === hop)
  if (node !== undefined && 'ssh' in node) {
    return 'host' in node.ssh
      ? [placeText(node.ssh.host, node.ssh.port, [])]
      : placeOfHop(node.ssh.alias, [], resolvedBy)
  }
  const said = readAddress(hop)
  return 'problem' in said ? [hop] : [placeText(said.host, said.port ?? 22, [])]
}

/** The login does not count: two users on one machine are one machine. */
function placeOf({ host, port, jump }: Resolved): string {
  return placeText(host, port, jump.map(withoutUser))
}

function withoutUser(hop: string): string {
  const said = readAddress(hop)
  return 'problem' in said ? hop : placeText(said.host, said.port ?? 22, [])
}

function placeText(host: string, port: number, jump: readonly string[]): string {
  return [...jump, `${host.toLowerCase()} ${port}`].join(' > ')
}
