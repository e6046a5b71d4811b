import type { YAMLMap, YAMLSeq } from 'yaml'
import { isMap, isScalar, isSeq } from 'yaml'
import { isDeepStrictEqual } from 'node:util'
import type { WrittenFields } from './planDraft'
import type { PlanConfig, TrackConfig } from './planSchema'
import { isRecord, list, record } from './rawFields'
import { fieldOf, insertField, removeField, setField } from './yamlFields'
import { appendItems, moveItem, removeItem } from './yamlLists'
import { readYaml } from './yamlPlaces'
import { mapOf, seqOf, setScalar, setWords } from './yamlValues'
import { fieldText, flowText, itemText } from './yamlWrite'
import { setLiteral } from './yamlLiterals'

/**
 * Edits of one plan in the text of a valid fleet file. Only what differs is touched, key by key, so that comments
 * stay where what they stand beside stays. Errors: `UncutError` for YAML that cannot be cut so.
 */
export function editPlanText(
  text: string,
  index: number,
  before: PlanConfig,
  after: PlanConfig,
  written: WrittenFields,
): string {
  const planIn: Place = now => mapOf(planList(now).items[index])
  const { tracks: tracksBefore, ...fieldsBefore } = before
  const { tracks: tracksAfter, ...fieldsAfter } = after
  const next = editMap(text, planIn, { before: fieldsBefore, after: fieldsAfter, written })
  return editTracks(next, now => seqOf(fieldOf(planIn(now), 'tracks')), tracksBefore, tracksAfter, written)
}

export function planList(text: string): YAMLSeq {
  return seqOf(fieldOf(mapOf(readYaml(text).contents), 'plans'))
}

/** Finds a map again in the text as it is by now. */
type Place = (text: string) => YAMLMap

/** Values with their defaults, as they are and as they shall be, and the latter as they are written anew. */
interface Change {
  readonly before: WrittenFields
  readonly after: WrittenFields
  readonly written: WrittenFields
}

function editMap(text: string, mapIn: Place, { before, after, written }: Change): string {
  const order = keysInOrder(written, after)
  const isChanged = (key: string): boolean => !isDeepStrictEqual(before[key], after[key])
  const kept = order.filter(key => isChanged(key) && after[key] !== undefined)
  const gone = Object.keys(before).filter(key => after[key] === undefined)
  // What is new first: a map must not be empty in between.
  const set = kept.reduce((now, key) => {
    const change = { before: before[key], after: after[key], written: written[key] }
    return editField(now, mapIn, key, change, order)
  }, text)
  return gone.reduce((now, key) => removeField(now, mapIn(now), key), set)
}

/** The keys of plans and tracks in the order in which `writtenPlan` has them, those with a default in their place. */
const ORDER: readonly string[] = [
  'name engine prerequisite cleanup tracks preflight',
  'on after workers command docker workdir env secrets needs progress stop',
  'limitSeconds aliveSeconds onFailure logs clientId',
].flatMap(keys => keys.split(' '))

function keysInOrder(written: WrittenFields, after: WrittenFields): readonly string[] {
  const keys = [...new Set([...Object.keys(written), ...Object.keys(after)])]
  return [...ORDER.filter(key => keys.includes(key)), ...keys.filter(key => !ORDER.includes(key))]
}

interface FieldChange {
  readonly before: unknown
  readonly after: unknown
  /** undefined: it is a default, and need not be said. */
  readonly written: unknown
}

function editField(
  text: string,
  mapIn: Place,
  key: string,
  change: FieldChange,
  order: readonly string[],
): string {
  const { before, after, written } = change
  const map = mapIn(text)
  const old = fieldOf(map, key)
  if (old === null) {
    return written === undefined
      ? text
      : insertField(text, map, fieldText(key, written), keyBefore(map, key, order))
  }
  const literal = setLiteral(text, map, key, after)
  if (literal !== null) return literal
  // A default that is said already is said again, so that its comment stays.
  if (isScalar(old) && isSimple(after)) return setScalar(text, map, key, after)
  if (isMap(old) && isRecord(after) && isRecord(before) && canGoKeyByKey(old, after, written)) {
    const inside = { before, after, written: record(written) }
    return editMap(text, now => mapOf(fieldOf(mapIn(now), key)), inside)
  }
  if (written === undefined) return removeField(text, map, key)
  if (isSeq(old) && isWords(written)) return setWords(text, mapIn, key, written)
  return setField(text, map, key, flowText(written))
}

/** Where nothing is to be written, a map stays only for the sake of keys that it has and keeps. */
function canGoKeyByKey(old: YAMLMap, after: WrittenFields, written: unknown): boolean {
  if (isRecord(written)) return true
  const keys = old.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''))
  return keys.length > 0 && keys.every(key => after[key] !== undefined)
}

/** The last of the keys before this one that the map has. */
function keyBefore(map: YAMLMap, key: string, order: readonly string[]): string | undefined {
  return order.slice(0, order.indexOf(key)).findLast(each => map.has(each))
}

function editTracks(
  text: string,
  listIn: (text: string) => YAMLSeq,
  before: readonly TrackConfig[],
  after: readonly TrackConfig[],
  plan: WrittenFields,
): string {
  const written = list(plan['tracks']).map(record)
  const origins = originsOf(before, after)
  let next = text
  for (const [position, track] of after.entries()) {
    const origin = origins[position] ?? null
    const old = origin === null ? undefined : before[origin]
    if (origin === null || old === undefined || isDeepStrictEqual(old, track)) continue
    const change = { before: old, after: track, written: written[position] ?? {} }
    next = editMap(next, now => mapOf(listIn(now).items[origin]), change)
  }
  const added = [...after.keys()].filter(position => origins[position] === null)
  if (added.length > 0)
    next = appendItems(
      next,
      listIn(next),
      added.map(position => itemText(written[position])),
    )
  // Which of the new tracks each item of the list is; null: it goes.
  const items = [...before.map((_, index) => indexOrNull(origins, index)), ...added]
  for (let index = items.length - 1; index >= 0; index -= 1) {
    if (items[index] !== null) continue
    next = removeItem(next, listIn(next), index)
    items.splice(index, 1)
  }
  for (const position of after.keys()) {
    const from = items.indexOf(position)
    if (from === position) continue
    next = moveItem(next, listIn(next), from, position)
    items.splice(position, 0, ...items.splice(from, 1))
  }
  return next
}

/** Of each new track the index of the one that it was: by its name, and one that was renamed by its place. */
function originsOf(
  before: readonly TrackConfig[],
  after: readonly TrackConfig[],
): readonly (number | null)[] {
  const names = after.map(({ name }) => name)
  return after.map(({ name }, position) => {
    const index = before.findIndex(track => track.name === name)
    if (index !== -1) return index
    const old = before[position]
    return old === undefined || names.includes(old.name) ? null : position
  })
}

function indexOrNull(list: readonly (number | null)[], value: number): number | null {
  const index = list.indexOf(value)
  return index === -1 ? null : index
}

function isSimple(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(each => typeof each === 'string')
}
