import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSshNode, type SshNode, type SshNodeOptions } from '../../../e2e/rig/sshNode'
import { NodeName } from '../../contract/ids'
import type { BlockReason, Link } from '../../contract/nodes'
import { FleetFile } from '../config/fleetSchema'
import { systemClock } from '../kernel/clock'
import { createFleetNodes } from './createFleetNodes'
import type { FleetNode, FleetNodes } from './fleetNodes'

// For the tests of this room alone: a whole fleet on real sshd nodes, with a user's home of its own.

const LIBRARY = `drydock_echo() { printf '%s' "$@"; }`

export interface FleetRig extends AsyncDisposable {
  readonly folder: string
  readonly nodes: FleetNodes
  /** Every link change so far, as `name state`. */
  readonly history: readonly string[]
  node(options?: SshNodeOptions): Promise<SshNode>
  /** Disposed of with the rig. */
  own<T extends AsyncDisposable>(thing: T): T
  /** `~/.ssh/<name>` of the user. */
  writeSsh(name: string, lines: readonly string[]): Promise<void>
  apply(nodes: readonly object[]): void
  /** The node once its link is in this state; now, or by the next change that brings it there. */
  reaches(name: string, state: Link['state']): Promise<FleetNode>
  /** Why a node is blocked, once it is. */
  blocked(name: string): Promise<BlockReason>
  unreachable(name: string): Promise<Extract<Link, { state: 'unreachable' }>>
}

export async function createFleetRig(): Promise<FleetRig> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-fleet-'))
  const userHome = join(folder, 'user')
  await mkdir(join(userHome, '.ssh'), { recursive: true })
  const owned: AsyncDisposable[] = []
  function own<T extends AsyncDisposable>(thing: T): T {
    owned.push(thing)
    return thing
  }
  const crashes: string[] = []
  const nodes = createFleetNodes({
    home: join(folder, 'drydock'),
    userHome,
    clock: systemClock,
    library: LIBRARY,
    environment: { PATH: process.env['PATH'], HOME: userHome },
    log: { info: () => {}, warn: () => {}, error: (_message, error) => String(crashes.push(String(error))) },
    onCrash: (name, error) => crashes.push(`${name}: ${String(error)}`),
  })
  const history: string[] = []
  nodes.onLink(({ config, link }) => history.push(`${config.name} ${link.state}`))

  const reaches: FleetRig['reaches'] = (name, state) => nodeOnce(nodes, name, state)

  return {
    folder,
    nodes,
    history,
    reaches,
    own,
    node: async options => own(await startSshNode(options)),
    writeSsh: (name, lines) => writeFile(join(userHome, '.ssh', name), `${lines.join('\n')}\n`),
    apply: list => nodes.apply(FleetFile.parse({ version: 1, nodes: list })),
    async blocked(name) {
      const { link } = await reaches(name, 'blocked')
      if (link.state !== 'blocked') throw new Error(`${name} is ${link.state}`)
      return link.reason
    },
    async unreachable(name) {
      const { link } = await reaches(name, 'unreachable')
      if (link.state !== 'unreachable') throw new Error(`${name} is ${link.state}`)
      return link
    },
    async [Symbol.asyncDispose]() {
      await nodes[Symbol.asyncDispose]()
      for (const thing of owned.toReversed()) await thing[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
      if (crashes.length > 0) throw new Error(`something broke: ${crashes.join('; ')}`)
    },
  }
}

function nodeOnce(nodes: FleetNodes, name: string, state: Link['state']): Promise<FleetNode> {
  return new Promise(resolve => {
    const look = (node: FleetNode | undefined): void => {
      if (node?.config.name !== name || node.link.state !== state) return
      remove()
      resolve(node)
    }
    const remove = nodes.onLink(look)
    look(nodes.get(NodeName.parse(name)))
  })
}

/** `ssh:` of a node, as fleet.yaml takes it. */
export function sshOf(server: SshNode, more: object = {}): object {
  const { host, port, user } = server
  return { host, port, user, identityFile: server.clientKey.path, ...more }
}

/** A `Host` of `~/.ssh/config`. */
export function sshHost(alias: string, server: SshNode, more: readonly string[] = []): readonly string[] {
  return [
    `Host ${alias}`,
    `  HostName ${server.host}`,
    `  Port ${server.port}`,
    `  User ${server.user}`,
    `  IdentityFile ${server.clientKey.path}`,
    ...more.map(line => `  ${line}`),
  ]
}
