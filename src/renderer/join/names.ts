import type { NodeName } from '../../contract/ids'
import type { SshAddress } from '../../contract/nodes'

const LONGEST = 64
/** As the contract's schema has it: the page does without the schemas, which are heavier than all that it checks. */
const NODE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** The text as a node's name; null when it can be none. */
export const asNodeName = (text: string | null | undefined): NodeName | null =>
  text !== null && text !== undefined && NODE_NAME.test(text) ? (text as NodeName) : null

/** A name that is free: the alias or the host, without what a name must not have; `-2` and so on when it is taken. */
export function suggestName(ssh: SshAddress, taken: ReadonlySet<string>): string {
  const from = 'alias' in ssh ? ssh.alias : isNumeric(ssh.host) ? ssh.host : (ssh.host.split('.')[0] ?? '')
  const word = from
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
    .slice(0, LONGEST - 4)
  const base = word === '' ? 'machine' : word
  if (!taken.has(base)) return base
  for (let next = 2; ; next += 1) if (!taken.has(`${base}-${next}`)) return `${base}-${next}`
}

const isNumeric = (host: string): boolean => host.includes(':') || /^[\d.]+$/.test(host)

/** Why this cannot be a node's name, as a sentence; null when it can. `others` are the names that are taken. */
export function nameProblem(name: string, others: ReadonlySet<string>): string | null {
  if (name === '') return 'Give it a name.'
  if (name.length > LONGEST) return `A name has at most ${LONGEST} characters.`
  if (asNodeName(name) === null)
    return 'A name is letters, digits and . _ - and begins with a letter or digit.'
  return others.has(name) ? `There is a ${name} already. Names are unique.` : null
}
