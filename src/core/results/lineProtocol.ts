import { z } from 'zod'
import { compileProgressPattern } from '../config/progressPattern'
import { ProgressRule } from '../config/planSchema'
import { AppError } from '../kernel/appError'

/** What a worker reported in one line of its log. */
export type Report =
  | { readonly type: 'progress'; readonly step: number; readonly total: number | null }
  | { readonly type: 'metric'; readonly name: string; readonly step: number | null; readonly value: number }
  | {
      readonly type: 'result'
      readonly name: string
      readonly values: Readonly<Record<string, number | null>>
      /** How many entries of `values` were left out because they are neither a number nor null. */
      readonly ignoredValues: number
    }

/** Longer lines are log, whatever they hold: a report is a line that a person could read. */
const MAX_REPORT_CHARS = 8192
const MAX_NAME_CHARS = 200
const MAX_VALUES = 64
/** A pattern looks at no more than the beginning of a line, so that an unlucky line costs microseconds. */
const MAX_MATCH_CHARS = 1024

/**
 * Reads one log line of any program.
 *
 * Shape:  a line that is a JSON object with a `drydock` key: `progress` with step and total, `metric` with name,
 *         step and value, `result` with name and values. Further keys are allowed and mean nothing.
 * Units:  the worker's own; step and total count the same thing.
 * Absent: `total` and a metric's `step` may be missing or null, and are null then. A result's value that is null, or
 *         that JSON cannot carry (Python prints NaN and Infinity all the same), is null: not reported. Values that
 *         are no numbers (text, lists) are left out and counted.
 * Errors: none. Whatever is not exactly a report is log: null. That goes for a `metric` whose value is NaN, for
 *         negative steps, for names that are empty, longer than 200 characters or hold control characters, and for
 *         lines above 8,192 characters.
 * Source: DESIGN.md, "Line protocol".
 */
export function parseReport(line: string): Report | null {
  // Nearly every line is log, and these two looks cost nanoseconds; JSON.parse costs a microsecond.
  if (line.length > MAX_REPORT_CHARS || !line.includes('"drydock"') || !/^\s*\{/.test(line)) return null
  const fields = parseObject(line)
  switch (fields?.['drydock']) {
    case 'progress':
      return toProgress(fields)
    case 'metric':
      return toMetric(fields)
    case 'result':
      return toResult(fields)
    default:
      return null
  }
}

/** What a progress reader has to remember between two lines. */
type ProgressState = z.output<typeof ProgressState>
const ProgressState = z.object({ count: z.number().int().nonnegative() })

export interface ProgressReader {
  /** What this line reports. Lines must come once each and in order. */
  read(line: string): readonly Report[]
  /** Whether lines without `"drydock"` in them matter too. */
  readonly readsEveryLine: boolean
  /** To be stored with the place in the log up to which lines were read; plain JSON. */
  state(): ProgressState
}

/**
 * Reads a worker's log by its track's progress rule. Metrics and results of the line protocol count under every
 * rule; its progress counts under `json` alone, because a rule that was written down for a track is what is meant.
 *
 * `match` takes step, or step and total, from the groups of a pattern, tried on the first 1,024 characters of a
 * line; `1,262` is a number there. `count` counts how often a text occurs, more than once in a line too.
 * Rule and state may come out of a store: a rule that is none is `json`, and `saved` is what `state` returned, so that
 * a reader that is given it goes on exactly there.
 * Errors: `refused` for a pattern that `fleet.yaml` would not have been allowed to have.
 */
export function createProgressReader(stored: unknown, saved: unknown = null): ProgressReader {
  const known = ProgressRule.safeParse(stored)
  const rule: ProgressRule = known.success ? known.data : { json: true }
  const restored = ProgressState.safeParse(saved)
  let count = restored.success ? restored.data.count : 0
  const readProgress = progressOf(rule, found => (count += found))

  return {
    read(line) {
      const report = parseReport(line)
      if ('json' in rule) return report === null ? [] : [report]
      const reports = report === null || report.type === 'progress' ? [] : [report]
      const progress = readProgress(line)
      return progress === null ? reports : [...reports, progress]
    },
    readsEveryLine: !('json' in rule),
    state: () => ({ count }),
  }
}

function progressOf(rule: ProgressRule, add: (found: number) => number): (line: string) => Report | null {
  if ('json' in rule) return () => null
  if ('count' in rule) {
    const total = rule.total ?? null
    return line => {
      const found = occurrences(line, rule.count)
      return found === 0 ? null : { type: 'progress', step: add(found), total }
    }
  }
  const pattern = compileProgressPattern(rule.match)
  if (pattern.regex === null) throw new AppError('refused', pattern.message, { hint: pattern.fix })
  const { regex } = pattern
  return line => {
    const groups = regex.exec(line.slice(0, MAX_MATCH_CHARS))
    const step = toCount(groups?.[1])
    return step === null ? null : { type: 'progress', step, total: toTotal(toCount(groups?.[2])) }
  }
}

function occurrences(line: string, text: string): number {
  let found = 0
  for (let at = line.indexOf(text); at !== -1; at = line.indexOf(text, at + text.length)) found += 1
  return found
}

/** A number as people write it in a log, thousands separated or not. */
function toCount(text: string | undefined): number | null {
  if (text === undefined) return null
  const plain = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text
  return /^\d+(\.\d+)?$/.test(plain) ? toStep(Number(plain)) : null
}

type Fields = Readonly<Record<string, unknown>>

function parseObject(line: string): Fields | null {
  const parsed = parseJson(line) ?? parseJson(withoutNaN(line))
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  return isObject && Object.hasOwn(parsed, 'drydock') ? (parsed as Fields) : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // most lines of a log are not JSON: that is no failure
  }
}

/** `NaN` and `Infinity` outside of strings become null. */
function withoutNaN(line: string): string {
  return line.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, part =>
    part.startsWith('"') ? part : 'null',
  )
}

function toProgress(fields: Fields): Report | null {
  const step = toStep(fields['step'])
  const given = fields['total'] ?? null
  if (step === null || !(given === null || typeof given === 'number')) return null
  return { type: 'progress', step, total: toTotal(given) }
}

function toMetric(fields: Fields): Report | null {
  const name = toName(fields['name'])
  const given = fields['step'] ?? null
  const step = toStep(given)
  const value = toFinite(fields['value'])
  if (name === null || value === null || (given !== null && step === null)) return null
  return { type: 'metric', name, step, value }
}

function toResult(fields: Fields): Report | null {
  const name = toName(fields['name'])
  const given = fields['values']
  if (name === null || typeof given !== 'object' || given === null || Array.isArray(given)) return null
  const all = Object.entries(given)
  const kept = all.filter(
    ([key, value]) =>
      toName(key) !== null && key !== '__proto__' && (value === null || typeof value === 'number'),
  )
  const values = kept.slice(0, MAX_VALUES).map(([key, value]) => [key, toFinite(value)] as const)
  return {
    type: 'result',
    name,
    values: Object.fromEntries(values),
    ignoredValues: all.length - values.length,
  }
}

function toName(value: unknown): string | null {
  const isName = typeof value === 'string' && value !== '' && value.length <= MAX_NAME_CHARS
  return isName && !/\p{Cc}/u.test(value) ? value : null
}

function toFinite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function toStep(value: unknown): number | null {
  const step = toFinite(value)
  return step !== null && step >= 0 ? step : null
}

/** Of nothing, no share can be told: a total of 0 is none. */
function toTotal(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value > 0 ? value : null
}
