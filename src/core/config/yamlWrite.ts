import type { FieldText } from './yamlFields'
import { inlineText } from './yamlFields'
import type { ItemText } from './yamlLists'
import { isRecord } from './rawFields'

/** How new things are written: compactly, as a person would. */

/** Longer values go on lines of their own. */
const MAX_INLINE = 90

const LISTS_IN_LINES: readonly string[] = ['plans', 'tracks']

/** A value in brackets, or as it stands on one line. */
export function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`
  if (isRecord(value))
    return `{ ${fieldsOf(value)
      .map(([key, each]) => flowField(key, each))
      .join(', ')} }`
  return inlineText(scalarOf(value))
}

export function fieldText(key: string, value: unknown): FieldText {
  return { lines: fieldLines(key, value), inline: flowField(key, value) }
}

export function itemText(value: unknown): ItemText {
  const inline = flowText(value)
  return { lines: isRecord(value) ? mapLines(value) : [inline], inline }
}

/** The lines of text behind `key: |`, before they are indented; null when it can only be written in quotes. */
export function literalLines(value: unknown): { readonly header: string; readonly lines: string[] } | null {
  if (typeof value !== 'string' || !value.includes('\n')) return null
  const body = value.endsWith('\n') ? value.slice(0, -1) : value
  const lines = body.split('\n')
  // Indentation of the first line, and blank lines at the end, would be read as the block's own.
  const isPlain = /^[^\s]/.test(body) && /[^\s]$/.test(body) && lines.every(line => PRINTABLE.test(line))
  return isPlain ? { header: body === value ? '|-' : '|', lines } : null
}

/** Nothing that YAML would take for a line break, or not take at all. */
const PRINTABLE = /^[\t\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/

function mapLines(map: Readonly<Record<string, unknown>>): string[] {
  return fieldsOf(map).flatMap(([key, value]) => fieldLines(key, value))
}

function fieldLines(key: string, value: unknown): string[] {
  const name = inlineText(key)
  const literal = literalLines(value)
  if (literal !== null) {
    return [`${name}: ${literal.header}`, ...literal.lines.map(line => (line === '' ? '' : `  ${line}`))]
  }
  const inline = flowField(key, value)
  const isLong = inline.length > MAX_INLINE
  if (Array.isArray(value) && value.length > 0 && (isLong || LISTS_IN_LINES.includes(key))) {
    return [`${name}:`, ...value.flatMap(item => listLines(item))]
  }
  if (isRecord(value) && (isLong || hasLiteral(value))) return [`${name}:`, ...mapLines(value).map(indented)]
  return [inline]
}

/** A command of several lines is no thing for brackets. */
function hasLiteral(map: Readonly<Record<string, unknown>>): boolean {
  return Object.values(map).some(value => literalLines(value) !== null)
}

function listLines(item: unknown): string[] {
  return itemText(item).lines.map((line, index) => (index === 0 ? `  - ${line}` : indented(indented(line))))
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`
}

function flowField(key: string, value: unknown): string {
  return `${inlineText(key)}: ${flowText(value)}`
}

function fieldsOf(map: Readonly<Record<string, unknown>>): (readonly [string, unknown])[] {
  return Object.entries(map).filter(([, value]) => value !== undefined)
}

function scalarOf(value: unknown): string | number | boolean {
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value)
}
