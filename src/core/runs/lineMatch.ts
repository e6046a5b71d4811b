import { createContext, Script } from 'node:vm'
import type { LogQuery } from '../../contract/logs'
import { AppError } from '../kernel/appError'
import { createShownLine } from './readLines'

const NEWLINE = 10
const RETURN = 13
const PATTERN_LIMIT_MS = 1000
/** So many lines are given to a pattern at once: few enough that one that takes for ever is stopped soon. */
const LINES_AT_ONCE = 4096

/** Which lines a query finds. A line is what it shows: see `createShownLine`. */
export interface LineMatch {
  isIn(text: string): boolean
  /** Calls `onHit` with where each found line begins. `lines` are whole ones. */
  among(lines: Buffer, onHit: (start: number, text: string) => void): void
}

/** Errors: `refused` for a pattern that is none; the matching itself, when it takes too long. */
export function createLineMatch(query: LogQuery): LineMatch {
  const isPlain = !query.isRegex && query.text !== '' && !query.text.includes('\n')
  return isPlain && (query.isCaseSensitive || isAscii(query.text)) ? textMatch(query) : patternMatch(query)
}

/** Looks for the bytes themselves, and makes text only of the lines that have them: most have not. */
function textMatch({ text, isCaseSensitive }: LogQuery): LineMatch {
  const lower = text.toLowerCase()
  const needle = Buffer.from(text)
  const isIn = (line: string): boolean =>
    isCaseSensitive ? line.includes(text) : line.toLowerCase().includes(lower)

  return {
    isIn,
    among(lines, onHit) {
      const folded = isCaseSensitive ? null : lines.toString('latin1').toLowerCase()
      const find = (from: number): number =>
        folded === null ? lines.indexOf(needle, from) : folded.indexOf(lower, from)
      for (let at = find(0); at !== -1;) {
        const start = at === 0 ? 0 : lines.lastIndexOf(NEWLINE, at - 1) + 1
        const end = lines.indexOf(NEWLINE, at)
        const shown = shownLine(lines.subarray(start, end))
        // The bytes may stand in what a carriage return has overwritten, or beyond what is shown.
        if (isIn(shown)) onHit(start, shown)
        at = end + 1 < lines.length ? find(end + 1) : -1
      }
    },
  }
}

function patternMatch(query: LogQuery): LineMatch {
  const regex = compiled(query)
  // A pattern can take longer than anybody lives. Only here can one that is under way be stopped from outside.
  const room = createContext({ regex, lines: [] as string[] })
  const script = new Script('lines.flatMap((line, at) => (regex.test(line) ? [at] : []))')
  const matching = (lines: readonly string[]): readonly number[] => {
    room['lines'] = lines
    try {
      return Array.from(script.runInContext(room, { timeout: PATTERN_LIMIT_MS }) as number[])
    } catch (cause) {
      throw new AppError('refused', 'This pattern takes too long on a line of this log.', {
        hint: 'Repeat once only: [a-z]+ instead of ([a-z]+)+.',
        cause,
      })
    }
  }

  return {
    isIn: line => matching([line]).length > 0,
    among(lines, onHit) {
      let texts: string[] = []
      let starts: number[] = []
      const flush = (): void => {
        for (const at of matching(texts)) onHit(starts[at] ?? 0, texts[at] ?? '')
        texts = []
        starts = []
      }
      for (let start = 0; start < lines.length;) {
        const end = lines.indexOf(NEWLINE, start)
        texts.push(shownLine(lines.subarray(start, end)))
        starts.push(start)
        if (texts.length === LINES_AT_ONCE) flush()
        start = end + 1
      }
      if (texts.length > 0) flush()
    },
  }
}

function compiled({ text, isRegex, isCaseSensitive }: LogQuery): RegExp {
  try {
    const source = isRegex ? text : text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    return new RegExp(source, isCaseSensitive ? 'u' : 'iu')
  } catch (cause) {
    throw new AppError('refused', `This is no pattern that can be searched for: ${reasonOf(cause)}.`, {
      hint: 'Correct it, or search for it as plain text.',
      cause,
    })
  }
}

/** `Invalid regular expression: /(/u: Unterminated group`: the last part says it. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error)
  return said
    .slice(said.lastIndexOf(': ') + 1)
    .trim()
    .toLowerCase()
}

function shownLine(bytes: Buffer): string {
  if (bytes.length < 8192 && !bytes.includes(RETURN)) return bytes.toString('utf8')
  const line = createShownLine()
  line.add(bytes)
  return line.end()
}

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length
