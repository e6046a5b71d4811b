import type { NodeName } from '../../contract/ids'
import type { NodeConfig } from '../config/fleetSchema'
import { AppError } from '../kernel/appError'
import type { ConnectNode } from './connectNode'
import type { FleetNode, FleetNodes } from './fleetNodes'
import { installKey, type InstallableKey } from './installKey'
import type { LoginKeys } from './loginKeys'
import type { Passphrases } from './passphrases'

export interface Logins {
  /** Opens a key for every node that uses it. Errors: `refused` for a wrong passphrase; the link stays blocked. */
  unlock(name: NodeName, path: string, passphrase: string, isKept: boolean): Promise<void>
  answer(name: NodeName, answers: readonly string[]): Promise<void>
  /** See `installKey`. Makes the node use the key, and connects. */
  installKey(name: NodeName, key: string, password: string, signal: AbortSignal): Promise<void>
}

interface LoginsDeps {
  readonly nodes: Pick<FleetNodes, 'list' | 'get' | 'reconnect' | 'answer'>
  readonly connect: ConnectNode
  readonly passphrases: Pick<Passphrases, 'unlock' | 'keep'>
  readonly keys: Pick<LoginKeys, 'list' | 'find'>
  /** Whether a node is offered this key as it is configured. */
  readonly isOffered: (config: NodeConfig, key: InstallableKey, signal: AbortSignal) => Promise<boolean>
  /** Writes `identityFile` of a node to `fleet.yaml`. */
  readonly setIdentityFile: (name: NodeName, path: string) => Promise<void>
}

export function createLogins(deps: LoginsDeps): Logins {
  const { nodes, connect, passphrases, keys } = deps

  function nodeOf(name: NodeName): FleetNode {
    const node = nodes.get(name)
    if (node !== undefined) return node
    throw new AppError('not-found', `There is no node ${name} in the fleet.`, {
      hint: 'Add it to fleet.yaml.',
    })
  }

  /** Only a path that a link asked for, or a key of the list: no other file is anybody's business here. */
  async function requireKey(path: string): Promise<void> {
    if (nodes.list().some(node => isAskedFor(node, path))) return
    if ((await keys.list()).some(key => key.path === path)) return
    throw new AppError('refused', `No node asks for the passphrase of ${path}.`, {
      hint: 'Look at what the node asks now, if anything.',
    })
  }

  return {
    async unlock(name, path, passphrase, isKept) {
      nodeOf(name)
      await requireKey(path)
      await passphrases.unlock(path, passphrase)
      for (const node of nodes.list()) if (isAskedFor(node, path)) nodes.reconnect(node.config.name)
      if (isKept) await passphrases.keep(path, passphrase)
    },
    async answer(name, answers) {
      nodes.answer(name, answers)
    },
    async installKey(name, path, password, signal) {
      const { config } = nodeOf(name)
      if ('local' in config) {
        throw new AppError('refused', `${name} is this PC: no key is needed.`)
      }
      const key = await keys.find(path)
      const isOffered = await deps.isOffered(config, key, signal)
      if (!isOffered && 'alias' in config.ssh) throw aliasHasOthers(config.ssh.alias, path)
      await installKey(connect, config, key, password, signal)
      if (!isOffered) await deps.setIdentityFile(name, path)
      nodes.reconnect(name)
    },
  }
}

function isAskedFor({ link }: FleetNode, path: string): boolean {
  return link.state === 'blocked' && link.reason.kind === 'passphrase' && link.reason.path === path
}

function aliasHasOthers(alias: string, path: string): AppError {
  return new AppError('refused', `The alias ${alias} does not offer the key ${path}. Nothing was done.`, {
    hint: `Choose a key that ~/.ssh/config names for it, or add there: IdentityFile ${path}`,
  })
}
