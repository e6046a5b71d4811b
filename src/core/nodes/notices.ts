import type { NodeName } from '../../contract/ids'
import type { Inventory, Notice } from '../../contract/nodes'
import type { GpuReading } from '../../contract/samples'
import type { NodeConfig } from '../config/fleetSchema'
import type { NodeIdentity } from '../store/identities'
import { likenessOf, type MachineSigns } from './likeness'
import { unlikePlanned } from './plannedActual'

/** What is known of one node of the fleet. */
export interface NodeKnowledge {
  readonly name: NodeName
  /** What fleet.yaml says of it. */
  readonly expected: NodeConfig['expect']
  /** Null while its link is not online. */
  readonly inventory: Inventory | null
  /** Fingerprint of the verified host key; null for this PC. */
  readonly hostKey: string | null
  readonly gpus: GpuReading | null
  /** What the link itself has found. */
  readonly ofLink: readonly Notice[]
  /** Which machine it was, when that was another one than now; else null. */
  readonly before: NodeIdentity | null
}

/** A clock that is off by more makes lines and results of several nodes come in a wrong order. */
const MAX_SKEW_MS = 5000

/** What is worth a look on each node, given all nodes of the fleet in its order. Pure. */
export function noticesOf(nodes: readonly NodeKnowledge[]): ReadonlyMap<NodeName, readonly Notice[]> {
  return new Map(
    nodes.map(node => [
      node.name,
      node.inventory === null
        ? []
        : [
            ...likeOthers(node, nodes),
            ...unlikeBefore(node, node.inventory),
            ...clockOff(node, node.inventory),
            ...notAsPlanned(node, node.inventory),
            ...node.ofLink,
          ],
    ]),
  )
}

function likeOthers(node: NodeKnowledge, nodes: readonly NodeKnowledge[]): readonly Notice[] {
  const own = signsOf(node)
  const others = nodes.filter(other => other.name !== node.name && other.inventory !== null)
  const like = (likeness: ReturnType<typeof likenessOf>): string | null => {
    const names = others.filter(other => likenessOf(own, signsOf(other)) === likeness).map(({ name }) => name)
    // In the fleet's order, so that both of a pair say the same sentence.
    const all = nodes.map(({ name }) => name).filter(name => name === node.name || names.includes(name))
    return names.length === 0 ? null : listed(all)
  }
  const same = like('same')
  const copiedId = like('copied-machine-id')
  const copiedKey = like('copied-host-key')
  return [
    ...(same === null ? [] : [sameMachine(same)]),
    ...(copiedId === null ? [] : [clonedId(copiedId)]),
    ...(copiedKey === null ? [] : [clonedKey(copiedKey)]),
  ]
}

function signsOf({ inventory, hostKey }: NodeKnowledge): MachineSigns {
  return { machineId: inventory?.machineId ?? null, bootId: inventory?.bootId ?? null, hostKey }
}

function sameMachine(names: string): Notice {
  return {
    kind: 'same-machine',
    message: `${names} are one machine.`,
    hint: 'Keep one of them in fleet.yaml: a plan that goes to all of them starts several times on that machine.',
  }
}

function clonedId(names: string): Notice {
  return {
    kind: 'clone',
    message: `${names} have the same machine-id, but are not one machine: a disk was cloned.`,
    hint: 'Give the clone one of its own, then reboot it: sudo rm /etc/machine-id && sudo systemd-machine-id-setup',
  }
}

function clonedKey(names: string): Notice {
  return {
    kind: 'clone',
    message: `${names} have the same host key, but are not one machine: each can pass for the other.`,
    hint:
      'Give the clone keys of its own, restart its SSH server and accept the new key here: ' +
      'sudo rm /etc/ssh/ssh_host_* && sudo ssh-keygen -A',
  }
}

function unlikeBefore({ name, hostKey, before }: NodeKnowledge, inventory: Inventory): readonly Notice[] {
  if (before === null || before.machineId === inventory.machineId) return []
  // The cure for a clone leaves the host key: then there may be nothing wrong at all.
  const isKeySame = hostKey !== null && before.hostKey === hostKey
  return [
    {
      kind: 'other-machine',
      message: isKeySame
        ? `${name} has another machine-id than when Drydock last saw it.`
        : `${name} is another machine than when Drydock last saw it.`,
      hint: isKeySame
        ? 'If you made its machine-id anew, nothing is wrong. Else it is a clone, and earlier runs are not on it.'
        : 'If you put it in the place of the earlier one, nothing is wrong. Else correct its address in fleet.yaml: earlier runs are not on this machine.',
    },
  ]
}

function clockOff({ name }: NodeKnowledge, { clockSkewMs, os }: Inventory): readonly Notice[] {
  if (clockSkewMs === null || Math.abs(clockSkewMs) <= MAX_SKEW_MS) return []
  const direction = clockSkewMs > 0 ? 'ahead of' : 'behind'
  const isMac = os?.startsWith('macOS') === true
  return [
    {
      kind: 'clock-skew',
      message: `The clock of ${name} is ${spanOf(Math.abs(clockSkewMs))} ${direction} this PC's.`,
      hint: `Let both set their clocks by the network; on ${name}: ${isMac ? 'sudo systemsetup -setusingnetworktime on' : 'sudo timedatectl set-ntp true'}`,
    },
  ]
}

function notAsPlanned({ name, expected, gpus }: NodeKnowledge, inventory: Inventory): readonly Notice[] {
  const clauses = unlikePlanned(expected, inventory, gpus)
  if (clauses.length === 0) return []
  return [
    {
      kind: 'not-as-planned',
      message: `${name} has ${clauses.join('; ')}.`,
      hint: `Correct expect of ${name} in fleet.yaml, or look into the machine: a module or a card may have failed.`,
    },
  ]
}

/** `pc2`, `pc3` and `pc4`. */
function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}

/** The two largest units. */
function spanOf(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const hours = Math.floor(seconds / 3600)
  if (hours < 48) return `${hours} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(hours / 24)} days ${hours % 24} h`
}
