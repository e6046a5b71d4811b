import { expect, it } from 'vitest'
import type { LogEntry, LogSource } from '../state/logEntry'
import { gapWords } from './gapWords'
import { shownText } from './shownText'

const source = { label: 'pc2 w1' } as LogSource
const place = { id: 1, source, line: 0, atMs: Date.UTC(2026, 8, 24, 14, 2, 9, 118), batch: 1 }

it('has of every row its time, its log and what it says, without colours', () => {
  const rows: LogEntry[] = [
    { kind: 'line', text: '\u001b[31mred\u001b[0m <b>', ...place },
    { kind: 'gap', lostBytes: null, reason: 'The file was removed.', ...place },
    { kind: 'skip', missing: 1, ...place },
  ]
  expect(shownText(rows, 'utc').split('\n')).toEqual([
    '2026-09-24 14:02:09.118 UTC  pc2 w1  red <b>',
    '2026-09-24 14:02:09.118 UTC  pc2 w1  --- gap: the file was removed, nobody can say how much is missing ---',
    '2026-09-24 14:02:09.118 UTC  pc2 w1  --- 1 line not read ---',
    '',
  ])
})

it.each([
  ['the file was truncated', 1_200_000, 'the file was truncated, at most 1.2\u2009MB are missing'],
  ['The file was replaced.', null, 'the file was replaced, nobody can say how much is missing'],
  ['the file was rotated', 0, 'the file was rotated, nothing is missing'],
])('says of a gap what happened and what it cost: %s, %j', (reason, lostBytes, expected) => {
  expect(gapWords({ reason, lostBytes })).toBe(expected)
})
