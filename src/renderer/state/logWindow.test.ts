import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NodeName, RunId, TrackName, WorkerId } from '../../contract/ids'
import type { LogEntry, LogSource } from './logEntry'
import { createLogWindow, filledSkip, newPartOf, olderLines } from './logWindow'

const source: LogSource = {
  run: RunId.parse('r1'),
  log: WorkerId.parse('bots-1'),
  node: NodeName.parse('pc2'),
  track: TrackName.parse('bots'),
  label: 'pc2 w1',
  colour: 0,
}

function createNumbers() {
  let id = 0
  let batch = 0
  return { nextId: () => (id += 1), nextBatch: () => (batch += 1) }
}

const batchOf = (firstLine: number, count: number, atMs = 1_000) => ({
  firstLine,
  atMs,
  lines: Array.from({ length: count }, (_, at) => `line ${firstLine + at}`),
  totalLines: firstLine + count,
  gaps: [],
})

/** `0 1 [2+3] 5`: numbers of lines, and gaps with how many they stand for. */
const outline = (entries: readonly LogEntry[]): string =>
  entries
    .map(entry => {
      if (entry.kind === 'line') return `${entry.line}`
      return entry.kind === 'skip' ? `[${entry.line}+${entry.missing}]` : `(gap)`
    })
    .join(' ')

describe('a window of one log', () => {
  it.each([
    ['follows on', 5, batchOf(5, 2), { missing: 0, firstLine: 5, lines: ['line 5', 'line 6'] }],
    ['leaves lines out', 5, batchOf(8, 1), { missing: 3, firstLine: 8, lines: ['line 8'] }],
    ['repeats some', 5, batchOf(3, 4), { missing: 0, firstLine: 5, lines: ['line 5', 'line 6'] }],
    ['repeats all', 5, batchOf(1, 3), { missing: 0, firstLine: 5, lines: [] }],
    ['is empty', 5, batchOf(9, 0), { missing: 0, firstLine: 5, lines: [] }],
  ])('takes the new part of a batch that %s', (_what, nextLine, batch, expected) => {
    expect(newPartOf(batch, nextLine)).toEqual(expected)
  })

  it('shows lines that did not come as a skip', () => {
    const window = createLogWindow(source, 0, createNumbers())
    window.append(batchOf(0, 2))
    window.append(batchOf(5, 1))
    expect(outline(window.entries)).toBe('0 1 [2+3] 5')
    expect(window.lineCount).toBe(3)
  })

  it('counts nothing as missing before the line it was begun at', () => {
    const window = createLogWindow(source, 80_000, createNumbers())
    window.append(batchOf(80_000, 1))
    expect(outline(window.entries)).toBe('80000')
  })

  it('holds every line once and in order, or says that it is missing, whatever batches come', () => {
    const batches = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 9 })), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 40 }), (steps, capacity) => {
        const window = createLogWindow(source, 0, createNumbers())
        const seen = new Set<number>()
        for (const [firstLine, count] of steps) {
          for (const entry of window.append(batchOf(firstLine, count))) {
            if (entry.kind !== 'line') continue
            expect(seen.has(entry.line)).toBe(false)
            seen.add(entry.line)
            expect(entry.text).toBe(`line ${entry.line}`)
          }
          window.trim(capacity)
          expect(window.entries.length).toBeLessThanOrEqual(capacity)
          let next = window.firstLine
          for (const entry of window.entries) {
            expect(entry.line).toBe(next)
            next += entry.kind === 'line' ? 1 : entry.kind === 'skip' ? entry.missing : 0
          }
          expect(next).toBe(window.nextLine)
          expect(window.lineCount).toBe(window.entries.filter(entry => entry.kind === 'line').length)
        }
      }),
    )
  })

  it('places older lines before the first one, with their own times as far as those fit', () => {
    const window = createLogWindow(source, 10, createNumbers())
    window.append(batchOf(10, 1, 500))
    const older = olderLines([batchOf(6, 2, 100), batchOf(8, 2, 900)], window.entries[0]!, createNumbers())
    expect(older.map(({ line, atMs }) => [line, atMs])).toEqual([
      [6, 100],
      [7, 100],
      [8, 500],
      [9, 500],
    ])
  })

  it('says so when older lines do not reach the first one', () => {
    const window = createLogWindow(source, 10, createNumbers())
    window.append(batchOf(10, 1))
    expect(outline(olderLines([batchOf(6, 2)], window.entries[0]!, createNumbers()))).toBe('6 7 [8+2]')
  })

  it('shows where bytes were lost, once, though the batches on both sides tell of it', () => {
    const window = createLogWindow(source, 0, createNumbers())
    const gap = { beforeLine: 2, lostBytes: 10, reason: 'the file was truncated', atMs: 5 }
    window.append({ ...batchOf(0, 2), gaps: [gap] })
    window.append({ ...batchOf(2, 2), gaps: [gap] })
    expect(outline(window.entries)).toBe('0 1 (gap) 2 3')
    expect([window.lineCount, window.nextLine]).toEqual([4, 4])
  })

  it('shows a loss at the very end, of which no line tells, and never again', () => {
    const window = createLogWindow(source, 0, createNumbers())
    window.append(batchOf(0, 1))
    const gap = { beforeLine: 1, lostBytes: null, reason: 'the file was removed', atMs: 5 }
    const early = { ...gap, beforeLine: 9 }
    expect(outline(window.end([gap, early]))).toBe('(gap)')
    expect(window.end([gap])).toEqual([])
    window.append({ ...batchOf(1, 1), gaps: [gap] })
    expect(outline(window.entries)).toBe('0 (gap) 1')
  })

  it('shows a loss among older lines and behind a skip', () => {
    const gap = { beforeLine: 7, lostBytes: null, reason: 'the file was replaced', atMs: 5 }
    const window = createLogWindow(source, 10, createNumbers())
    window.append(batchOf(10, 1))
    const batches = [
      { ...batchOf(6, 1), gaps: [gap] },
      { ...batchOf(7, 3), gaps: [gap] },
    ]
    expect(outline(olderLines(batches, window.entries[0]!, createNumbers()))).toBe('6 (gap) 7 8 9')
    const other = createLogWindow(source, 6, createNumbers())
    other.append(batchOf(10, 1))
    const [skip] = other.entries
    if (skip?.kind !== 'skip') throw new Error('no skip')
    other.fill(skip, filledSkip(skip, batches, createNumbers()))
    expect(outline(other.entries)).toBe('6 (gap) 7 8 9 10')
  })
})
