import type { NodeName } from '../../contract/ids'
import type { ListedMachine, NewNode, SshHost, TestResult } from '../../contract/machines'
import type { BlockReason, NodeView, SshAddress } from '../../contract/nodes'
import type { ActionProblem } from '../views/screenStore'
import { addressKey, type AddressDraft, addressText, EMPTY_DRAFT } from './address'
import { asNodeName, nameProblem, suggestName } from './names'

/** A machine that somebody may add: of the SSH config, typed, or of a pasted list. */
export interface Candidate {
  /** Its address as one word: the same machine picked twice is one. */
  readonly key: string
  readonly ssh: SshAddress
  /** The name that a list proposes; null: made of the address. */
  readonly name: string | null
}

export type TestState =
  | { readonly at: 'queued' }
  | { readonly at: 'testing' }
  | { readonly at: 'done'; readonly result: TestResult }
  /** The engine could not even try. */
  | { readonly at: 'failed'; readonly problem: ActionProblem }

/** What was decided about one picked machine. */
export interface MachineDraft {
  readonly name: string
  readonly roles: readonly string[]
  /** Whether it is added, unless its key was refused. */
  readonly isWanted: boolean
  /** The fingerprint that was refused. Another key is another question. */
  readonly refused: string | null
  readonly isTrusting: boolean
  readonly problem: ActionProblem | null
}

export type AddStep = 'this-pc' | 'pick' | 'confirm'
export type AddTab = 'config' | 'address' | 'list'

/** Everything about adding machines that outlives a press of Escape. No secret is in it. */
export interface AddState {
  readonly step: AddStep
  readonly tab: AddTab
  readonly filter: string
  readonly typing: AddressDraft
  /** What was typed so far, newest last. */
  readonly typed: readonly Candidate[]
  readonly listText: string
  /** null until it was read. */
  readonly listed: readonly ListedMachine[] | null
  readonly picked: readonly Candidate[]
  readonly tests: Readonly<Record<string, TestState>>
  readonly drafts: Readonly<Record<string, MachineDraft>>
  readonly isAdding: boolean
  readonly problem: ActionProblem | null
}

export const EMPTY_ADD: AddState = {
  step: 'this-pc',
  tab: 'config',
  filter: '',
  typing: EMPTY_DRAFT,
  typed: [],
  listText: '',
  listed: null,
  picked: [],
  tests: {},
  drafts: {},
  isAdding: false,
  problem: null,
}

/** The contract takes so many at once. */
export const MOST_AT_ONCE = 100

export const candidate = (ssh: SshAddress, name: string | null = null): Candidate => ({
  key: addressKey(ssh),
  ssh,
  name,
})
export const candidateOfHost = (host: SshHost): Candidate => candidate({ alias: host.alias })
export const candidateOfLine = ({ ssh, name }: ListedMachine): Candidate | null =>
  ssh === null ? null : candidate(ssh, name)

/** The node of the fleet that has this very address; null when none has. */
export function nodeAt(ssh: SshAddress, nodes: readonly NodeView[]): NodeName | null {
  const isSame = (other: SshAddress): boolean => {
    if ('alias' in ssh || 'alias' in other) return addressKey(ssh) === addressKey(other)
    return ssh.host === other.host && ssh.port === other.port && ssh.user === other.user
  }
  return nodes.find(node => node.ssh !== null && isSame(node.ssh))?.name ?? null
}

/** Hosts in which every typed word is found somewhere. */
export function matchingHosts(hosts: readonly SshHost[], filter: string): readonly SshHost[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return hosts
  return hosts.filter(({ alias, resolved, node, problem }) => {
    const text = [alias, resolved?.host, resolved?.user, resolved?.port, node, problem]
      .join(' ')
      .toLowerCase()
    return words.every(word => text.includes(word))
  })
}

/** A host that can be picked: it is resolved, and not in the fleet already. */
export const isPickable = (host: SshHost): boolean => host.problem === null && host.node === null

export function withPicked(state: AddState, more: readonly Candidate[], isPicked: boolean): AddState {
  const keys = new Set(more.map(one => one.key))
  const rest = state.picked.filter(one => !keys.has(one.key))
  if (!isPicked) return { ...state, picked: rest }
  const known = new Set(state.picked.map(one => one.key))
  return { ...state, picked: [...state.picked, ...more.filter(one => !known.has(one.key))] }
}

/** Gives every picked machine that has none yet a name that is free. */
export function withDrafts(state: AddState, nodes: readonly NodeView[]): AddState {
  const taken = new Set<string>(nodes.map(node => node.name))
  for (const { key } of state.picked) {
    const draft = state.drafts[key]
    if (draft !== undefined) taken.add(draft.name)
  }
  const drafts: Record<string, MachineDraft> = { ...state.drafts }
  for (const one of state.picked) {
    if (drafts[one.key] !== undefined) continue
    const name = one.name !== null && !taken.has(one.name) ? one.name : suggestName(one.ssh, taken)
    taken.add(name)
    drafts[one.key] = {
      name,
      roles: [],
      isWanted: true,
      refused: null,
      isTrusting: false,
      problem: null,
    }
  }
  return { ...state, drafts }
}

export const withDraft = (state: AddState, key: string, change: Partial<MachineDraft>): AddState => {
  const draft = state.drafts[key]
  return draft === undefined
    ? state
    : { ...state, drafts: { ...state.drafts, [key]: { ...draft, ...change } } }
}

type KeyReason = Extract<BlockReason, { kind: 'host-key-unknown' | 'host-key-refused' | 'host-key-changed' }>

/** What its last test said about a machine's host key; null when that was not the trouble. */
export function keyReason(test: TestState | undefined): KeyReason | null {
  if (test?.at !== 'done' || test.result.outcome !== 'blocked') return null
  const { reason } = test.result
  switch (reason.kind) {
    case 'host-key-unknown':
    case 'host-key-refused':
    case 'host-key-changed':
      return reason
    case 'auth':
    case 'passphrase':
    case 'question':
    case 'unusable':
      return null
    default:
      return reason satisfies never
  }
}

/** The node of the fleet that answered under this address. */
export const sameAs = (test: TestState | undefined): NodeName | null =>
  test?.at === 'done' && test.result.outcome === 'reached' ? test.result.sameAs : null

/** Whether its key was refused: the one that was shown last. */
export function isRefused(draft: MachineDraft | undefined, test: TestState | undefined): boolean {
  const reason = keyReason(test)
  return reason !== null && draft?.refused === reason.offered.fingerprint
}

/** Whether it will be added as things stand. */
export const isWanted = (draft: MachineDraft | undefined, test: TestState | undefined): boolean =>
  draft?.isWanted !== false && !isRefused(draft, test)

export const wanted = (state: AddState): readonly Candidate[] =>
  state.picked.filter(({ key }) => isWanted(state.drafts[key], state.tests[key]))

/** Why each name cannot stand, by machine; only those that have a problem are in it. */
export function nameProblems(state: AddState, nodes: readonly NodeView[]): ReadonlyMap<string, string> {
  const inFleet = new Set<string>(nodes.map(node => node.name))
  const count = new Map<string, number>()
  const added = wanted(state)
  for (const { key } of added) {
    const name = state.drafts[key]?.name ?? ''
    count.set(name, (count.get(name) ?? 0) + 1)
  }
  return new Map(
    added.flatMap(({ key }): (readonly [string, string])[] => {
      const name = state.drafts[key]?.name ?? ''
      const taken = (count.get(name) ?? 0) > 1 ? new Set([...inFleet, name]) : inFleet
      const problem = nameProblem(name, taken)
      return problem === null ? [] : [[key, problem]]
    }),
  )
}

/** What the engine would be told; null while something about it is not right yet. */
export function newNodes(state: AddState, nodes: readonly NodeView[]): readonly NewNode[] | null {
  if (addRefusal(state, nodes) !== null) return null
  return wanted(state).flatMap(({ key, ssh }): NewNode[] => {
    const draft = state.drafts[key]
    const name = asNodeName(draft?.name)
    return draft === undefined || name === null ? [] : [{ name, ssh, roles: [...draft.roles] }]
  })
}

/** Why the machines cannot be added as things stand, as a sentence; null when they can. */
export function addRefusal(state: AddState, nodes: readonly NodeView[]): string | null {
  if (state.isAdding) return 'Adding them.'
  const added = wanted(state)
  if (added.length === 0) return 'No machine is left to add.'
  if (added.length > MOST_AT_ONCE) return tooMany(added.length)
  const [problem] = nameProblems(state, nodes).values()
  return problem ?? null
}

export const tooMany = (picked: number): string =>
  `Drydock adds at most ${MOST_AT_ONCE} machines at once; ${picked} are picked.`

/** What a machine is called before it has a name: its address. */
export const labelOf = (one: Candidate): string => addressText(one.ssh)
