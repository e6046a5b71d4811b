import type { PreviewNode } from '../../contract/plans'
import { plural } from '../format'
import type { StateName } from '../components/StateIcon'
import { formatRange } from './typedValues'

export type Need = PreviewNode['needs'][number]

export const WHAT: Readonly<Record<Need['what'], string>> = {
  cpu: 'CPU',
  gpu: 'GPU',
  memGiB: 'RAM',
  diskGiB: 'Disk',
}
const UNITS: Readonly<Record<Need['what'], string>> = {
  cpu: 'threads',
  gpu: 'GPUs',
  memGiB: 'GiB',
  diskGiB: 'GiB',
}

/** Each verdict has a shape and a word. */
export const VERDICTS: Readonly<Record<Need['verdict'], readonly [StateName, string]>> = {
  ok: ['ok', 'fits'],
  tight: ['warn', 'tight'],
  over: ['err', 'too much'],
  unknown: ['unknown', 'not known'],
}

const ORDER: readonly Need['verdict'][] = ['ok', 'unknown', 'tight', 'over']

/** The worst of a node's verdicts; null when it is asked for nothing. */
function worstOf({ needs }: PreviewNode): Need['verdict'] | null {
  const worst = Math.max(-1, ...needs.map(need => ORDER.indexOf(need.verdict)))
  return ORDER[worst] ?? null
}

/** The first `most` nodes, those without room before the others, in the fleet's order. */
export function worthSeeing(nodes: readonly PreviewNode[], most: number): readonly PreviewNode[] {
  if (nodes.length <= most) return nodes
  const isFine = (node: PreviewNode): boolean => node.isOnline && worstOf(node) !== 'over'
  const some = new Set([...nodes.filter(node => !isFine(node)), ...nodes.filter(isFine)].slice(0, most))
  return nodes.filter(node => some.has(node))
}

/** `4–8 threads · 16 free`. */
export function needText({ what, low, high, free }: Need): string {
  const asked = formatRange(low === high ? rounded(low) : [rounded(low), rounded(high)])
  const unit = what === 'gpu' && high === 1 ? 'GPU' : UNITS[what]
  return `${asked} ${unit} · ${free === null ? 'free not known' : `${rounded(free)} free`}`
}

const rounded = (value: number): number => Math.round(value * 10) / 10

/** What the nodes say together, as a sentence: the worst first. */
export function advice(
  nodes: readonly PreviewNode[],
): { readonly state: StateName; readonly words: string } | null {
  if (nodes.length === 0) return null
  const offline = nodes.filter(node => !node.isOnline)
  const of = (verdict: Need['verdict']) => nodes.filter(node => worstOf(node) === verdict)
  const [over, tight, unknown] = [of('over'), of('tight'), of('unknown')]
  if (over.length > 0)
    return { state: 'err', words: `It asks for more than ${named(over)} ${has(over)} free.` }
  if (tight.length > 0)
    return { state: 'warn', words: `Tight on ${named(tight)}: the higher end does not fit.` }
  if (offline.length > 0) return { state: 'warn', words: `${named(offline)} ${is(offline)} not online now.` }
  if (unknown.length > 0)
    return { state: 'unknown', words: `What ${named(unknown)} ${has(unknown)} free is not known.` }
  if (nodes.every(node => node.needs.length === 0))
    return { state: 'unknown', words: 'Its tracks do not say what they need.' }
  return {
    state: 'ok',
    words: `It fits on ${nodes.length === 1 ? named(nodes) : `all ${plural(nodes.length, 'node')}`}.`,
  }
}

const NAMED = 3
const named = (nodes: readonly PreviewNode[]): string =>
  nodes.length > NAMED ? plural(nodes.length, 'node') : listed(nodes.map(({ node }) => node))

/** `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

const has = (nodes: readonly unknown[]): string => (nodes.length === 1 ? 'has' : 'have')
const is = (nodes: readonly unknown[]): string => (nodes.length === 1 ? 'is' : 'are')
