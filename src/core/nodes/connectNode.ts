import { userInfo } from 'node:os'
import type { HostKey } from '../../contract/nodes'
import type { NodeConfig } from '../config/fleetSchema'
import { createConnectLimit } from './connectLimit'
import type { HostKeys } from './hostKeys'
import { openLocalSession } from './localShell'
import type { LoginHow } from './loginTalk'
import type { NodeSession } from './nodeSession'
import { hostKeyBlock } from './sshErrors'
import type { Keyring } from './sshLogins'
import { connectSsh } from './sshShell'
import { resolveTarget } from './sshTarget'

/** One attempt to reach a node. Errors: `blocked`, `refused` (wait for the user); `unreachable` (try again). */
export type ConnectNode = (config: NodeConfig, signal: AbortSignal, how?: LoginHow) => Promise<NodeSession>

const MAX_CONNECTS_PER_HOST = 3
const READY_TIMEOUT_MS = 10_000
const HANDSHAKE_TIMEOUT_MS = 10_000

export interface ConnectDeps {
  readonly hostKeys: HostKeys
  readonly userHome: string
  readonly keyring?: Keyring
  /** Shell functions that `NodeShell.call` can reach. */
  readonly library: string
  /** Drydock's own environment: PATH and the like for the local shell, SSH_AUTH_SOCK for the agent. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly timeouts?: { readonly readyMs: number; readonly handshakeMs: number }
}

/** The real way to reach a node: this PC by a shell of its own, all others over SSH. */
export function createConnectNode(deps: ConnectDeps): ConnectNode {
  const limited = createConnectLimit(MAX_CONNECTS_PER_HOST)
  const { readyMs, handshakeMs } = deps.timeouts ?? {
    readyMs: READY_TIMEOUT_MS,
    handshakeMs: HANDSHAKE_TIMEOUT_MS,
  }

  return async (config, signal, how = {}) => {
    const session = {
      label: config.name,
      stateDir: config.stateDir,
      library: deps.library,
      handshakeTimeoutMs: handshakeMs,
    }
    if ('local' in config) return openLocalSession({ ...session, environment: deps.environment })

    const { userHome, keyring } = deps
    const target = await resolveTarget(config.ssh, { userHome, userName: userInfo().username }, signal)
    return limited(`${target.host}:${target.port}`, signal, async () => {
      const trust = await deps.hostKeys.load(target.host, target.port)
      let hostKey: HostKey | null = null
      const options = {
        ...session,
        target,
        userHome,
        ...(keyring === undefined ? {} : { keyring }),
        login: { ...how, target },
        knownKeyTypes: trust.knownTypes,
        agentSocket: deps.environment['SSH_AUTH_SOCK'] ?? null,
        readyTimeoutMs: readyMs,
        verifyHost: (offered: Parameters<typeof trust.judge>[0]) => {
          const block = hostKeyBlock(target, offered, trust.judge(offered))
          if (block === null) hostKey = { type: offered.type, fingerprint: offered.fingerprint }
          return block
        },
      }
      return { ...(await connectSsh(options, signal)), hostKey }
    })
  }
}
