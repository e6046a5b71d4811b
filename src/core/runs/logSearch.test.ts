import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RunId, WorkerId } from '../../contract/ids'
import type { LogQuery, LogSearchEvent } from '../../contract/logs'
import { MAX_SEARCH_HITS } from '../../contract/logs'
import { systemClock } from '../kernel/clock'
import { createLogBook } from './logBook'
import { createLogSearch } from './logSearch'

const run = RunId.parse('20260102-030405-ab12')
const ids = ['one', 'two'].map(id => WorkerId.parse(id))

let dir: string
let logs: ReturnType<typeof createLogBook>
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drydock-search-'))
  logs = createLogBook({ dir, clock: systemClock, isEnded: () => true })
})
afterEach(async () => {
  await logs[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true })
})

async function write(at: number, text: string | Buffer, atMs = 1): Promise<void> {
  await using held = await logs.lease(run, ids[at]!)
  await held.log.append(Buffer.from(text), atMs)
}

async function search(query: Partial<LogQuery>): Promise<LogSearchEvent> {
  const all = { isRegex: false, isCaseSensitive: false, text: '', ...query }
  const found = createLogSearch({ logs, logsOf: () => ids, clock: systemClock })
  let sum: LogSearchEvent = { hits: [], bytesDone: 0, bytesTotal: 0, matched: 0 }
  for await (const event of found.search(run, null, all, new AbortController().signal))
    sum = { ...event, hits: [...sum.hits, ...event.hits] }
  expect(sum.bytesDone).toBe(sum.bytesTotal)
  return sum
}

const found = (event: LogSearchEvent): [string, number, string][] =>
  event.hits.map(({ log, line, text }) => [log, line, text])

it('finds text and patterns in all logs, with line numbers, across blocks', async () => {
  const filler = Array.from({ length: 60_000 }, (_, at) => `filler ${at} ${'.'.repeat(30)}\n`).join('')
  await write(0, `${filler}An ERROR here\n${filler}and an error there`)
  await write(1, 'no trouble\nError\r50%\rgone\n')
  const lines = [
    ['one', 60_000, 'An ERROR here'],
    ['one', 120_001, 'and an error there'],
  ]
  expect(found(await search({ text: 'error' }))).toEqual(lines)
  expect(found(await search({ text: 'ERROR', isCaseSensitive: true }))).toEqual([lines[0]])
  expect(found(await search({ text: '^an?d? .*err', isRegex: true }))).toEqual(lines)
  expect(found(await search({ text: 'filler 59999 ' }))).toEqual([
    ['one', 59_999, `filler 59999 ${'.'.repeat(30)}`],
    ['one', 120_000, `filler 59999 ${'.'.repeat(30)}`],
  ])
})

it('counts on when it gives no more hits, and stays small on one endless line', async () => {
  await write(0, 'hit\n'.repeat(MAX_SEARCH_HITS + 5))
  await write(1, Buffer.alloc(40_000_000, 'hit '))
  const event = await search({ text: 'hit', isCaseSensitive: true })
  expect([event.hits.length, event.matched]).toEqual([MAX_SEARCH_HITS, MAX_SEARCH_HITS + 6])
})

it('says in words what is wrong with a pattern, and ends one that would take for ever', async () => {
  await write(0, `${'a'.repeat(200)}b\n`)
  await expect(search({ text: '(', isRegex: true })).rejects.toThrow(
    'This is no pattern that can be searched for',
  )
  await expect(search({ text: '^(a+)+$', isRegex: true })).rejects.toThrow('takes too long')
})

it('finds the line that came at a time', async () => {
  await write(0, 'a\nb\n', 1_000)
  await write(0, 'c\n', 5_000)
  const search = createLogSearch({ logs, logsOf: () => ids, clock: systemClock })
  expect(await Promise.all([0, 1_001, 5_001].map(atMs => search.lineAt(run, ids[0]!, atMs)))).toEqual([
    0, 2, 3,
  ])
})
