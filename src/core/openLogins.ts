import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { NodeName } from '../contract/ids'
import type { NodeConfig } from './config/fleetSchema'
import { NODE_SIDE_LIBRARY } from './engines/processEngine'
import { systemClock } from './kernel/clock'
import type { SecretStore } from './kernel/secretStore'
import { createConnectNode } from './nodes/connectNode'
import type { FleetNodes } from './nodes/fleetNodes'
import { createHostKeys } from './nodes/hostKeys'
import type { InstallableKey } from './nodes/installKey'
import { createLoginKeys } from './nodes/loginKeys'
import { createLogins } from './nodes/logins'
import { createPassphrases } from './nodes/passphrases'
import { listAgentKeys, newKeyPair, readPrivateKey } from './nodes/sshAuth'
import { findLogins, type Keyring } from './nodes/sshLogins'
import { resolveTarget } from './nodes/sshTarget'
import type { RouterDeps } from './router'
import { sshOf } from './views'

/** Writes `identityFile` of a node to `fleet.yaml`. */
type SetIdentityFile = (name: NodeName, path: string) => Promise<void>

interface OpenLoginsOptions {
  /** Drydock's state folder. */
  readonly home: string
  readonly userHome: string
  readonly secrets: SecretStore
  /** A node of the fleet, for a jump host that is one. */
  readonly nodeNamed: (name: string) => NodeConfig | undefined
}

/** Keys, passphrases, and the way to reach nodes with them. */
export function openLogins({ home, userHome, secrets, nodeNamed }: OpenLoginsOptions) {
  const folder = join(home, 'keys')
  const passphrases = createPassphrases({ secrets, readKey: readPrivateKey })
  const keyring: Keyring = { folder, passphrases }
  const environment = process.env
  const hostKeys = createHostKeys({ home, userHome })
  const connect = createConnectNode({
    hostKeys,
    userHome,
    keyring,
    clock: systemClock,
    nodeNamed,
    library: NODE_SIDE_LIBRARY,
    environment,
  })
  const keys = createLoginKeys({ folder, userHome, readKey: readPrivateKey, newKeyPair })

  async function isOffered(config: NodeConfig, key: InstallableKey, signal: AbortSignal): Promise<boolean> {
    if ('local' in config) return false
    const target = await resolveTarget(config.ssh, { userHome, userName: userInfo().username }, signal)
    if (target.identityFiles !== null) return target.identityFiles.includes(key.path)
    const agentSocket = environment['SSH_AUTH_SOCK'] ?? null
    const sources = { agentSocket, userHome, keyring, listAgentKeys, readKey: readPrivateKey }
    const { offers } = await findLogins(target, sources)
    return offers.some(offer =>
      offer.kind === 'agent' ? offer.publicKey.wire.equals(key.publicKey.wire) : offer.path === key.path,
    )
  }

  return {
    connect,
    keys: {
      list: () => keys.list(),
      make: (comment: string) => keys.make(comment),
      secretsPlace: () => secrets.place(),
    },
    loginsOf: (nodes: FleetNodes, setIdentityFile: SetIdentityFile) =>
      createLogins({ nodes, connect, passphrases, keys, isOffered, setIdentityFile }),
  }
}

/** Edits `fleet.yaml` so that a node is offered this key; an alias keeps what `~/.ssh/config` says. */
export async function setIdentityFile(
  nodes: FleetNodes,
  fleetEdits: RouterDeps['fleetEdits'],
  name: NodeName,
  path: string,
): Promise<void> {
  const config = nodes.get(name)?.config
  const ssh = config === undefined ? null : sshOf(config)
  if (ssh === null || 'alias' in ssh) return
  await fleetEdits.edit(name, {
    name: null,
    roles: null,
    isDisabled: null,
    ssh: { ...ssh, identityFile: path },
  })
}
