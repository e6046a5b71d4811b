import type { NodeName } from '../../contract/ids'
import type { HostKey, Inventory, Link, Notice } from '../../contract/nodes'
import type { Fleet, NodeConfig } from '../config/fleetSchema'
import type { NodeFacts, NodeShell } from './nodeShell'
import type { Tunnels } from './tunnels'

/** One node of the fleet: what it is configured as, and the shell on it while its link is online. */
export interface FleetNode {
  readonly config: NodeConfig
  readonly link: Link
  /** Non-null exactly while `link.state` is `online`. */
  readonly online: {
    readonly shell: NodeShell
    readonly facts: NodeFacts
    readonly inventory: Inventory
    /** The verified key of this link; null for this PC. */
    readonly hostKey: HostKey | null
    readonly tunnels: Tunnels
    /** What is worth a look about this node. */
    notices(): readonly Notice[]
  } | null
}

export interface FleetNodes extends AsyncDisposable {
  /** In the fleet's order. */
  list(): readonly FleetNode[]
  get(name: NodeName): FleetNode | undefined
  /**
   * Called at every change of a link, its tunnels and notices, in order, beginning with the first state of a new node; a node that leaves the fleet
   * ends as `disabled`. Returns its own removal.
   */
  onLink(listener: (node: FleetNode) => void): () => void
  /** Takes over a new fleet: new nodes connect, gone ones close, changed ones reconnect, the rest never notice. */
  apply(fleet: Fleet): void
  /** Errors: `refused` when this is not the key that the node offers now. */
  trustHostKey(name: NodeName, fingerprint: string): Promise<void>
  refuseHostKey(name: NodeName, fingerprint: string): Promise<void>
  /** Tries now instead of at the next planned time. */
  reconnect(name: NodeName): void
  /** One try with these answers to what the node asks. Errors: `refused` when it does not ask that now. */
  answer(name: NodeName, answers: readonly string[]): void
}
