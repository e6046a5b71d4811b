import { homedir } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import type { NodeName } from '../../contract/ids'
import type { NodeConfig } from '../config/fleetSchema'
import { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { Log } from '../kernel/log'
import { createTaskGroup } from '../kernel/taskGroup'
import { createConnectNode, type ConnectNode } from './connectNode'
import type { FleetNode, FleetNodes } from './fleetNodes'
import { createHostKeys, type HostKeys } from './hostKeys'
import { createNodeLink, type NodeLink } from './nodeLink'

export interface FleetNodesDeps {
  /** Drydock's state folder: `known_hosts` is in it. */
  readonly home: string
  /** Whose `~/.ssh` is read; the OS user's home unless given. */
  readonly userHome?: string
  readonly clock: Clock
  readonly log: Log
  /** Shell functions (`drydock_…`) that `NodeShell.call` can reach on every node. */
  readonly library: string
  /** Drydock's own environment; `process.env` unless given. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Another way to reach nodes, for tests. */
  readonly connect?: ConnectNode
  readonly onCrash: (name: string, error: unknown) => void
}

/** The fleet's nodes, and the way to them, for an attempt that is no link. */
export interface ReachableNodes extends FleetNodes {
  readonly connect: ConnectNode
  readonly hostKeys: HostKeys
}

interface Member {
  readonly link: NodeLink
  readonly stop: AbortController
}

/** Keeps one link per node of the fleet; no node notices what happens to another. */
export function createFleetNodes(deps: FleetNodesDeps): ReachableNodes {
  const { clock, log, onCrash } = deps
  const userHome = deps.userHome ?? homedir()
  const environment = deps.environment ?? process.env
  const hostKeys = createHostKeys({ home: deps.home, userHome })
  const connect =
    deps.connect ?? createConnectNode({ hostKeys, userHome, library: deps.library, environment })
  const tasks = createTaskGroup(onCrash)
  const listeners = createListeners(onCrash)
  let members: ReadonlyMap<NodeName, Member> = new Map()

  function begin(config: NodeConfig): Member {
    const stop = new AbortController()
    const onChange = (node: FleetNode): void => {
      if (!stop.signal.aborted) listeners.tell(node)
    }
    const link = createNodeLink(config, { connect, hostKeys, clock, log, onChange })
    tasks.start(`link ${config.name}`, signal => link.run(AbortSignal.any([signal, stop.signal])))
    return { link, stop }
  }

  function linkOf(name: NodeName): NodeLink {
    const found = members.get(name)
    if (found !== undefined) return found.link
    throw new AppError('not-found', `There is no node ${name} in the fleet.`, {
      hint: 'Add it to fleet.yaml.',
    })
  }

  return {
    connect,
    hostKeys,
    list: () => [...members.values()].map(({ link }) => link.node()),
    get: name => members.get(name)?.link.node(),
    onLink: listener => listeners.add(listener),
    apply(fleet) {
      const before = members
      members = new Map(fleet.nodes.map(config => [config.name, keep(before, config) ?? begin(config)]))
      for (const [name, { link, stop }] of before) {
        if (members.get(name)?.link === link) continue
        stop.abort()
        if (!members.has(name)) listeners.tell(leaving(link.node(), clock.nowMs()))
      }
      for (const [name, { link }] of members) {
        if (before.get(name)?.link !== link) listeners.tell(link.node())
      }
    },
    async trustHostKey(name, fingerprint) {
      await linkOf(name).trust(fingerprint)
    },
    async refuseHostKey(name, fingerprint) {
      linkOf(name).refuse(fingerprint)
    },
    reconnect: name => linkOf(name).wake(),
    answer: (name, answers) => linkOf(name).answer(answers),
    [Symbol.asyncDispose]: () => tasks[Symbol.asyncDispose](),
  }
}

/** The member that serves a node's new configuration as it is, or undefined when a new link is needed. */
function keep(members: ReadonlyMap<NodeName, Member>, config: NodeConfig): Member | undefined {
  const old = members.get(config.name)
  if (old === undefined || !isDeepStrictEqual(madeFrom(old.link.node().config), madeFrom(config)))
    return undefined
  old.link.configure(config)
  return old
}

/** What a link is made from. The rest of a node's configuration can change under it. */
function madeFrom(config: NodeConfig): unknown {
  return { way: 'local' in config ? null : config.ssh, stateDir: config.stateDir, disabled: config.disabled }
}

function leaving({ config }: FleetNode, nowMs: number): FleetNode {
  return { config, link: { state: 'disabled', sinceMs: nowMs }, online: null }
}

function createListeners(onCrash: FleetNodesDeps['onCrash']) {
  const listeners = new Set<(node: FleetNode) => void>()
  return {
    add(listener: (node: FleetNode) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    tell(node: FleetNode): void {
      for (const listener of listeners) {
        try {
          listener(node)
        } catch (error) {
          // One listener's bug must neither stop the link nor hide the change from the others.
          onCrash('link listener', error)
        }
      }
    },
  }
}
