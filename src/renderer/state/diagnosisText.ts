import type { DiagnosisRow } from '../../contract/diagnosis'
import type { NodeName } from '../../contract/ids'

/** As a report to send: a table a group. Times in UTC. */
export function diagnosisMarkdown(node: NodeName, atMs: number, rows: readonly DiagnosisRow[]): string {
  const groups = [...new Set(rows.map(row => row.group))]
  const parts = groups.map(group => {
    const lines = rows.filter(row => row.group === group).map(rowLine)
    return [
      `## ${group.charAt(0).toUpperCase()}${group.slice(1)}`,
      '',
      '| verdict | what | measured | wanted | fix |',
      '|---|---|---|---|---|',
      ...lines,
    ].join('\n')
  })
  return `${[`# Diagnosis of ${node}`, new Date(atMs).toISOString(), ...parts].join('\n\n')}\n`
}

const rowLine = ({ verdict, name, measured, wanted, fix }: DiagnosisRow): string =>
  `| ${[verdict, name, measured, wanted ?? '', fix === null ? '' : codeOf(fix)].map(cell).join(' | ')} |`

/** In backticks, more of them than it holds itself. */
function codeOf(command: string): string {
  const ticks = '`'.repeat(Math.max(0, ...(command.match(/`+/g) ?? []).map(run => run.length)) + 1)
  return ticks.length > 1 ? `${ticks} ${command} ${ticks}` : `${ticks}${command}${ticks}`
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')

/** The same for programs: the rows as the contract has them. */
export function diagnosisJson(node: NodeName, atMs: number, rows: readonly DiagnosisRow[]): string {
  return `${JSON.stringify({ node, atMs, rows }, null, 2)}\n`
}
