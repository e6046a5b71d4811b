import type { LogQuery } from '../../contract/logs'
import { toneOf } from './lineTone'
import { plainText } from './plainText'
import { isReportLine } from './reportLine'

/** What is looked for: the same here and, over whole logs, in the engine. */
export type FilterInput = Readonly<LogQuery>

export const NO_FILTER: FilterInput = { text: '', isRegex: false, isCaseSensitive: false }

/** The least level that is shown. */
type LogLevel = 'all' | 'warn' | 'error'

/** Which lines are shown, whatever is looked for. */
export interface LineChoice {
  readonly level: LogLevel
  /** Lines of the line protocol, too. */
  readonly showsReports: boolean
  /** Only what matches; else what matches is found among all the others. */
  readonly onlyMatches: boolean
}

export const EVERY_LINE: LineChoice = { level: 'all', showsReports: true, onlyMatches: true }

/** Whether level and kind of a line let it through. */
export function isChosen({ level, showsReports }: LineChoice, raw: string): boolean {
  // Nearly every line is no report: only those that might be are looked at closely.
  if (!showsReports && raw.includes('"drydock"') && isReportLine(plainText(raw))) return false
  if (level === 'all') return true
  const tone = toneOf(raw)
  return tone === 'error' || (tone === 'warn' && level === 'warn')
}

/** Which lines match. */
export type LogFilter =
  | { readonly kind: 'everything' }
  | {
      readonly kind: 'matching'
      readonly matches: (raw: string) => boolean
      /** Where in the plain text the matches are: `[from, to)`. */
      readonly rangesIn: (plain: string) => readonly (readonly [number, number])[]
    }
  /** Nothing is looked for until it can be understood. */
  | { readonly kind: 'unusable'; readonly problem: string }

/** Errors: none; what cannot be used says why. */
export function createFilter({ text, isRegex, isCaseSensitive }: FilterInput): LogFilter {
  if (text === '') return { kind: 'everything' }
  return isRegex ? regexFilter(text, isCaseSensitive) : textFilter(text, isCaseSensitive)
}

function textFilter(text: string, isCaseSensitive: boolean): LogFilter {
  const fold = (of: string): string => (isCaseSensitive ? of : of.toLowerCase())
  const needle = fold(text)
  return {
    kind: 'matching',
    matches: raw => fold(plainText(raw)).includes(needle),
    rangesIn(plain) {
      const folded = fold(plain)
      // A few letters change their length in lower case; then the places would be wrong.
      if (folded.length !== plain.length) return []
      const ranges: [number, number][] = []
      for (let at = folded.indexOf(needle); at >= 0; at = folded.indexOf(needle, at + needle.length)) {
        ranges.push([at, at + needle.length])
      }
      return ranges
    },
  }
}

function regexFilter(text: string, isCaseSensitive: boolean): LogFilter {
  const flags = isCaseSensitive ? '' : 'i'
  const expression = compile(text, flags)
  if (typeof expression === 'string') return { kind: 'unusable', problem: expression }
  if (repeatsARepetition(text)) {
    return {
      kind: 'unusable',
      problem:
        'A repetition inside a repetition, like (a+)+, can take for ever on one line. Repeat only once.',
    }
  }
  const everywhere = new RegExp(expression, `g${flags}`)
  return {
    kind: 'matching',
    matches: raw => expression.test(plainText(raw)),
    rangesIn: plain =>
      Array.from(plain.matchAll(everywhere), match => [match.index, match.index + match[0].length] as const)
        .filter(([from, to]) => to > from)
        .slice(0, 100),
  }
}

function compile(text: string, flags: string): RegExp | string {
  try {
    return new RegExp(text, flags)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // `Invalid regular expression: /(/i: Unterminated group`: only the end is news to who typed it.
    return `Not a regular expression: ${error.message.slice(error.message.lastIndexOf(': ') + 2)}.`
  }
}

/**
 * Whether a group that repeats without bound holds something that does: the shape whose matching can take
 * exponential time and would freeze the screen, STOP button and all. Pure text scan; `text` is a valid expression.
 */
export function repeatsARepetition(text: string): boolean {
  // One flag per open group: does it hold an unbounded repetition?
  const open: boolean[] = [false]
  let inClass = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '\\') at += 1
    else if (inClass) inClass = character !== ']'
    else if (character === '[') inClass = true
    else if (character === '(') open.push(false)
    else if (character === ')') {
      const holdsOne = open.pop() ?? false
      const repeats = isUnbounded(text, at + 1)
      if (holdsOne && repeats) return true
      if (holdsOne || repeats) open[open.length - 1] = true
    } else if (isUnbounded(text, at)) open[open.length - 1] = true
  }
  return false
}

function isUnbounded(text: string, at: number): boolean {
  return text[at] === '*' || text[at] === '+' || /^\{\d+,\}/.test(text.slice(at, at + 12))
}
