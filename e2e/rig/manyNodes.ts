import { createSshKey } from './sshKeys'
import type { SshNode } from './sshNode'
import { startSshNode } from './sshNode'
import { mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SshKey } from './sshKeys'

/** A server that plays several machines: one process, a port for each. */
interface ManyNodesServer {
  readonly names: readonly string[]
  readonly node: SshNode
}

/** Many nodes on few servers. */
export interface ManyNodes extends AsyncDisposable {
  readonly servers: readonly ManyNodesServer[]
  /** In the order of the servers. */
  readonly names: readonly string[]
  /** What `known_hosts` needs to know all of them. */
  readonly knownHosts: string
  /** The nodes of `fleet.yaml`: every one at its own port, with the role of its server and one of its own. */
  readonly fleet: string
}

export interface ManyNodesOptions {
  readonly count: number
  readonly servers: number
  /** Servers, from the first on, whose nodes have a stub GPU. */
  readonly serversWithGpu?: number
  readonly plans?: string
}

/** sshd listens at 16 places at most (MAX_LISTEN_SOCKS), and one of them is the server's own. */
const MOST_PORTS = 15

/**
 * Each server is a real sshd that listens at as many ports as it has nodes, so that they have addresses of their own,
 * and go and come together like machines behind one switch. MaxStartups stays at OpenSSH's own default: that no
 * connection is refused is the engine's to see to.
 */
export async function startManyNodes(options: ManyNodesOptions): Promise<ManyNodes> {
  const perServer = Math.ceil(options.count / options.servers)
  if (perServer > MOST_PORTS) throw new Error(`A server has no more than ${MOST_PORTS} ports.`)
  const folder = await mkdtemp(join(tmpdir(), 'drydock-many-'))
  const clientKey = await createSshKey(join(folder, 'client_key'))
  const started: (ManyNodesServer & { readonly ports: readonly number[] })[] = []
  for (let at = 0; at < options.servers; at += 1) {
    const host = `127.0.0.${10 + at}`
    const size = Math.min(perServer, options.count - at * perServer)
    const ports = await freePorts(host, size)
    const node = await startSshNode({
      address: host,
      clientKey,
      gpu: at < (options.serversWithGpu ?? 0),
      sshdConfig: ports.map(port => `ListenAddress ${host}:${port}`),
    })
    const names = ports.map((_, index) => nameOf(at * perServer + index + 1))
    started.push({ names, node, ports })
  }
  return {
    servers: started,
    names: started.flatMap(({ names }) => names),
    knownHosts: started
      .flatMap(({ node, ports }) => ports.map(port => `[${node.host}]:${port} ${node.hostKey().publicKey}\n`))
      .join(''),
    fleet: fleetOf(started, clientKey, options.plans ?? 'plans: []\n'),
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map(({ node }) => node[Symbol.asyncDispose]()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const nameOf = (number: number): string => `node-${String(number).padStart(2, '0')}`

function fleetOf(
  servers: readonly (ManyNodesServer & { readonly ports: readonly number[] })[],
  clientKey: SshKey,
  plans: string,
): string {
  const nodes = servers.flatMap(({ names, node, ports }, rack) =>
    names.map((name, at) => {
      const roles = `[${node.gpu === null ? 'cpu' : 'gpu'}, rack-${rack + 1}]`
      const ssh = `{ host: ${node.host}, port: ${ports[at]}, user: ${node.user}, identityFile: ${clientKey.path} }`
      return `  - { name: ${name}, roles: ${roles}, ssh: ${ssh} }\n`
    }),
  )
  return `version: 1\nnodes:\n${nodes.join('')}${plans}`
}

/** All held at once, so that no two are the same. */
async function freePorts(host: string, count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listening(host)))
  const ports = servers.map(portOf)
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}

function listening(host: string): Promise<net.Server> {
  const server = net.createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, () => resolve(server))
  })
}

function portOf(server: net.Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
