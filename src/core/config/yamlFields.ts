import type { Node, Pair, YAMLMap } from 'yaml'
import { isNode, isScalar, stringify } from 'yaml'
import type { Splice } from './yamlPlaces'
import {
  contentEnd,
  eolOf,
  isFirstOnLine,
  isFlow,
  lineEnd,
  lineStart,
  nextLine,
  rangeStart,
  spliced,
  UncutError,
} from './yamlPlaces'

/** `value` as it stands on one line, in a list in brackets or out of one. */
export function inlineText(value: string | number | boolean | readonly string[]): string {
  if (typeof value === 'object') return `[${value.map(inlineText).join(', ')}]`
  if (typeof value === 'string' && UNWRITTEN.test(value)) return escaped(value)
  // As an item in brackets, so that commas and brackets in it are quoted.
  const written = stringify([value], { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false })
  return written.trim().slice(1, -1)
}

/** Line breaks and what no eye can see: written on one line only as escapes. */
const UNWRITTEN = /[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]/u

function escaped(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    each => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** `{ key: value, … }` */
export function inlineMap(fields: readonly (readonly [string, string])[]): string {
  return `{ ${fields.map(([key, text]) => `${key}: ${text}`).join(', ')} }`
}

/** A key and its value: on lines of their own, the first at the column of its map, or within brackets. */
export interface FieldText {
  readonly lines: readonly string[]
  readonly inline: string
}

export function fieldOf(map: YAMLMap, key: string): Node | null {
  const value: unknown = pairOf(map, key)?.value
  return isNode(value) ? value : null
}

/**
 * Gives a key a new value; a key that is not there yet comes behind `after`, or at the end.
 * Errors: `UncutError`.
 */
export function setField(text: string, map: YAMLMap, key: string, value: string, after?: string): string {
  const pair = pairOf(map, key)
  const old: unknown = pair?.value
  if (isNode(old)) return spliced(text, [replaceValue(text, pair, old, value)])
  const written = `${key}: ${value}`
  return insertField(text, map, { lines: [written], inline: written }, after)
}

/** Adds a `key: value` to a map, behind the key `after`, or at the end. Errors: `UncutError`. */
export function insertField(text: string, map: YAMLMap, written: FieldText, after?: string): string {
  const keys = map.items.map(({ key: each }) => (isScalar(each) ? String(each.value) : ''))
  const position = after === undefined ? -1 : keys.indexOf(after)
  const neighbour = map.items.at(position)
  const behind = isNode(neighbour?.value) ? contentEnd(text, neighbour.value) : null
  if (behind === null) throw new UncutError('a key without a value')
  if (isFlow(map)) return spliced(text, [{ start: behind, end: behind, text: `, ${written.inline}` }])
  const at = lineEnd(text, behind)
  const first = keyStart(map.items[0])
  const indent = ' '.repeat(first - lineStart(text, first))
  const lines = written.lines.map(line => `${eolOf(text)}${indent}${line}`).join('')
  return spliced(text, [{ start: at, end: at, text: lines }])
}

/** Takes a key out of a map that has others. Errors: `UncutError`. */
export function removeField(text: string, map: YAMLMap, key: string): string {
  const index = map.items.findIndex(({ key: each }) => isScalar(each) && each.value === key)
  const pair = map.items[index]
  if (pair === undefined) return text
  const value: unknown = pair.value
  if (!isNode(value)) throw new UncutError('a key without a value')
  const start = keyStart(pair)
  const end = contentEnd(text, value)
  const next = map.items[index + 1]
  const before: unknown = map.items[index - 1]?.value
  if (!isFlow(map) && isFirstOnLine(text, start)) {
    const from = lineStart(text, start)
    const rest = nextLine(text, end)
    const isLastOfFile = rest === text.length && lineEnd(text, end) === text.length
    return isLastOfFile ? text.slice(0, from).replace(/\r?\n$/, '') : text.slice(0, from) + text.slice(rest)
  }
  if (next !== undefined) return text.slice(0, start) + text.slice(keyStart(next))
  if (!isNode(before)) throw new UncutError('the only key')
  return text.slice(0, contentEnd(text, before)) + text.slice(end)
}

/** A scalar's new text, in the quotes that it has. */
export function replaceScalar(node: Node, text: string, value: string): Splice {
  const written = isScalar(node) ? quotedAs(node.type, value) : inlineText(value)
  return { start: rangeStart(node), end: contentEnd(text, node), text: written }
}

function quotedAs(type: unknown, value: string): string {
  if (UNWRITTEN.test(value)) return escaped(value)
  if (type === 'QUOTE_DOUBLE') return JSON.stringify(value)
  return type === 'QUOTE_SINGLE' ? `'${value.replaceAll("'", "''")}'` : inlineText(value)
}

export function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find(({ key: each }) => isScalar(each) && each.value === key)
}

export function keyStart(pair: Pair | undefined): number {
  if (isNode(pair?.key)) return rangeStart(pair.key)
  throw new UncutError('a pair without a key')
}

function replaceValue(text: string, pair: Pair | undefined, old: Node, value: string): Splice {
  const end = contentEnd(text, old)
  const isOnKeyLine = isFlow(old) || !('items' in old)
  if (isOnKeyLine) return { start: rangeStart(old), end, text: value }
  const key = keyStart(pair)
  const colon = text.indexOf(':', isNode(pair?.key) ? (pair.key.range?.[1] ?? key) : key)
  return { start: colon + 1, end, text: ` ${value}` }
}
