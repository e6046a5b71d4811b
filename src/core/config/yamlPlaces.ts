import type { Node } from 'yaml'
import { isCollection, isMap, isNode, isSeq, parseDocument } from 'yaml'

/**
 * Where things stand in the text of a YAML file. Edits cut and paste in the text itself, so that whatever they do not
 * touch keeps its every byte: a document that is written anew loses blank lines and the columns of comments.
 */

/** The text from `start` to `end` (offsets) becomes `text`. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Applies splices that do not overlap; of two at one place the first stands first. */
export function spliced(text: string, splices: readonly Splice[]): string {
  return splices
    .toReversed()
    .toSorted((a, b) => b.start - a.start)
    .reduce((rest, { start, end, text: put }) => rest.slice(0, start) + put + rest.slice(end), text)
}

/** The document with the tokens that it was read from. */
export function readYaml(text: string) {
  return parseDocument(text, { keepSourceTokens: true, prettyErrors: false, logLevel: 'error' })
}

/** How the lines of this file end. */
export function eolOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n'
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Where the line ends, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset)
  if (feed === -1) return text.length
  return feed > offset && text[feed - 1] === '\r' ? feed - 1 : feed
}

/** The start of the next line; the end of the text when there is none. */
export function nextLine(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset)
  return feed === -1 ? text.length : feed + 1
}

export function isBlank(text: string): boolean {
  return text.trim() === ''
}

/** Whether nothing but spaces stands before `offset` on its line. */
export function isFirstOnLine(text: string, offset: number): boolean {
  return isBlank(text.slice(lineStart(text, offset), offset))
}

/** Where the last character of a value is, without the comment or the blank lines behind it. */
export function contentEnd(text: string, node: Node): number {
  const last = lastInside(node)
  if (last !== null) return contentEnd(text, last)
  let [, end] = node.range ?? [0, 0]
  while (end > 0 && isBlank(text[end - 1] ?? '-')) end -= 1 // a block scalar's range has its line breaks
  return end
}

/** The last value inside a collection in block style; null for all else. */
function lastInside(node: Node): Node | null {
  if (!isCollection(node) || isFlow(node)) return null
  if (isSeq(node)) {
    const item: unknown = node.items.at(-1)
    return isNode(item) ? item : null
  }
  if (!isMap(node)) return null
  const pair = node.items.at(-1)
  if (isNode(pair?.value)) return pair.value
  return isNode(pair?.key) ? pair.key : null
}

/** Written in brackets. */
export function isFlow(node: Node): boolean {
  return isCollection(node) && node.flow === true
}

export function rangeStart(node: Node): number {
  return node.range?.[0] ?? 0
}

/** Thrown by edits that meet YAML which they cannot cut safely: nothing was changed. */
export class UncutError extends Error {}
