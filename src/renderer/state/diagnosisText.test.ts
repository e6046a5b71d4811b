import { expect, it } from 'vitest'
import type { DiagnosisRow } from '../../contract/diagnosis'
import { diagnosisJson, diagnosisMarkdown } from './diagnosisText'

function row(id: string, more: Partial<DiagnosisRow>): DiagnosisRow {
  return {
    id,
    group: 'system',
    name: id,
    verdict: 'PASS',
    measured: 'ok',
    wanted: null,
    fix: null,
    tookMs: 3,
    ...more,
  }
}

const atMs = Date.UTC(2026, 10, 25, 4, 12, 9)
const rows = [
  row('git', {
    group: 'software',
    name: 'git',
    verdict: 'WARN',
    measured: 'not installed',
    fix: 'sudo apt-get install -y git',
  }),
  row('ping', { group: 'connection', name: 'Ping', measured: '0.345 ms', wanted: 'an answer' }),
  row('linger', {
    name: 'Runs outlive logins',
    verdict: 'FAIL',
    measured: 'no',
    fix: 'sudo loginctl enable-linger w1',
  }),
  row('redis', { group: 'software', name: 'Redis', verdict: 'SKIP', measured: 'not | asked\n<b>*_`' }),
]

it('writes a table a group, and the commands in the order of need', () => {
  expect(diagnosisMarkdown({ node: 'pc2', atMs, rows })).toBe(`# Diagnosis of pc2

2026-11-25 04:12:09 UTC · 1 FAIL · 1 WARN · 1 PASS · 1 SKIP

## Connection

| verdict | what | measured | wanted | took |
| --- | --- | --- | --- | --- |
| PASS | Ping | 0.345 ms | an answer | 3 ms |

## System

| verdict | what | measured | wanted | took |
| --- | --- | --- | --- | --- |
| FAIL | Runs outlive logins | no |  | 3 ms |

## Software

| verdict | what | measured | wanted | took |
| --- | --- | --- | --- | --- |
| WARN | git | not installed |  | 3 ms |
| SKIP | Redis | not \\| asked \\<b\\>\\*\\_\\\` |  | 3 ms |

## What corrects it

FAIL Runs outlive logins:

\`\`\`sh
sudo loginctl enable-linger w1
\`\`\`

WARN git:

\`\`\`sh
sudo apt-get install -y git
\`\`\`
`)
})

it('says no more than it knows of a diagnosis that has only begun', () => {
  expect(diagnosisMarkdown({ node: 'pc_2', atMs, rows: [] })).toBe(
    '# Diagnosis of pc\\_2\n\n2026-11-25 04:12:09 UTC · 0 FAIL · 0 WARN · 0 PASS · 0 SKIP\n',
  )
})

it('keeps a command whole whatever it holds', () => {
  const fix = 'echo ```` | tee a'
  expect(diagnosisMarkdown({ node: 'pc2', atMs, rows: [row('x', { fix })] })).toContain(
    `\`\`\`\`\`sh\n${fix}\n\`\`\`\`\`\n`,
  )
})

it('gives programs the rows as they are', () => {
  expect(JSON.parse(diagnosisJson({ node: 'pc2', atMs, rows }))).toEqual({
    node: 'pc2',
    at: '2026-11-25T04:12:09.000Z',
    rows,
  })
})
