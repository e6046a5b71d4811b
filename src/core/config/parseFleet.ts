import { isMap, LineCounter, parseDocument } from 'yaml'
import type { FleetProblem, Finding } from './fleetProblem'
import { createLocator } from './fleetProblem'
import { ruleFindings } from './fleetRules'
import type { Fleet } from './fleetSchema'
import { FleetFile } from './fleetSchema'
import { explainIssue, schemaFindings } from './schemaProblems'
import type { YamlFinding } from './yamlProblems'
import { yamlFindings } from './yamlProblems'

export type ParsedFleet = { readonly fleet: Fleet } | { readonly problems: readonly FleetProblem[] }

const MAX_CHARS = 1_000_000

/**
 * Reads the text of a fleet file.
 *
 * Shape:  YAML 1.2, one document, `fleet.yaml` version 1 as `fleetSchema.ts` has it; anchors and aliases work.
 * Absent: what may be left out has the schema's default.
 * Errors: none is thrown. Everything that is wrong is told at once, in the order of the file, each with its line and
 *         its fix; only broken YAML, or another version, hides what comes after it.
 * Source: DESIGN.md, "fleet.yaml, version 1".
 */
export function parseFleet(text: string, fileName: string): ParsedFleet {
  const whole = (message: string, fix: string): ParsedFleet => ({
    problems: [{ file: fileName, line: 1, column: 1, path: '', message, fix }],
  })
  if (text.length > MAX_CHARS) return whole('This file is too large for a fleet.', 'Keep it below 1 MB.')

  const lines = new LineCounter()
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const yaml = yamlFindings(doc, text)
  const yamlProblems = yaml.map(found => atOffset(fileName, found, lines))
  if (yaml.some(({ isHarmless }) => !isHarmless)) return { problems: yamlProblems }
  if (doc.contents === null) return whole('This file is empty.', 'Begin with version: 1 and a list of nodes.')
  if (!isMap(doc.contents)) {
    return whole(
      'This file is not a fleet.',
      'Begin with version: 1 and a list of nodes, each on lines of its own.',
    )
  }

  const raw = toPlain(doc)
  if (raw === null) return whole('Aliases make this file explode.', 'Use fewer * references.')
  const parsed = FleetFile.safeParse(raw, { error: explainIssue })
  const schema = parsed.success ? [] : schemaFindings(parsed.error.issues, raw)
  const other = isOtherVersion(raw) ? schema.filter(({ path }) => path[0] === 'version') : []
  const findings = other.length > 0 ? other : withoutMoot(schema, ruleFindings(raw))
  const locate = createLocator(doc, text, lines)
  const problems = [...yamlProblems, ...findings.map(finding => locate(fileName, finding))]
  if (parsed.success && problems.length === 0) return { fleet: parsed.data }
  return { problems: inOrder(problems) }
}

function atOffset(file: string, { offset, message, fix }: YamlFinding, lines: LineCounter): FleetProblem {
  const { line, col } = lines.linePos(offset)
  return { file, line: Math.max(1, line), column: Math.max(1, col), path: '', message, fix }
}

function toPlain(doc: ReturnType<typeof parseDocument>): Readonly<Record<string, unknown>> | null {
  try {
    return doc.toJS({ maxAliasCount: 100 }) as Readonly<Record<string, unknown>>
  } catch (error) {
    if (error instanceof ReferenceError) return null // "Excessive alias count": a few lines that expand to gigabytes
    throw error
  }
}

/** What is to be removed altogether need not have the right type first. */
function withoutMoot(schema: readonly Finding[], rules: readonly Finding[]): readonly Finding[] {
  const removed = new Set(rules.filter(({ at }) => at === 'key').map(({ path }) => path.join('\0')))
  return [...schema.filter(({ path }) => !removed.has(path.join('\0'))), ...rules]
}

/** A file of another version may differ in everything, so nothing else in it is worth a complaint. */
function isOtherVersion(raw: Readonly<Record<string, unknown>>): boolean {
  return raw['version'] !== undefined && raw['version'] !== 1 && raw['version'] !== '1'
}

function inOrder(problems: readonly FleetProblem[]): FleetProblem[] {
  const unique = new Map(problems.map(problem => [JSON.stringify(problem), problem]))
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column)
}
