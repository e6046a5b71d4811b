import type { Node, YAMLMap, YAMLSeq } from 'yaml'
import { isMap, isScalar, isSeq } from 'yaml'
import { fieldOf, inlineText, removeField, replaceScalar, setField } from './yamlFields'
import { appendItems, removeItem } from './yamlLists'
import { spliced, UncutError } from './yamlPlaces'

/** New values for keys, in the style of the old ones. Errors: `UncutError`. */

export function setScalar(
  text: string,
  map: YAMLMap,
  key: string,
  value: string | number | boolean,
  after?: string,
): string {
  const old = fieldOf(map, key)
  if (!isScalar(old)) return setField(text, map, key, inlineText(value), after)
  if (old.value === value) return text
  const splice = replaceScalar(old, text, String(value))
  return spliced(text, [typeof value === 'string' ? splice : { ...splice, text: String(value) }])
}

/** A list of words: those that stay keep their place and their comments as far as the new order allows. */
export function setWords(
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

export function mapOf(node: unknown): YAMLMap {
  if (isMap(node)) return node
  throw new UncutError('a map was expected')
}

export function seqOf(node: unknown): YAMLSeq {
  if (isSeq(node)) return node
  throw new UncutError('a list was expected')
}
