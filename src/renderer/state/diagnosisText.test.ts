import { expect, it } from 'vitest'
import type { DiagnosisRow } from '../../contract/diagnosis'
import type { NodeName } from '../../contract/ids'
import { diagnosisJson, diagnosisMarkdown } from './diagnosisText'

const pc2 = 'pc2' as NodeName
const AT_MS = Date.UTC(2026, 8, 24, 14, 2, 11)
const rows: readonly DiagnosisRow[] = [
  {
    id: 'ssh-auth',
    group: 'connection',
    name: 'Login',
    verdict: 'PASS',
    measured: 'by a key',
    wanted: null,
    fix: null,
    tookMs: 3,
  },
  {
    id: 'docker',
    group: 'software',
    name: 'Docker',
    verdict: 'FAIL',
    measured: 'a | b\nc',
    wanted: 'an answer',
    fix: 'echo `id`',
    tookMs: 9,
  },
]

it('as Markdown is a table a group, whatever is in its cells', () => {
  expect(diagnosisMarkdown(pc2, AT_MS, rows)).toBe(`# Diagnosis of pc2

2026-09-24T14:02:11.000Z

## Connection

| verdict | what | measured | wanted | fix |
|---|---|---|---|---|
| PASS | Login | by a key |  |  |

## Software

| verdict | what | measured | wanted | fix |
|---|---|---|---|---|
| FAIL | Docker | a \\| b c | an answer | \`\` echo \`id\` \`\` |
`)
})

it('as JSON is what the engine said', () => {
  expect(JSON.parse(diagnosisJson(pc2, AT_MS, rows))).toEqual({ node: pc2, atMs: AT_MS, rows })
})
