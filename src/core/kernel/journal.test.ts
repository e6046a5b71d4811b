import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openJournal } from './journal'

let dir: string
let path: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drydock-journal-'))
  path = join(dir, 'journal.jsonl')
})
afterEach(() => rmSync(dir, { recursive: true }))

const asText = (body: unknown): string | null => (typeof body === 'string' ? body : null)

it('gives back, after a crash, what was begun and never settled', () => {
  const journal = openJournal(path, asText)
  journal.open({ id: 'a', body: 'first' })
  journal.open({ id: 'b', body: 'second' })
  journal.settle('a')
  // No disposal: the process is gone.
  using again = openJournal(path, asText)
  expect(again.left).toEqual([{ id: 'b', body: 'second' }])
})

it('loses nothing that was whole when the file is cut at any byte', () => {
  {
    using journal = openJournal(path, asText)
    journal.open({ id: 'a', body: 'first' })
    journal.settle('a')
    journal.open({ id: 'b', body: 'second' })
  }
  const whole = readFileSync(path)
  // Every entry stands between two newlines; the second one ends it.
  const ends = [...whole.keys()].filter(at => whole[at] === 10 && at > 0 && whole[at - 1] !== 10)
  for (let cut = 0; cut <= whole.length; cut += 1) {
    writeFileSync(path, whole.subarray(0, cut))
    using journal = openJournal(path, asText)
    // A line without its newline is whole as soon as its last character is there.
    const lines = ends.filter(end => cut >= end).length
    expect(journal.left.map(intent => intent.id)).toEqual(
      ['', 'a', '', 'b'][lines]?.split('').filter(Boolean),
    )
  }
})

it('passes over a body that it does not understand', () => {
  appendFileSync(path, `${JSON.stringify({ open: 'old', body: { schema: 0 } })}\n`)
  using journal = openJournal(path, asText)
  expect(journal.left).toEqual([])
})

it('drops settled intents from the file when it is opened', () => {
  {
    using journal = openJournal(path, asText)
    for (let i = 0; i < 100; i += 1) {
      journal.open({ id: `${i}`, body: 'x' })
      journal.settle(`${i}`)
    }
  }
  openJournal(path, asText)[Symbol.dispose]()
  expect(readFileSync(path, 'utf8')).toBe('')
})
