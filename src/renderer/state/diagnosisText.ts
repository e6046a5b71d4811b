import type { DiagnosisRow } from '../../contract/diagnosis'

/** What a diagnosis has found so far. */
export interface Diagnosis {
  readonly node: string
  /** When it began (epoch ms). */
  readonly atMs: number
  readonly rows: readonly DiagnosisRow[]
}

const GROUPS = {
  connection: 'Connection',
  system: 'System',
  resources: 'Resources',
  software: 'Software',
  work: 'Work folder',
} as const satisfies Record<DiagnosisRow['group'], string>

const VERDICTS = ['FAIL', 'WARN', 'PASS', 'SKIP'] as const satisfies readonly DiagnosisRow['verdict'][]

/** A diagnosis to hand to somebody: a table a group, then the commands, what fails first. Times are UTC. */
export function diagnosisMarkdown({ node, atMs, rows }: Diagnosis): string {
  const counted = VERDICTS.map(verdict => `${countOf(rows, verdict)} ${verdict}`).join(' · ')
  const tables = keysOf(GROUPS).flatMap(group => {
    const own = rows.filter(row => row.group === group)
    return own.length === 0 ? [] : [`## ${GROUPS[group]}`, tableOf(own)]
  })
  const fixes = VERDICTS.flatMap(verdict => rows.filter(row => row.verdict === verdict)).flatMap(
    ({ name, verdict, fix }) => (fix === null ? [] : [`${verdict} ${escaped(name)}:`, fenced(fix)]),
  )
  return [
    `# Diagnosis of ${escaped(node)}`,
    `${timeOf(atMs)} · ${counted}`,
    ...tables,
    ...(fixes.length === 0 ? [] : ['## What corrects it', ...fixes]),
  ]
    .join('\n\n')
    .concat('\n')
}

/** The same for programs. `at` is ISO 8601 in UTC. */
export function diagnosisJson({ node, atMs, rows }: Diagnosis): string {
  return `${JSON.stringify({ node, at: new Date(atMs).toISOString(), rows }, null, 2)}\n`
}

function countOf(rows: readonly DiagnosisRow[], verdict: DiagnosisRow['verdict']): number {
  return rows.filter(row => row.verdict === verdict).length
}

function tableOf(rows: readonly DiagnosisRow[]): string {
  const lines = rows.map(({ verdict, name, measured, wanted, tookMs }) =>
    [verdict, name, measured, wanted ?? '', `${tookMs} ms`].map(escaped).join(' | '),
  )
  return ['verdict | what | measured | wanted | took', '--- | --- | --- | --- | ---', ...lines]
    .map(line => `| ${line} |`)
    .join('\n')
}

/** Text in a cell: what a program printed must not become markup, nor end the row. */
function escaped(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_[\]<>|~#]/g, String.raw`\$&`)
}

/** A block that no run of backticks inside can end. */
function fenced(command: string): string {
  const longest = Math.max(2, ...[...command.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}sh\n${command}\n${fence}`
}

function timeOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record) as Key[]
}
