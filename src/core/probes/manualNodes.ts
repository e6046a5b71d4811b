import type { NodeName } from '../../contract/ids'
import type { Link } from '../../contract/nodes'
import type { NodeConfig } from '../config/fleetSchema'
import type { FleetNode, FleetNodes } from '../nodes/fleetNodes'
import type { NodeShell } from '../nodes/nodeShell'

/** For this room's tests alone: nodes whose links come and go by hand. */
export interface ManualNodes extends FleetNodes {
  set(
    name: NodeName,
    shell: NodeShell | null,
    options?: { readonly local?: boolean; readonly bootId?: string; readonly os?: string },
  ): void
  remove(name: NodeName): void
}

export function createManualNodes(stateDir: string): ManualNodes {
  const nodes = new Map<NodeName, FleetNode>()
  const listeners = new Set<(node: FleetNode) => void>()
  return {
    list: () => [...nodes.values()],
    get: name => nodes.get(name),
    onLink(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    set(name, shell, options = {}) {
      const link: Link =
        shell === null ? { state: 'connecting', sinceMs: 0 } : { state: 'online', sinceMs: 0 }
      const facts = { stateDir, home: stateDir, bootId: options.bootId ?? 'boot-1' }
      const inventory = { ...noInventory, os: options.os ?? null }
      const rest = { inventory, hostKey: null, tunnels: noTunnels, notices: () => [] }
      const online = shell === null ? null : { shell, facts, ...rest }
      const node: FleetNode = { config: configOf(name, options.local ?? false), link, online }
      nodes.set(name, node)
      for (const listener of listeners) listener(node)
    },
    remove: name => void nodes.delete(name),
    apply: () => {},
    trustHostKey: async () => {},
    refuseHostKey: async () => {},
    reconnect: () => {},
    answer: () => {},
    async [Symbol.asyncDispose]() {},
  }
}

const noTunnels = { open: () => Promise.reject(new Error('no tunnels here')), list: () => [] }

const noInventory = {
  swapTotalMiB: null,
  disks: [],
  python: null,
  virtualization: null,
  machineId: null,
  clockSkewMs: null,
  os: null,
  kernel: null,
  arch: null,
  cpuModel: null,
  cpuThreads: null,
  memTotalMiB: null,
  bootId: null,
}

function configOf(name: NodeName, isLocal: boolean): NodeConfig {
  const common = { name, disabled: false, roles: [], stateDir: '~/.drydock', env: {} }
  return isLocal ? { ...common, local: true } : { ...common, ssh: { host: '127.0.0.1', port: 22 } }
}
