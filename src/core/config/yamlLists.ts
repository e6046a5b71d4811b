import type { Node, YAMLSeq } from 'yaml'
import { isNode } from 'yaml'
import type { Splice } from './yamlPlaces'
import {
  contentEnd,
  eolOf,
  isBlank,
  isFirstOnLine,
  isFlow,
  lineEnd,
  lineStart,
  nextLine,
  rangeStart,
  spliced,
  UncutError,
} from './yamlPlaces'

/** An item of a list: `start` to `end` is what moves and goes with it. */
export interface Slot {
  readonly start: number
  readonly end: number
}

/** How a new item is written: on lines of its own after a dash, or in brackets on one line. */
export interface ItemText {
  readonly lines: readonly string[]
  readonly inline: string
}

/** Adds items at the end of a list, in its own style. Errors: `UncutError`. */
export function appendItems(text: string, list: YAMLSeq, items: readonly ItemText[]): string {
  const last = itemsOf(list).at(-1)
  if (last === undefined) throw new UncutError('an empty list')
  return isFlow(list)
    ? appendToFlow(text, list, items)
    : appendToBlock(
        text,
        list,
        items.map(({ lines, inline }) => (isFlow(last) ? [inline] : lines)),
      )
}

/** Takes an item out of a list that has others. Errors: `UncutError`. */
export function removeItem(text: string, list: YAMLSeq, index: number): string {
  return isFlow(list) ? removeFromFlow(text, list, index) : removeFromBlock(text, list, index)
}

/** Puts an item to another place, with its comments; what stands between the places stays. Errors: `UncutError`. */
export function moveItem(text: string, list: YAMLSeq, from: number, to: number): string {
  const slots = isFlow(list) ? flowSlots(text, list) : blockSlots(text, list)
  const moved = (texts: readonly string[]): string[] => {
    const rest = texts.filter((_, index) => index !== from)
    return [...rest.slice(0, to), texts[from] ?? '', ...rest.slice(to)]
  }
  const put = (places: readonly Slot[]): Splice[] => {
    const texts = moved(places.map(({ start, end }) => text.slice(start, end)))
    return places.map((slot, index) => ({ ...slot, text: texts[index] ?? '' }))
  }
  return spliced(text, [...put(slots), ...(isFlow(list) ? put(asides(text, list, slots)) : [])])
}

/** Puts the text of an item in brackets before the item that is at `index`. Errors: `UncutError`. */
export function insertFlowItem(text: string, list: YAMLSeq, index: number, item: string): string {
  const next = flowSlots(text, list)[index]
  if (next === undefined) return appendItems(text, list, [{ lines: [item], inline: item }])
  const { start } = next
  const separator = isFirstOnLine(text, start)
    ? `,${eolOf(text)}${text.slice(lineStart(text, start), start)}`
    : ', '
  return spliced(text, [{ start, end: start, text: item + separator }])
}

function itemsOf(list: YAMLSeq): readonly Node[] {
  return list.items.map((item: unknown) => {
    if (isNode(item)) return item
    throw new UncutError('an item without a value')
  })
}

/** Tokens before an item: for a block list its dash among them, for a flow list the comma. */
function tokensBefore(list: YAMLSeq, index: number) {
  const token = list.srcToken
  if (token === undefined || (token.type !== 'block-seq' && token.type !== 'flow-collection')) {
    throw new UncutError('a list without tokens')
  }
  return token.items[index]?.start ?? []
}

/** Where the dash of an item in a block list is. */
export function dashOf(list: YAMLSeq, index: number): number {
  const dash = tokensBefore(list, index).find(({ type }) => type === 'seq-item-ind')?.offset
  if (dash === undefined) throw new UncutError('an item without a dash')
  return dash
}

/** Whether a blank line stands between the last two items, so that a new one gets one too. */
export function isSpaced(text: string, slots: readonly Slot[]): boolean {
  const [before, last] = slots.slice(-2)
  return before !== undefined && last !== undefined && /\n\s*\n/.test(text.slice(before.end, last.start))
}

/** Each item with the comment lines that belong to it: right above its dash, and deeper below it. */
export function blockSlots(text: string, list: YAMLSeq): readonly Slot[] {
  let before = 0
  return itemsOf(list).map((item, index) => {
    const dash = dashOf(list, index)
    if (!isFirstOnLine(text, dash)) throw new UncutError('a dash behind something else')
    const slot = {
      start: commentsAbove(text, dash, before),
      end: commentsBelow(text, dash, contentEnd(text, item)),
    }
    before = slot.end
    return slot
  })
}

/** A commented-out item belongs to nobody: `# - name: pc2`. */
const ITEM_IN_COMMENT = /^\s*#\s*-\s/

function commentsAbove(text: string, dash: number, from: number): number {
  const own = lineStart(text, dash)
  const column = dash - own
  let start = own
  while (start > from) {
    const above = lineStart(text, start - 1)
    const comment = /^( *)#/.exec(text.slice(above, start))
    if (above < from || comment === null || (comment[1]?.length ?? 0) > column) break
    if (ITEM_IN_COMMENT.test(text.slice(above, start))) return own
    start = above
  }
  return start
}

function commentsBelow(text: string, dash: number, contentEndAt: number): number {
  const column = dash - lineStart(text, dash)
  let end = lineEnd(text, contentEndAt)
  for (let at = nextLine(text, end); at < text.length; at = nextLine(text, at)) {
    const line = text.slice(at, lineEnd(text, at))
    if (isBlank(line)) continue
    const comment = /^( *)#/.exec(line)
    if (comment === null || (comment[1]?.length ?? 0) <= column || ITEM_IN_COMMENT.test(line)) break
    end = lineEnd(text, at)
  }
  return end
}

/** Adds items of some lines each at the end of a list with dashes, however the others are written. */
export function appendToBlock(text: string, list: YAMLSeq, items: readonly (readonly string[])[]): string {
  const slots = blockSlots(text, list)
  const last = slots.at(-1) ?? { start: 0, end: 0 }
  const dash = dashOf(list, slots.length - 1)
  const indent = text.slice(lineStart(text, dash), dash)
  const eol = eolOf(text)
  const gap = isSpaced(text, slots) ? eol : ''
  const written = items.map(lines =>
    lines.map((line, index) => `${eol}${indent}${index === 0 ? '- ' : '  '}${line}`).join(''),
  )
  return spliced(text, [{ start: last.end, end: last.end, text: written.map(item => gap + item).join('') }])
}

function removeFromBlock(text: string, list: YAMLSeq, index: number): string {
  const { start, end } = blockSlots(text, list)[index] ?? { start: 0, end: 0 }
  const after = nextLine(text, end)
  // The last line of a file that ends without a line break takes the one before it along.
  if (after === text.length && end === text.length) return text.slice(0, start).replace(/\r?\n$/, '')
  const above = text.slice(lineStart(text, start - 1), start)
  let next = after
  if (isBlank(above) || index === 0) {
    while (next < text.length && isBlank(text.slice(next, lineEnd(text, next)))) next = nextLine(text, next)
  }
  // What was the last of the file leaves no blank lines at its end.
  const before =
    next === text.length ? text.slice(0, start).replace(/(\n)(?:[ \t]*\r?\n)+$/, '$1') : text.slice(0, start)
  return before + text.slice(next)
}

export function flowSlots(text: string, list: YAMLSeq): readonly Slot[] {
  return itemsOf(list).map((item, index) => {
    const property = tokensBefore(list, index).find(({ type }) => type === 'anchor' || type === 'tag')
    return { start: property?.offset ?? rangeStart(item), end: contentEnd(text, item) }
  })
}

/** The comma behind an item, or null. */
function commaAfter(list: YAMLSeq, index: number): number | null {
  return tokensBefore(list, index + 1).find(({ type }) => type === 'comma')?.offset ?? null
}

/** The comment on the line behind each item that has a line of its own; empty, at the end of the line, when none. */
function asides(text: string, list: YAMLSeq, slots: readonly Slot[]): readonly Slot[] {
  const places = slots.map(({ end }, index) => {
    const start = (commaAfter(list, index) ?? end - 1) + 1
    return { start: Math.max(start, end), end: lineEnd(text, Math.max(start, end)) }
  })
  const isAside = ({ start, end }: Slot): boolean => /^\s*(#.*)?$/.test(text.slice(start, end))
  const isOwnLine = slots.every(({ start }) => isFirstOnLine(text, start))
  return isOwnLine && places.every(isAside) ? places : []
}

function appendToFlow(text: string, list: YAMLSeq, items: readonly ItemText[]): string {
  const slots = flowSlots(text, list)
  const { start, end } = slots.at(-1) ?? { start: 0, end: 0 }
  const comma = commaAfter(list, slots.length - 1)
  const written = items.map(({ inline }) => inline)
  if (!isFirstOnLine(text, start)) {
    return spliced(text, [{ start: end, end, text: written.map(item => `, ${item}`).join('') }])
  }
  const separator = `${eolOf(text)}${text.slice(lineStart(text, start), start)}`
  const behind = (comma ?? end - 1) + 1
  const atEnd = lineEnd(text, behind)
  if (!/^\s*(#.*)?$/.test(text.slice(behind, atEnd))) {
    return spliced(text, [{ start: end, end, text: written.map(item => `,${separator}${item}`).join('') }])
  }
  // The comment behind the last item stays with it.
  const joined = written.map(item => separator + item).join(',') + (comma === null ? '' : ',')
  return spliced(text, [
    ...(comma === null ? [{ start: end, end, text: ',' }] : []),
    { start: atEnd, end: atEnd, text: joined },
  ])
}

function removeFromFlow(text: string, list: YAMLSeq, index: number): string {
  const slots = flowSlots(text, list)
  const { start, end } = slots[index] ?? { start: 0, end: 0 }
  const before = slots[index - 1]
  const comma = commaAfter(list, index)
  if (comma === null && before !== undefined && !text.slice(before.end, start).includes('#')) {
    return text.slice(0, before.end) + text.slice(end)
  }
  let behind = comma === null ? end : comma + 1
  while (text[behind] === ' ') behind += 1
  const from = lineStart(text, start)
  const isWholeLine = isFirstOnLine(text, start) && behind === lineEnd(text, behind)
  return isWholeLine
    ? text.slice(0, from) + text.slice(nextLine(text, behind))
    : text.slice(0, start) + text.slice(behind)
}
