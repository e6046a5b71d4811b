import type { NodeChange } from '../../contract/machines'
import type { NodeView, SshAddress } from '../../contract/nodes'
import { type AddressProblems, addressKey, draftOf, readDraft } from './address'
import { nodeAt } from './addState'
import type { NodeDraft } from './joinStore'
import { asNodeName, nameProblem } from './names'

/** A sentence for each part that cannot be saved; null where nothing is wrong. */
export interface EditProblems extends AddressProblems {
  readonly name: string | null
  readonly alias: string | null
}

/** A node as it is before anything of it is changed. */
export function nodeDraft(node: NodeView): NodeDraft {
  const { ssh } = node
  return {
    name: node.name,
    way: ssh === null ? 'local' : 'alias' in ssh ? 'alias' : 'address',
    address: draftOf(ssh),
    alias: ssh !== null && 'alias' in ssh ? ssh.alias : '',
    roles: node.roles,
    isDisabled: node.link.state === 'disabled',
  }
}

/**
 * What a draft would change of a node. `change` and its way back are null when nothing is changed or something is
 * wrong.
 */
export function readEdit(
  draft: NodeDraft,
  node: NodeView,
  nodes: readonly NodeView[],
): { problems: EditProblems; change: NodeChange | null; back: NodeChange | null } {
  const others = nodes.filter(one => one.name !== node.name)
  const name = draft.name.trim()
  const { ssh, problems: address } = readAddress(draft, others)
  const problems = { ...address, name: nameProblem(name, new Set(others.map(one => one.name))) }
  const isWrong = Object.values(problems).some(problem => problem !== null)
  const isIncomplete = draft.way !== 'local' && ssh === null
  const parsed = asNodeName(name)
  if (isWrong || isIncomplete || parsed === null) return { problems, change: null, back: null }
  const isDisabled = node.link.state === 'disabled'
  const changed = {
    name: parsed !== node.name,
    ssh: ssh !== null && (node.ssh === null || addressKey(ssh) !== addressKey(node.ssh)),
    roles: draft.roles.join('\n') !== node.roles.join('\n'),
    isDisabled: draft.isDisabled !== isDisabled,
  }
  if (!Object.values(changed).includes(true)) return { problems, change: null, back: null }
  return {
    problems,
    change: {
      name: changed.name ? parsed : null,
      ssh: changed.ssh ? ssh : null,
      roles: changed.roles ? [...draft.roles] : null,
      isDisabled: changed.isDisabled ? draft.isDisabled : null,
    },
    back: {
      name: changed.name ? node.name : null,
      ssh: changed.ssh ? node.ssh : null,
      roles: changed.roles ? [...node.roles] : null,
      isDisabled: changed.isDisabled ? isDisabled : null,
    },
  }
}

const RIGHT: Omit<EditProblems, 'name'> = { address: null, keyFile: null, jump: null, alias: null }

function readAddress(
  draft: NodeDraft,
  others: readonly NodeView[],
): { ssh: SshAddress | null; problems: Omit<EditProblems, 'name'> } {
  if (draft.way === 'local') return { ssh: null, problems: RIGHT }
  if (draft.way === 'alias') {
    const alias = draft.alias.trim()
    const problem = alias === '' ? 'Write an alias of ~/.ssh/config.' : aliasProblem(alias)
    if (problem !== null) return { ssh: null, problems: { ...RIGHT, alias: problem } }
    const taken = takenBy({ alias }, others)
    return { ssh: { alias }, problems: { ...RIGHT, alias: taken } }
  }
  const { ssh, problems } = readDraft(draft.address)
  const isEmpty = draft.address.address.trim() === ''
  const missing = isEmpty ? 'The address is missing. Write user@host.' : null
  const taken = ssh === null ? null : takenBy(ssh, others)
  return { ssh, problems: { ...RIGHT, ...problems, address: problems.address ?? missing ?? taken } }
}

const aliasProblem = (alias: string): string | null =>
  /^[^\s*?!-][^\s*?!]*$/.test(alias) ? null : 'An alias is one word without * and ?, as after Host.'

function takenBy(ssh: SshAddress, others: readonly NodeView[]): string | null {
  const node = nodeAt(ssh, others)
  return node === null ? null : `${node} of the fleet has this address.`
}
