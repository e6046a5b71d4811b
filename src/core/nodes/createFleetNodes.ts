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
import { createCompany } from './lostTogether'
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
  const hostKeys = createHostKeys({ home: deps.home, userHome: deps.userHome ?? homedir() })
  const connect = deps.connect ?? realWays(deps, hostKeys, name => members.get(name)?.link.node().config)
  const tasks = createTaskGroup(onCrash)
  const listeners = createListeners(onCrash)
  let members: ReadonlyMap<NodeName, Member> = new Map()
  const links = (): readonly NodeLink[] => [...members.values()].map(({ link }) => link)
  const company = createCompany(clock, links, () => connect.tryAnew?.())
  tasks.start('watch for sleep', signal => company.watchSleep(signal))

  function begin(config: NodeConfig): Member {
    const stop = new AbortController()
    const cameBack = (sinceMs: number): void =>
      tasks.start(`company of ${config.name}`, signal => company.cameBack(sinceMs, signal))
    const onChange = noticeReturn(cameBack, node => {
      if (!stop.signal.aborted) listeners.tell(node)
    })
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
      const keep = createKeeper(before, byName(fleet.nodes))
      members = new Map(fleet.nodes.map(config => [config.name, keep(config) ?? begin(config)]))
      for (const [name, { link, stop }] of before) if (members.get(name)?.link !== link) stop.abort()
      for (const node of differences(before, members, clock.nowMs())) listeners.tell(node)
    },
    async trustHostKey(name, fingerprint) {
      await trustForAll(linkOf(name), links(), connect, fingerprint)
    },
    async refuseHostKey(name, fingerprint) {
      linkOf(name).refuse(fingerprint)
    },
    reconnect(name) {
      connect.tryAnew?.()
      linkOf(name).wake()
    },
    answer: (name, answers) => linkOf(name).answer(answers),
    [Symbol.asyncDispose]: () => tasks[Symbol.asyncDispose](),
  }
}

function realWays(
  deps: FleetNodesDeps,
  hostKeys: HostKeys,
  configOf: (name: NodeName) => NodeConfig | undefined,
): ConnectNode {
  const { clock, library, userHome = homedir(), environment = process.env } = deps
  // A jump host's name need not be that of a node.
  const nodeNamed = (name: string): NodeConfig | undefined => configOf(name as NodeName)
  return createConnectNode({ hostKeys, userHome, clock, nodeNamed, library, environment })
}

/** Passes a node's changes on, and tells when it has come back after it was unreachable since `sinceMs`. */
function noticeReturn(
  onReturn: (sinceMs: number) => void,
  onChange: (node: FleetNode) => void,
): (node: FleetNode) => void {
  let lostMs: number | null = null
  return node => {
    const { link } = node
    if (link.state === 'online' && lostMs !== null) onReturn(lostMs)
    lostMs = link.state === 'unreachable' ? link.sinceMs : null
    onChange(node)
  }
}

/** A jump host's key blocks all who are behind it: trusted once, it is trusted for all of them. */
async function trustForAll(
  link: NodeLink,
  all: readonly NodeLink[],
  connect: ConnectNode,
  fingerprint: string,
): Promise<void> {
  const asked = askedKey(link)
  connect.tryAnew?.()
  await link.trust(fingerprint)
  for (const each of all) if (asked !== null && askedKey(each) === asked) each.wake()
}

/** The key that a link waits for the user to trust, and where it is offered. */
function askedKey(link: NodeLink): string | null {
  const { link: now } = link.node()
  if (now.state !== 'blocked' || now.reason.kind !== 'host-key-unknown') return null
  return `${now.reason.address} ${now.reason.offered.fingerprint}`
}

type Configs = ReadonlyMap<string, NodeConfig>

function byName(configs: readonly NodeConfig[]): Configs {
  return new Map(configs.map(config => [config.name, config]))
}

/** Which link of the fleet before serves a node of the new one as it is; undefined when a new link is needed. */
function createKeeper(before: ReadonlyMap<NodeName, Member>, next: Configs) {
  const was = byName([...before.values()].map(({ link }) => link.node().config))
  return (config: NodeConfig): Member | undefined => {
    const old = before.get(config.name)
    const oldConfig = was.get(config.name)
    if (old === undefined || oldConfig === undefined) return undefined
    if (!isDeepStrictEqual(madeFrom(oldConfig, was), madeFrom(config, next))) return undefined
    old.link.configure(config)
    return old
  }
}

/** What a link is made from. The rest of a node's configuration can change under it. */
function madeFrom(config: NodeConfig, configs: Configs): unknown {
  return { way: wayOf(config, configs, []), stateDir: config.stateDir, disabled: config.disabled }
}

/** With those of the nodes that it leads through. A way in a circle ends where it meets itself. */
function wayOf(config: NodeConfig, configs: Configs, seen: readonly string[]): unknown {
  if ('local' in config) return null
  const jump = 'alias' in config.ssh ? [] : (config.ssh.jump ?? [])
  const through = jump.map(name => {
    const hop = configs.get(name)
    return hop === undefined || seen.includes(name) ? null : wayOf(hop, configs, [...seen, name])
  })
  return { ssh: config.ssh, through }
}

/** What is told of a new fleet: the nodes that have left, then those with a new link. */
function differences(
  before: ReadonlyMap<NodeName, Member>,
  after: ReadonlyMap<NodeName, Member>,
  nowMs: number,
): readonly FleetNode[] {
  const gone = [...before].filter(([name]) => !after.has(name))
  const begun = [...after].filter(([name, { link }]) => before.get(name)?.link !== link)
  return [
    ...gone.map(([, { link }]) => leaving(link.node(), nowMs)),
    ...begun.map(([, { link }]) => link.node()),
  ]
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
