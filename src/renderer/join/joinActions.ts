import type { NodeName } from '../../contract/ids'
import type { LoginKey, SecretsPlace } from '../../contract/keys'
import type { ListedMachine, NewNode, NodeChange, SshHost, TestResult } from '../../contract/machines'
import type { SshAddress } from '../../contract/nodes'
import type { EngineClient } from '../client'

/**
 * How machines join, as views ask for it. A promise that rejects carries a sentence for the trader and `data.hint`.
 * Secrets pass through: nothing here keeps them.
 */
export interface JoinActions {
  readonly sshHosts: (signal: AbortSignal) => Promise<readonly SshHost[]>
  readonly readMachines: (text: string) => Promise<readonly ListedMachine[]>
  /** Aborting gives the attempt up. */
  readonly testMachine: (ssh: SshAddress, signal: AbortSignal) => Promise<TestResult>
  readonly trustMachine: (ssh: SshAddress, fingerprint: string) => Promise<void>
  /** All of them, or none. */
  readonly addNodes: (nodes: readonly NewNode[]) => Promise<void>
  readonly editNode: (node: NodeName, change: NodeChange) => Promise<void>
  readonly removeNode: (node: NodeName) => Promise<void>
  /** Counted from 0 in the fleet's order. */
  readonly moveNode: (node: NodeName, toIndex: number) => Promise<void>
  readonly unlockNode: (ask: Unlock) => Promise<void>
  /** What the server asked, in its order; for one attempt. */
  readonly answerNode: (node: NodeName, answers: readonly string[]) => Promise<void>
  /** Settles once the key was proved to be enough. */
  readonly installKey: (ask: KeyInstall, signal: AbortSignal) => Promise<void>
  readonly loginKeys: () => Promise<readonly LoginKey[]>
  readonly makeKey: (comment: string) => Promise<LoginKey>
  readonly secretsPlace: () => Promise<SecretsPlace>
}

interface Unlock {
  readonly node: NodeName
  /** Of the key. */
  readonly path: string
  readonly passphrase: string
  readonly isKept: boolean
}

interface KeyInstall {
  readonly node: NodeName
  /** Path of the private key; its public half is installed. */
  readonly key: string
  readonly password: string
}

/** The same, asked of the engine. `engine` throws while there is none. */
export function createJoinActions(engine: () => EngineClient): JoinActions {
  return {
    sshHosts: async signal => engine().machines.sshHosts(undefined, { signal }),
    readMachines: async text => engine().machines.readList({ text }),
    testMachine: async (ssh, signal) => engine().machines.test({ ssh }, { signal }),
    trustMachine: async (ssh, fingerprint) => engine().machines.trust({ ssh, fingerprint }),
    addNodes: async nodes => engine().nodes.add({ nodes: [...nodes] }),
    editNode: async (node, change) => engine().nodes.edit({ node, change }),
    removeNode: async node => engine().nodes.remove({ node }),
    moveNode: async (node, toIndex) => engine().nodes.move({ node, toIndex }),
    unlockNode: async ask => engine().nodes.unlock(ask),
    answerNode: async (node, answers) => engine().nodes.answer({ node, answers: [...answers] }),
    installKey: async (ask, signal) => engine().nodes.installKey(ask, { signal }),
    loginKeys: async () => engine().keys.list(),
    makeKey: async comment => engine().keys.make({ comment }),
    secretsPlace: async () => engine().keys.secretsPlace(),
  }
}
