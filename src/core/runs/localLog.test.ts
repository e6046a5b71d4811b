import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { MAX_LINE_CHARS } from '../../contract/logs'
import { openLocalLog } from './localLog'
import type { LocalLog } from './localLog'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drydock-log-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

async function allLines(log: LocalLog, from = 0): Promise<string[]> {
  const lines: string[] = []
  for (;;) {
    const stretch = await log.read(from + lines.length, 7)
    if (stretch.lines.length === 0) return lines
    expect(stretch.firstLine).toBe(from + lines.length)
    lines.push(...stretch.lines)
  }
}

let count = 0
const newPath = (): string => join(dir, 'run', `${(count += 1)}.log`)

const chunk = fc
  .array(fc.constantFrom('a', 'bc', '\n', '\n\n', 'é', 'x'.repeat(300)), { maxLength: 12 })
  .map(parts => parts.join(''))

it('keeps the bytes and gives every line by number, however they came', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 12 }), fc.nat(30), async (chunks, from) => {
      const path = newPath()
      await using log = await openLocalLog(path, 1)
      let atMs = 1
      for (const text of chunks) await log.append(Buffer.from(text), (atMs += 40))
      const text = chunks.join('')
      const whole = text.split('\n').slice(0, -1)
      expect(readFileSync(path, 'utf8')).toBe(text)
      expect(log.lines).toBe(whole.length)
      expect(await allLines(log, from)).toEqual(whole.slice(from))
      log.finish()
      expect(await allLines(log)).toEqual(text.endsWith('\n') || text === '' ? whole : text.split('\n'))
    }),
    { numRuns: 60 },
  )
})

it('knows all lines again after a crash that cost any part of the index', async () => {
  const path = newPath()
  const text = Array.from({ length: 3_000 }, (_, i) => `line ${i} ${'.'.repeat(i % 90)}\n`).join('')
  {
    await using log = await openLocalLog(path, 1)
    for (let at = 0; at < text.length; at += 1_000)
      await log.append(Buffer.from(text.slice(at, at + 1_000)), at)
  }
  const index = readFileSync(`${path}.idx`)
  for (const kept of [0, 1, 24, 25, 48, index.length - 1, index.length]) {
    writeFileSync(`${path}.idx`, index.subarray(0, kept))
    await using log = await openLocalLog(path, 5)
    expect(log.size).toBe(text.length)
    expect(await allLines(log)).toEqual(text.split('\n').slice(0, -1))
    await log.append(Buffer.from('more\n'), 9)
    expect((await log.read(3_000, 1)).lines).toEqual(['more'])
    truncateSync(path, text.length)
  }
})

it('goes on at the byte where it stopped, in the middle of a line', async () => {
  const path = newPath()
  {
    await using log = await openLocalLog(path, 1)
    await log.append(Buffer.from('one\ntw'), 1)
  }
  await using log = await openLocalLog(path, 2)
  expect([log.size, log.lines]).toEqual([6, 1])
  await log.append(Buffer.from('o\n'), 3)
  expect(await allLines(log)).toEqual(['one', 'two'])
})

it('tells when a line came, to the stretch of lines it came with', async () => {
  await using log = await openLocalLog(newPath(), 1)
  await log.append(Buffer.from('a\nb\n'), 1_000)
  await log.append(Buffer.from('c\n'), 2_000)
  expect(await log.read(0, 10)).toEqual({
    firstLine: 0,
    atMs: 1_000,
    lines: ['a', 'b'],
    totalLines: 3,
    gaps: [],
  })
  expect(await log.read(2, 10)).toEqual({ firstLine: 2, atMs: 2_000, lines: ['c'], totalLines: 3, gaps: [] })
})

it('cuts an overlong line and shows bytes that are no text as a mark', async () => {
  await using log = await openLocalLog(newPath(), 1)
  await log.append(Buffer.concat([Buffer.alloc(200_000, 'x'), Buffer.from('\nbad \xff byte\n', 'latin1')]), 1)
  const { lines } = await log.read(0, 2)
  expect(lines[0]).toBe(`${'x'.repeat(MAX_LINE_CHARS)}…`)
  expect((await log.read(1, 1)).lines).toEqual(['bad \uFFFD byte'])
})

it('wakes whoever waits for more', async () => {
  await using log = await openLocalLog(newPath(), 1)
  const changed = log.changed(new AbortController().signal)
  expect(log.isWatched).toBe(true)
  await log.append(Buffer.from('x'), 1)
  await changed
  expect(log.isWatched).toBe(false)
})

it.each([
  ['10%\r20%\r30%\n', '30%'],
  ['plain\r\n', 'plain'],
  ['a\rb\r\r\n', 'b'],
  ['nul \0 here\n', 'nul \0 here'],
])('shows the last state of a line that was overwritten in place: %j', async (text, shown) => {
  for (const size of [1, 3, 100]) {
    const path = newPath()
    await using log = await openLocalLog(path, 1)
    for (let at = 0; at < text.length; at += size) await log.append(Buffer.from(text.slice(at, at + size)), 1)
    expect((await log.read(0, 1)).lines).toEqual([shown])
    expect(readFileSync(path, 'utf8')).toBe(text)
  }
})

it('shows a progress bar of megabytes without a newline as its last state', async () => {
  await using log = await openLocalLog(newPath(), 1)
  for (let step = 0; step < 50; step += 1)
    await log.append(Buffer.from(`\rstep ${step} ${'#'.repeat(50_000)}\rdone ${step}`), 1)
  log.finish()
  expect((await log.read(0, 1)).lines).toEqual(['done 49'])
})

it('keeps its gaps and gives them with the lines around them', async () => {
  const path = newPath()
  const gap = { beforeLine: 1, lostBytes: null, reason: 'the file was truncated', atMs: 5 }
  {
    await using log = await openLocalLog(path, 1)
    await log.append(Buffer.from('a\n'), 1)
    await log.addGap(gap)
    await log.append(Buffer.from('b\nc\n'), 1)
  }
  await using log = await openLocalLog(path, 1)
  expect((await log.read(0, 1)).gaps).toEqual([gap])
  expect((await log.read(2, 1)).gaps).toEqual([])
})
