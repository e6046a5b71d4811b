import type { Problem } from './problem'

/** As many of one kind are told by their number, */
const MANY_ALIKE = 3
/** and so many kinds are told at all. */
const MOST_TOLD = 5

/**
 * All problems in one line, worst first: `12 nodes unreachable · node-20 idle while assigned · 3 more`. Those that
 * differ by the node's name alone are one.
 */
export function briefly(problems: readonly Problem[]): string {
  const kinds = new Map<string, Problem[]>()
  for (const problem of problems) {
    const kind = kindOf(problem)
    kinds.set(kind, [...(kinds.get(kind) ?? []), problem])
  }
  const told = [...kinds].flatMap(([kind, alike]) =>
    alike.length >= MANY_ALIKE ? [`${alike.length} nodes ${kind}`] : alike.map(({ brief }) => brief),
  )
  const more = told.length - MOST_TOLD
  return [...told.slice(0, MOST_TOLD), ...(more > 0 ? [`${more} more`] : [])].join(' · ')
}

/** What is the same for every node that has it; of what is no node's, all of it. */
const kindOf = ({ node, brief }: Problem): string =>
  node !== null && brief.startsWith(`${node} `) ? brief.slice(node.length + 1) : brief
