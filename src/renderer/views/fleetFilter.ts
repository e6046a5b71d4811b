import type { NodeName } from '../../contract/ids'
import type { Link, NodeView } from '../../contract/nodes'

/** Which of many nodes are shown: what is chosen of each kind must all be so. */
export interface FleetFilter {
  readonly needsAttention: boolean
  readonly state: Link['state'] | null
  readonly role: string | null
  /** Words, each of which is found in name, address, roles or the state of the link. */
  readonly text: string
}

export const EVERY_NODE: FleetFilter = { needsAttention: false, state: null, role: null, text: '' }

export const isEveryNode = ({ needsAttention, state, role, text }: FleetFilter): boolean =>
  !needsAttention && state === null && role === null && text.trim() === ''

/** In the order they came in. */
export function filtered(
  nodes: readonly NodeView[],
  filter: FleetFilter,
  attention: ReadonlySet<NodeName>,
): readonly NodeView[] {
  if (isEveryNode(filter)) return nodes
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '')
  return nodes.filter(
    node =>
      (!filter.needsAttention || attention.has(node.name)) &&
      (filter.state === null || node.link.state === filter.state) &&
      (filter.role === null || node.roles.includes(filter.role)) &&
      words.every(word => textOf(node).includes(word)),
  )
}

const textOf = (node: NodeView): string =>
  [node.name, node.address ?? 'this pc', ...node.roles, node.link.state].join(' ').toLowerCase()

/** Something that nodes have in common, and how many of them. */
export interface Share<T extends string> {
  readonly name: T
  readonly count: number
}

/** States of links that are not as they should be; that most nodes are online needs no chip. */
export function unusualStates(nodes: readonly NodeView[]): readonly Share<Link['state']>[] {
  const states = ['unreachable', 'blocked', 'connecting', 'disabled'] as const
  return states
    .map(name => ({ name, count: nodes.filter(node => node.link.state === name).length }))
    .filter(({ count }) => count > 0)
}

/** In the order in which the fleet mentions them. */
export function rolesOf(nodes: readonly NodeView[]): readonly Share<string>[] {
  const counts = new Map<string, number>()
  for (const role of nodes.flatMap(node => node.roles)) counts.set(role, (counts.get(role) ?? 0) + 1)
  return [...counts].map(([name, count]) => ({ name, count }))
}
