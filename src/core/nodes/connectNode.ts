import { userInfo } from 'node:os'
import type { HostKey } from '../../contract/nodes'
import type { NodeConfig } from '../config/fleetSchema'
import type { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import { createConnectLimit } from './connectLimit'
import type { HostKeys } from './hostKeys'
import type { OfferedKey } from './knownHosts'
import { openLocalSession } from './localShell'
import type { LoginHow } from './loginTalk'
import type { NodeSession, SessionOptions } from './nodeSession'
import { hostKeyBlock } from './sshErrors'
import { createHops, keyOf, type HopLease } from './sshHops'
import type { Keyring } from './sshLogins'
import { addressOf, createRouteFinder, type Hop, type SshRoute } from './sshRoute'
import { connectSsh, openConnection, type InTurn, type LoginOptions } from './sshShell'
import type { SshTarget } from './sshTarget'

/** The ways to all nodes. */
export interface ConnectNode {
  /** One attempt to reach a node. Errors: `blocked`, `refused` (wait for the user); `unreachable` (try again). */
  (config: NodeConfig, signal: AbortSignal, how?: LoginHow): Promise<NodeSession>
  /** The user wants a new attempt now: what failed a moment ago on the way is tried again. */
  readonly tryAnew?: () => void
}

const MAX_CONNECTS_PER_HOST = 3
const READY_TIMEOUT_MS = 10_000
const HANDSHAKE_TIMEOUT_MS = 10_000

export interface ConnectDeps {
  readonly hostKeys: HostKeys
  readonly userHome: string
  readonly keyring?: Keyring
  readonly clock: Clock
  /** A node of the fleet, for a jump host that is one. */
  readonly nodeNamed: (name: string) => NodeConfig | undefined
  /** Shell functions that `NodeShell.call` can reach. */
  readonly library: string
  /** Drydock's own environment: PATH and the like for the local shell, SSH_AUTH_SOCK for the agent. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly timeouts?: { readonly readyMs: number; readonly handshakeMs: number }
}

/** The real way to reach a node: this PC by a shell of its own, all others over SSH. */
export function createConnectNode(deps: ConnectDeps): ConnectNode {
  const timeouts = deps.timeouts ?? { readyMs: READY_TIMEOUT_MS, handshakeMs: HANDSHAKE_TIMEOUT_MS }
  const limited = createConnectLimit(MAX_CONNECTS_PER_HOST)
  const ways: Ways = {
    loginTo: target => loginTo(deps, target, timeouts.readyMs),
    inTurnAt: (key, signal) => work => limited(key, signal, work),
  }
  const routes = createRouteFinder({ ...deps, userName: userInfo().username })
  const hops = createHops({
    clock: deps.clock,
    async connect(hop, via, signal) {
      const connecting = ways.inTurnAt(via === null ? turnKey([], hop) : addressOf(hop), signal)
      return openConnection(await ways.loginTo(hop), hop.name, { via, connecting }, signal)
    },
  })

  async function connectNode(
    config: NodeConfig,
    signal: AbortSignal,
    how: LoginHow = {},
  ): Promise<NodeSession> {
    const session = {
      label: config.name,
      stateDir: config.stateDir,
      library: deps.library,
      handshakeTimeoutMs: timeouts.handshakeMs,
    }
    if ('local' in config) return openLocalSession({ ...session, environment: deps.environment })
    const route = await routes.find(config.ssh, signal)
    const lease = await hops.lease(route.hops, signal)
    try {
      return withLease(await connectOver(ways, route, lease, { ...session, how }, signal), lease)
    } catch (error) {
      await lease?.[Symbol.asyncDispose]()
      throw error
    }
  }
  return Object.assign(connectNode, { tryAnew: () => hops.forgetFailures() })
}

/** What every login needs, to a node or to a jump host. */
interface Ways {
  readonly loginTo: (target: SshTarget) => Promise<LoginOptions>
  readonly inTurnAt: (key: string, signal: AbortSignal) => InTurn
}

async function loginTo(deps: ConnectDeps, target: SshTarget, readyTimeoutMs: number): Promise<LoginOptions> {
  const trust = await deps.hostKeys.load(target.host, target.port)
  return {
    target,
    userHome: deps.userHome,
    ...(deps.keyring === undefined ? {} : { keyring: deps.keyring }),
    knownKeyTypes: trust.knownTypes,
    agentSocket: deps.environment['SSH_AUTH_SOCK'] ?? null,
    readyTimeoutMs,
    verifyHost: offered => hostKeyBlock(target, offered, trust.judge(offered)),
  }
}

/**
 * A server counts those who have not logged in yet from the moment they connect. A jump host that leads to many servers
 * is kept from having many logins under way at once; opening a stream through it costs it nothing.
 */
async function connectOver(
  { loginTo, inTurnAt }: Ways,
  { hops, target }: SshRoute,
  lease: HopLease | null,
  session: SessionOptions & { readonly how: LoginHow },
  signal: AbortSignal,
): Promise<NodeSession> {
  const login = await loginTo(target)
  let hostKey: HostKey | null = null
  const options = {
    ...session,
    ...login,
    login: { ...session.how, target },
    verifyHost(offered: OfferedKey): AppError | null {
      const block = login.verifyHost(offered)
      if (block === null) hostKey = { type: offered.type, fingerprint: offered.fingerprint }
      return block
    },
  }
  const connecting = inTurnAt(turnKey(hops, target), signal)
  const way =
    lease === null
      ? { via: null, connecting }
      : { via: lease.connection, connecting, loggingIn: inTurnAt(`behind ${keyOf(hops)}`, signal) }
  return { ...(await connectSsh(options, signal, way)), hostKey }
}

/** One server by one way, whether it is a node or a jump host. */
function turnKey(hops: readonly Hop[], { host, port }: SshTarget): string {
  return `${keyOf(hops)} > ${host}:${port}`
}

/** The session gives its jump host back when it ends. */
function withLease(session: NodeSession, lease: HopLease | null): NodeSession {
  if (lease === null) return session
  return {
    ...session,
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]()
      await lease[Symbol.asyncDispose]()
    },
  }
}
