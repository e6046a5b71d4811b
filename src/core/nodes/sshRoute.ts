import type { NodeConfig, SshConfig } from '../config/fleetSchema'
import { AppError } from '../kernel/appError'
import {
  resolveAlias,
  resolveTarget,
  type ResolvedTarget,
  type SshTarget,
  type TargetDeps,
} from './sshTarget'
import { orAborted } from './wakeablePause'

/** A host on the way to a node. */
export interface Hop extends SshTarget {
  /** As it is written, for sentences. */
  readonly name: string
}

/** The way to a node: through these hosts, nearest first, to this one. */
export interface SshRoute {
  readonly hops: readonly Hop[]
  readonly target: SshTarget
}

export interface RouteDeps extends TargetDeps {
  /** A node of the fleet, for a jump host that is one. */
  readonly nodeNamed: (name: string) => NodeConfig | undefined
}

const MAX_HOPS = 8

/** Where a name for a jump host is written, which says what it may mean. */
type WrittenIn = 'fleet.yaml' | 'ssh config'

/**
 * Finds the way to what fleet.yaml says of a node. A jump host there is a node's name, else an alias or
 * `user@host:port` for the OpenSSH client; ProxyJump of an alias only the latter. As with OpenSSH, of several hosts in
 * a row only the first one's own jump hosts count: each other is reached through the one before it.
 * Errors: `refused` for what is not resolvable, for more than eight hops and for a way that goes in a circle.
 */
export function createRouteFinder(deps: RouteDeps) {
  // Many nodes behind one host ask for it at the same moment: one `ssh -G` answers them all.
  const underWay = new Map<string, Promise<ResolvedTarget>>()
  const forever = new AbortController().signal

  async function resolveShared(name: string, writtenIn: WrittenIn): Promise<ResolvedTarget> {
    const key = `${writtenIn} ${name}`
    const known = underWay.get(key)
    if (known !== undefined) return known
    const asked = resolveHop(name, writtenIn).finally(() => underWay.delete(key))
    underWay.set(key, asked)
    return asked
  }

  async function resolveHop(name: string, writtenIn: WrittenIn): Promise<ResolvedTarget> {
    const node = writtenIn === 'fleet.yaml' ? deps.nodeNamed(name) : undefined
    if (node === undefined) return resolveAlias(parseHostName(name), deps, forever)
    if (!('local' in node)) return resolveTarget(node.ssh, deps, forever)
    throw new AppError('refused', `The jump host ${name} is this PC itself.`, {
      hint: 'Remove it from jump in fleet.yaml.',
    })
  }

  async function hopsOf(
    jump: readonly string[],
    writtenIn: WrittenIn,
    trail: readonly string[],
  ): Promise<readonly Hop[]> {
    const hops: Hop[] = []
    for (const [position, name] of jump.entries()) {
      const way = [...trail, name]
      if (trail.includes(name)) throw goesInACircle(way)
      if (way.length > MAX_HOPS) throw tooManyHops(way)
      const { jump: own, ...target } = await resolveShared(name, writtenIn)
      if (position === 0)
        hops.push(...(await hopsOf(own, writtenIn === 'fleet.yaml' ? placeOf(name) : writtenIn, way)))
      hops.push({ name, ...target })
    }
    return hops
  }

  /** A node without an alias has its jump hosts in fleet.yaml, too. */
  function placeOf(name: string): WrittenIn {
    const node = deps.nodeNamed(name)
    return node !== undefined && 'ssh' in node && !('alias' in node.ssh) ? 'fleet.yaml' : 'ssh config'
  }

  async function find(config: SshConfig, signal: AbortSignal): Promise<SshRoute> {
    const { jump, ...target } = await resolveTarget(config, deps, signal)
    const found = await orAborted(hopsOf(jump, 'alias' in config ? 'ssh config' : 'fleet.yaml', []), signal)
    signal.throwIfAborted()
    const hops = found ?? []
    const addresses = [...hops, target].map(addressOf)
    if (hops.length > MAX_HOPS) throw tooManyHops(hops.map(({ name }) => name))
    if (new Set(addresses).size < addresses.length) throw goesInACircle(addresses)
    return { hops, target }
  }

  return { find }
}

/** `user@host:port`, the host in brackets when it is an IPv6 address. */
export function addressOf({ user, host, port }: SshTarget): string {
  return `${user}@${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** `[user@]host[:port]`, an IPv6 address in brackets or alone. */
function parseHostName(text: string): { alias: string; user?: string; port?: number } {
  const at = text.lastIndexOf('@')
  const user = at > 0 ? { user: text.slice(0, at) } : {}
  const rest = text.slice(at + 1)
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(rest) ?? []
  const port = digits === undefined ? {} : { port: Number(digits) }
  return { alias: bracketed ?? plain ?? rest, ...user, ...port }
}

function goesInACircle(way: readonly string[]): AppError {
  return new AppError('refused', `The jump hosts go in a circle: ${way.join(', ')}.`, {
    hint: 'Let every host on the way be reached without the ones after it (jump in fleet.yaml, ProxyJump in ~/.ssh/config).',
  })
}

function tooManyHops(way: readonly string[]): AppError {
  return new AppError(
    'refused',
    `There are more than ${MAX_HOPS} jump hosts on the way: ${way.join(', ')}.`,
    {
      hint: 'Shorten jump in fleet.yaml or ProxyJump in ~/.ssh/config.',
    },
  )
}
