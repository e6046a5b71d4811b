import type { YAMLMap } from 'yaml'
import { isScalar } from 'yaml'
import { fieldOf, keyStart, pairOf } from './yamlFields'
import { contentEnd, eolOf, isFlow, lineEnd, lineStart, rangeStart, spliced } from './yamlPlaces'
import { literalLines } from './yamlWrite'

/**
 * Gives a key that has a value a text of several lines, written as lines; a comment behind the old value goes on
 * standing beside the key. null: this is not such a text, or the map is in brackets.
 */
export function setLiteral(text: string, map: YAMLMap, key: string, value: unknown): string | null {
  const old = fieldOf(map, key)
  const literal = literalLines(value)
  if (literal === null || isFlow(map) || !isScalar(old)) return null
  const start = rangeStart(old)
  const first = keyStart(pairOf(map, key))
  const indent = ' '.repeat(first - lineStart(text, first) + 2)
  const isBlock = old.type === 'BLOCK_LITERAL' || old.type === 'BLOCK_FOLDED'
  const end = contentEnd(text, old)
  const aside = /[ \t]+#.*$/.exec(text.slice(isBlock ? start : end, lineEnd(text, isBlock ? start : end)))
  const lines = literal.lines.map(line => `${eolOf(text)}${line === '' ? '' : indent}${line}`).join('')
  const written = `${literal.header}${aside?.[0] ?? ''}${lines}`
  return spliced(text, [{ start, end: isBlock ? end : lineEnd(text, end), text: written }])
}
