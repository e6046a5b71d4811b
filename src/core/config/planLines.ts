import type { YAMLMap, YAMLSeq } from 'yaml'
import { isSeq } from 'yaml'
import { planList } from './editPlanText'
import type { WrittenFields } from './planDraft'
import { fieldOf, insertField, keyStart, pairOf, setField } from './yamlFields'
import type { Slot } from './yamlLists'
import {
  appendItems,
  appendToBlock,
  blockSlots,
  dashOf,
  flowSlots,
  insertFlowItem,
  isSpaced,
  removeItem,
} from './yamlLists'
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
  readYaml,
  spliced,
  UncutError,
} from './yamlPlaces'
import { mapOf, setScalar } from './yamlValues'
import { fieldText, flowText, itemText } from './yamlWrite'

/**
 * Whole plans in the text of a valid fleet file: added, copied, taken out with their comments, put back. Errors:
 * `UncutError` for YAML that cannot be cut so.
 */

/** What `RemovedPlan` holds. */
const MAX_CHARS = 200_000

export function addPlanText(text: string, written: WrittenFields): string {
  const { root, list } = plansOf(text)
  const whole = fieldText('plans', [written])
  if (list === null) return insertField(text, root, whole)
  if (list.items.length > 0) {
    const item = itemText(written)
    // A whole plan in braces is no pleasure to read, even beside others.
    return isFlow(list) ? appendItems(text, list, [item]) : appendToBlock(text, list, [item.lines])
  }
  return isFlow(root)
    ? setField(text, root, 'plans', flowText([written]))
    : intoEmptyList(text, list, whole.lines.slice(1))
}

/** Puts a copy behind the plan, with the comments inside it, under another name. */
export function copyPlanText(text: string, index: number, name: string): string {
  const list = planList(text)
  const plan = mapOf(list.items[index])
  const copied = isFlow(list)
    ? insertFlowItem(text, list, index + 1, text.slice(rangeStart(plan), contentEnd(text, plan)))
    : copyLines(text, list, index)
  return setScalar(copied, mapOf(planList(copied).items[index + 1]), 'name', name)
}

/** Takes a plan out, with the comments that belong to it: `yaml` is its lines, or what stood in brackets. */
export function cutPlan(text: string, index: number): { readonly text: string; readonly yaml: string } {
  const list = planList(text)
  const { start, end } = slotOf(isFlow(list) ? flowSlots(text, list) : blockSlots(text, list), index)
  const yaml = text.slice(start, end)
  if (yaml.length > MAX_CHARS) throw new UncutError('more lines than can be put back')
  if (list.items.length > 1) return { text: removeItem(text, list, index), yaml }
  const root = mapOf(readYaml(text).contents)
  if (isFlow(list)) return { text: setField(text, root, 'plans', '[]'), yaml }
  const rest = text.slice(0, start) + text.slice(nextLine(text, end))
  const colon = text.indexOf(':', keyStart(pairOf(root, 'plans')))
  return { text: spliced(rest, [{ start: colon + 1, end: colon + 1, text: ' []' }]), yaml }
}

/** Puts what was cut out back at `index`, or at the end when there are fewer plans; `plan` is what it says. */
export function insertPlanText(text: string, index: number, yaml: string, plan: WrittenFields): string {
  const { root, list } = plansOf(text)
  const isLines = isItemLines(yaml)
  if (list === null || (list.items.length === 0 && (isFlow(root) || !isLines))) return addPlanText(text, plan)
  if (list.items.length === 0) return intoEmptyList(text, list, shifted(yaml, 2))
  if (isFlow(list)) return insertFlowItem(text, list, index, isLines ? flowText(plan) : yaml)
  const slots = blockSlots(text, list)
  const eol = eolOf(text)
  const first = dashOf(list, 0)
  const column = first - lineStart(text, first)
  const lines = isLines ? shifted(yaml, column) : [`${' '.repeat(column)}- ${flowText(plan)}`]
  const written = lines.join(eol)
  const gap = isSpaced(text, slots) ? eol : ''
  const next = slots[index]
  if (next !== undefined) {
    return spliced(text, [{ start: next.start, end: next.start, text: written + eol + gap }])
  }
  const { end } = slotOf(slots, slots.length - 1)
  return spliced(text, [{ start: end, end, text: eol + gap + written }])
}

/** Whether these are the lines of a list item, and not what stood in brackets. */
export function isItemLines(yaml: string): boolean {
  return ITEM_LINE.test(linesOf(yaml).find(line => !/^\s*(#|$)/.test(line)) ?? '')
}

const ITEM_LINE = /^( *)-(\s|$)/

function plansOf(text: string): { readonly root: YAMLMap; readonly list: YAMLSeq | null } {
  const root = mapOf(readYaml(text).contents)
  const list = fieldOf(root, 'plans')
  if (list !== null && !isSeq(list)) throw new UncutError('plans that are no list')
  return { root, list }
}

function slotOf(slots: readonly Slot[], index: number): Slot {
  const slot = slots[index]
  if (slot !== undefined) return slot
  throw new UncutError('a plan that is not there')
}

/** `plans: []` becomes a list in lines; comments beside the key and the brackets stay where they are. */
function intoEmptyList(text: string, list: YAMLSeq, lines: readonly string[]): string {
  const start = rangeStart(list)
  const end = contentEnd(text, list)
  if (text.slice(start, end).includes('#')) throw new UncutError('a comment within empty brackets')
  const written = lines.map(line => eolOf(text) + line).join('')
  const at = lineEnd(text, end)
  const aside = text.slice(end, at)
  if (isFirstOnLine(text, start) && isBlank(aside)) {
    const before = lineEnd(text, lineStart(text, start) - 1)
    return spliced(text, [{ start: before, end: at, text: written }])
  }
  const from = text[start - 1] === ' ' ? start - 1 : start
  return spliced(text, [{ start: from, end: at, text: (isBlank(aside) ? '' : aside) + written }])
}

function copyLines(text: string, list: YAMLSeq, index: number): string {
  const slots = blockSlots(text, list)
  const { end } = slotOf(slots, index)
  const gap = isSpaced(text, slots) ? eolOf(text) : ''
  const copy = text.slice(lineStart(text, dashOf(list, index)), end)
  return spliced(text, [{ start: end, end, text: eolOf(text) + gap + copy }])
}

/** The lines of an item with its dash in another column. */
function shifted(yaml: string, column: number): readonly string[] {
  const lines = linesOf(yaml)
  const own =
    lines.map(line => ITEM_LINE.exec(line)?.[1]?.length).find(length => length !== undefined) ?? column
  const more = ' '.repeat(Math.max(0, column - own))
  const less = new RegExp(`^ {0,${Math.max(0, own - column)}}`)
  return lines.map(line => (isBlank(line) ? line : more + line.replace(less, '')))
}

function linesOf(yaml: string): readonly string[] {
  return yaml.split(/\r?\n/)
}
