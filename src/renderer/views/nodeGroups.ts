import type { NodeView } from '../../contract/nodes'

/** Nodes that stand together under one heading. */
export interface NodeGroup {
  /** null: everything is in it, and it has no heading. */
  readonly name: string | null
  readonly nodes: readonly NodeView[]
}

const NO_ROLE = 'no role'

/** Groups in the order in which the fleet mentions them, those without such a role last; nodes in the fleet's order. */
export function groupNodes(nodes: readonly NodeView[], groupBy: number | null): readonly NodeGroup[] {
  if (groupBy === null) return [{ name: null, nodes }]
  const groups = new Map<string, NodeView[]>()
  for (const node of nodes) {
    const name = node.roles[groupBy] ?? NO_ROLE
    groups.set(name, [...(groups.get(name) ?? []), node])
  }
  const all = [...groups].map(([name, members]) => ({ name, nodes: members }))
  return [...all.filter(({ name }) => name !== NO_ROLE), ...all.filter(({ name }) => name === NO_ROLE)]
}

/** What a fleet can be grouped by: `gpu, cpu` and `rack-a, rack-b`, when nodes have two roles each. */
export function groupings(
  nodes: readonly NodeView[],
): readonly { readonly groupBy: number; readonly words: string }[] {
  const deepest = Math.max(0, ...nodes.map(node => node.roles.length))
  return Array.from({ length: deepest }, (_, groupBy) => ({
    groupBy,
    names: [...new Set(nodes.flatMap(node => node.roles[groupBy] ?? []))],
  })).map(({ groupBy, names }) => ({
    groupBy,
    words: names.length > 3 ? `${names.slice(0, 2).join(', ')}, …` : names.join(', '),
  }))
}

export type TableRow =
  | {
      readonly kind: 'group'
      readonly name: string
      readonly nodes: readonly NodeView[]
      readonly isFolded: boolean
    }
  | { readonly kind: 'node'; readonly node: NodeView }

/** Headings and nodes, one below the other, without the nodes of folded groups. */
export function tableRows(groups: readonly NodeGroup[], folded: readonly string[]): readonly TableRow[] {
  return groups.flatMap(({ name, nodes }) => {
    const rows = nodes.map((node): TableRow => ({ kind: 'node', node }))
    if (name === null) return rows
    const isFolded = folded.includes(name)
    return [{ kind: 'group', name, nodes, isFolded }, ...(isFolded ? [] : rows)]
  })
}
