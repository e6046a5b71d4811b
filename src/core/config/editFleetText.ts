import type { Node, YAMLMap, YAMLSeq } from 'yaml'
import { isMap, isScalar, isSeq } from 'yaml'
import type { NewNode, NodeChange } from '../../contract/machines'
import type { SshAddress } from '../../contract/nodes'
import { fieldOf, inlineMap, inlineText, removeField, replaceScalar, setField } from './yamlFields'
import { appendItems, moveItem, removeItem, type ItemText } from './yamlLists'
import { readYaml, spliced } from './yamlPlaces'
import { mapOf, seqOf, setScalar, setWords } from './yamlValues'

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
  const root = mapOf(readYaml(text).contents)
  const prerequisites = mapsIn(fieldOf(root, 'plans')).flatMap(plan => {
    const prerequisite = fieldOf(plan, 'prerequisite')
    const on = isMap(prerequisite) ? fieldOf(prerequisite, 'on') : null
    return isScalar(on) && on.value === from ? [on] : []
  })
  const items = [...mentions(text, from).map(({ item }) => item), ...prerequisites]
  return spliced(
    text,
    items.map(item => replaceScalar(item, text, to)),
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
