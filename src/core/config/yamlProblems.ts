import type { Document, ErrorCode } from 'yaml'
import { isAlias, isScalar, visit } from 'yaml'

/** Something that YAML itself does not allow, at a byte of the text. */
export interface YamlFinding {
  readonly offset: number
  readonly message: string
  readonly fix: string
  /** Whether the rest of the document can still be understood. */
  readonly isHarmless: boolean
}

const INDENT = 'Indent with spaces, two a level, and keep what belongs together at the same depth.'
const BRACKET = 'Close the bracket that was opened, and indent what stands inside it.'
const COLON = "Put the value in quotes, because it contains ': '."
/** Where the parser's own words are not for the person who wrote the file. */
const MESSAGES: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'A tab is used for indentation.',
  DUPLICATE_KEY: 'This key stands here a second time.',
  MULTIPLE_DOCS: 'A second document begins here.',
}
const FIXES: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'Replace the tab at the beginning of this line with spaces.',
  DUPLICATE_KEY: 'Keep one of the two.',
  BAD_INDENT: INDENT,
  UNEXPECTED_TOKEN: INDENT,
  IMPOSSIBLE: INDENT,
  MISSING_CHAR: 'Close the quote or bracket that was opened, or write the colon that is missing.',
  BLOCK_AS_IMPLICIT_KEY: COLON,
  BLOCK_IN_FLOW: COLON,
  MULTILINE_IMPLICIT_KEY: 'Write each key and its colon on one line.',
  BAD_SCALAR_START: 'Put the value in quotes.',
  BAD_DQ_ESCAPE: 'Use single quotes, in which a backslash is only a backslash.',
  MULTIPLE_DOCS: 'Remove the line --- and all that follows, or put it into a file of its own.',
  TAG_RESOLVE_FAILED: 'Remove the tag that begins with an exclamation mark, or put the value in quotes.',
}

/** What the YAML parser found, at most one problem a line: the first is the cause, the others follow from it. */
export function yamlFindings(doc: Document, text: string): readonly YamlFinding[] {
  const found: YamlFinding[] = [...doc.errors, ...doc.warnings].map(({ code, message, pos }) => ({
    offset: pos[0],
    ...explain(code, message, isTabbed(text, pos[0])),
    isHarmless: code === 'DUPLICATE_KEY',
  }))
  found.push(...aliasesAndKeys(doc))
  const lines = new Set<number>()
  return found
    .sort((a, b) => a.offset - b.offset)
    .filter(({ offset }) => {
      const line = text.slice(0, offset).split('\n').length
      return lines.has(line) ? false : lines.add(line)
    })
}

function explain(code: ErrorCode, said: string, isTabbed: boolean): { message: string; fix: string } {
  const known = isTabbed ? 'TAB_AS_INDENT' : code
  const message = MESSAGES[known] ?? (/[.!?]$/.test(said) ? said : `${said}.`)
  const isUnclosed = / end with a [\]}]/.test(said) && !isTabbed
  return { message, fix: isUnclosed ? BRACKET : (FIXES[known] ?? 'Correct the YAML here.') }
}

function aliasesAndKeys(doc: Document): YamlFinding[] {
  const found: YamlFinding[] = []
  const note = (offset: number | undefined, message: string, fix: string): void => {
    found.push({ offset: offset ?? 0, message, fix, isHarmless: false })
  }
  visit(doc, {
    Alias(_, alias) {
      const target = alias.resolve(doc)
      if (target === undefined) {
        note(
          alias.range?.[0],
          `There is no &${alias.source} above.`,
          'Define it above, or write the value here.',
        )
      } else if (isAlias(target) || contains(target, alias)) {
        note(alias.range?.[0], `*${alias.source} contains itself.`, 'Write the value here.')
      }
    },
    Pair(_, { key }) {
      if (isScalar(key) || isAlias(key)) return
      note(rangeStart(key), 'A key must be a single word.', 'Write a word before the colon.')
    },
  })
  return found
}

function contains(outer: Parameters<typeof visit>[0], alias: unknown): boolean {
  let isFound = false
  visit(outer, {
    Alias(_, inner) {
      if (inner !== alias) return undefined
      isFound = true
      return visit.BREAK
    },
  })
  return isFound
}

function rangeStart(key: unknown): number | undefined {
  if (typeof key !== 'object' || key === null || !('range' in key) || !Array.isArray(key.range))
    return undefined
  return Number(key.range[0])
}

function isTabbed(text: string, offset: number): boolean {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^[ ]*\t/.test(text.slice(start, offset + 1))
}
