import { plainText } from './plainText'

export interface FilterInput {
  readonly text: string
  readonly isRegex: boolean
}

export const NO_FILTER: FilterInput = { text: '', isRegex: false }

/** Which lines are shown. Upper and lower case are the same. */
export type LogFilter =
  | { readonly kind: 'everything' }
  | {
      readonly kind: 'matching'
      readonly matches: (raw: string) => boolean
      /** Where in the plain text the matches are: `[from, to)`. */
      readonly rangesIn: (plain: string) => readonly (readonly [number, number])[]
    }
  /** Shows everything until it can be understood. */
  | { readonly kind: 'unusable'; readonly problem: string }

/** Errors: none; what cannot be used says why. */
export function createFilter({ text, isRegex }: FilterInput): LogFilter {
  if (text === '') return { kind: 'everything' }
  return isRegex ? regexFilter(text) : textFilter(text)
}

function textFilter(text: string): LogFilter {
  const needle = text.toLowerCase()
  return {
    kind: 'matching',
    matches: raw => plainText(raw).toLowerCase().includes(needle),
    rangesIn(plain) {
      const folded = plain.toLowerCase()
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

function regexFilter(text: string): LogFilter {
  const expression = compile(text)
  if (typeof expression === 'string') return { kind: 'unusable', problem: expression }
  if (repeatsARepetition(text)) {
    return {
      kind: 'unusable',
      problem:
        'A repetition inside a repetition, like (a+)+, can take for ever on one line. Repeat only once.',
    }
  }
  const everywhere = new RegExp(expression, 'gi')
  return {
    kind: 'matching',
    matches: raw => expression.test(plainText(raw)),
    rangesIn: plain =>
      Array.from(plain.matchAll(everywhere), match => [match.index, match.index + match[0].length] as const)
        .filter(([from, to]) => to > from)
        .slice(0, 100),
  }
}

function compile(text: string): RegExp | string {
  try {
    return new RegExp(text, 'i')
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
