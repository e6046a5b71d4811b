import type { Node, YAMLMap, YAMLSeq } from 'yaml'
import { isMap, isScalar, isSeq } from 'yaml'
import type { NewNode, NodeChange } from '../../contract/machines'
import type { SshAddress } from '../../contract/nodes'
import { fieldOf, inlineMap, inlineText, removeField, replaceScalar, setField } from './yamlFields'
import { appendItems, moveItem, removeItem, type ItemText } from './yamlLists'
import { readYaml, spliced, UncutError } from './yamlPlaces'

/**
 * Edits of the text of a valid fleet file. Each touches what it changes and nothing else: comments, order, quotes and
 * blank lines stay. Errors: `UncutError` for YAML that cannot be cut so; the text is then to be edited by hand.
 */

export function addNodesText(text: string, nodes: readonly NewNode[]): string {
  return appendItems(text, nodeList(text), nodes.map(newNodeText))
}

/** `index` is the node's place in the file. */
export function editNodeText(text: string, index: number, change: NodeChange): string {
  const { ssh, roles, isDisabled, name } = change
  let next = text
  if (ssh !== null) next = editSsh(next, index, ssh)
  if (roles !== null) next = setWords(next, after => nodeAt(after, index), 'roles', roles, 'ssh')
  if (isDisabled === true) next = setField(next, nodeAt(next, index), 'disabled', 'true', 'name')
  if (isDisabled === false) next = removeField(next, nodeAt(next, index), 'disabled')
  if (name !== null) next = setScalar(next, nodeAt(next, index), 'name', name)
  return next
}

/** Takes the node out, and its name out of every list. A list that would be empty must have been refused before. */
export function removeNodeText(text: string, index: number, name: string): string {
  let next = removeItem(text, nodeList(text), index)
  for (let place = mentions(next, name)[0]; place !== undefined; place = mentions(next, name)[0]) {
    next =
      place.list.items.length === 1
        ? removeField(next, place.owner, place.key)
        : removeItem(next, place.list, place.index)
  }
  return next
}

export function moveNodeText(text: string, from: number, to: number): string {
  return moveItem(text, nodeList(text), from, to)
}

/** Writes another name wherever plans and jump lists name the node. */
export function renameMentions(text: string, from: string, to: string): string {
  return spliced(
    text,
    mentions(text, from).map(({ item }) => replaceScalar(item, text, to)),
  )
}

function newNodeText({ name, ssh, roles }: NewNode): ItemText {
  const fields: (readonly [string, string])[] = [
    ['name', inlineText(name)],
    ['ssh', inlineMap(sshFields(ssh))],
    ...(roles.length === 0 ? [] : [['roles', inlineText(roles)] as const]),
  ]
  return { lines: fields.map(([key, value]) => `${key}: ${value}`), inline: inlineMap(fields) }
}

/** What is not said is not written. */
function sshFields(ssh: SshAddress): readonly (readonly [string, string])[] {
  if ('alias' in ssh) return [['alias', inlineText(ssh.alias)]]
  const { host, port, user, identityFile, jump } = ssh
  return [
    ['host', inlineText(host)],
    ...(port === 22 ? [] : [['port', inlineText(port)] as const]),
    ...(user === null ? [] : [['user', inlineText(user)] as const]),
    ...(identityFile === null ? [] : [['identityFile', inlineText(identityFile)] as const]),
    ...(jump.length === 0 ? [] : [['jump', inlineText(jump)] as const]),
  ]
}

/** Key by key where the address stays of its kind, so that comments inside it stay. */
function editSsh(text: string, index: number, ssh: SshAddress): string {
  const old = fieldOf(nodeAt(text, index), 'ssh')
  const isSameKind = isMap(old) && old.has('alias') === 'alias' in ssh
  if (!isSameKind) return setField(text, nodeAt(text, index), 'ssh', inlineMap(sshFields(ssh)))
  const sshAt = (after: string): YAMLMap => mapOf(fieldOf(nodeAt(after, index), 'ssh'))
  if ('alias' in ssh) return setScalar(text, sshAt(text), 'alias', ssh.alias)
  const { host, port, user, identityFile, jump } = ssh
  let next = setScalar(text, sshAt(text), 'host', host)
  if (port !== 22 || sshAt(next).has('port')) next = setScalar(next, sshAt(next), 'port', port, 'host')
  next = setOrRemove(next, sshAt(next), 'user', user)
  next = setOrRemove(next, sshAt(next), 'identityFile', identityFile)
  return setWords(next, sshAt, 'jump', jump)
}

function setOrRemove(text: string, map: YAMLMap, key: string, value: string | null): string {
  return value === null ? removeField(text, map, key) : setScalar(text, map, key, value)
}

function setScalar(text: string, map: YAMLMap, key: string, value: string | number, after?: string): string {
  const old = fieldOf(map, key)
  if (!isScalar(old)) return setField(text, map, key, inlineText(value), after)
  if (old.value === value) return text
  const splice = replaceScalar(old, text, String(value))
  return spliced(text, [typeof value === 'string' ? splice : { ...splice, text: String(value) }])
}

/** A list of words: those that stay keep their place and their comments as far as the new order allows. */
function setWords(
  text: string,
  mapIn: (text: string) => YAMLMap,
  key: string,
  words: readonly string[],
  after?: string,
): string {
  if (words.length === 0) return removeField(text, mapIn(text), key)
  const listIn = (now: string): Node | null => fieldOf(mapIn(now), key)
  const old = wordsOf(listIn(text))
  const kept = old.filter(word => words.includes(word))
  const added = words.slice(kept.length)
  const canGrow = kept.length > 0 && [...kept, ...added].every((word, index) => word === words[index])
  if (!canGrow) return setField(text, mapIn(text), key, inlineText(words), after)
  let next = text
  for (let index = old.length - 1; index >= 0; index -= 1) {
    if (!words.includes(old[index] ?? '')) next = removeItem(next, seqOf(listIn(next)), index)
  }
  const items = added.map(word => ({ lines: [inlineText(word)], inline: inlineText(word) }))
  return items.length === 0 ? next : appendItems(next, seqOf(listIn(next)), items)
}

function wordsOf(list: Node | null): readonly string[] {
  if (!isSeq(list)) return []
  const words = list.items.map((item: unknown) => (isScalar(item) ? item.value : null))
  return words.every(word => typeof word === 'string') ? words : []
}

interface Mention {
  readonly owner: YAMLMap
  readonly key: string
  readonly list: YAMLSeq
  readonly index: number
  readonly item: Node
}

/** Where a node is named: `on:` of every track and `jump:` of every node. */
function mentions(text: string, name: string): readonly Mention[] {
  const root = mapOf(readYaml(text).contents)
  const owners = [
    ...mapsIn(fieldOf(root, 'nodes')).map(node => ({ owner: fieldOf(node, 'ssh'), key: 'jump' })),
    ...mapsIn(fieldOf(root, 'plans'))
      .flatMap(plan => mapsIn(fieldOf(plan, 'tracks')))
      .map(track => ({ owner: track, key: 'on' })),
  ]
  return owners.flatMap(({ owner, key }) => {
    const list = isMap(owner) ? fieldOf(owner, key) : null
    if (!isMap(owner) || !isSeq(list)) return []
    return list.items.flatMap((item: unknown, index) =>
      isScalar(item) && item.value === name ? [{ owner, key, list, index, item }] : [],
    )
  })
}

function mapsIn(list: Node | null): readonly YAMLMap[] {
  return isSeq(list) ? list.items.filter(item => isMap(item)) : []
}

function nodeList(text: string): YAMLSeq {
  return seqOf(fieldOf(mapOf(readYaml(text).contents), 'nodes'))
}

function nodeAt(text: string, index: number): YAMLMap {
  return mapOf(nodeList(text).items[index])
}

function mapOf(node: unknown): YAMLMap {
  if (isMap(node)) return node
  throw new UncutError('a map was expected')
}

function seqOf(node: unknown): YAMLSeq {
  if (isSeq(node)) return node
  throw new UncutError('a list was expected')
}
