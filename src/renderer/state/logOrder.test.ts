import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NodeName, RunId, TrackName, WorkerId } from '../../contract/ids'
import type { LogEntry, LogSource } from './logEntry'
import { compareArrival, mergeByArrival, mergeInto, replaceEntry } from './logOrder'
import { createLogWindow, filledSkip } from './logWindow'

const sourceOf = (worker: number): LogSource => ({
  run: RunId.parse('r1'),
  log: WorkerId.parse(`bots-${worker}`),
  node: NodeName.parse('pc2'),
  track: TrackName.parse('bots'),
  label: `pc2 w${worker}`,
  colour: 0,
})

function createNumbers() {
  let id = 0
  let batch = 0
  return { nextId: () => (id += 1), nextBatch: () => (batch += 1) }
}

/** Batches as they reach the screen: which worker, how many lines, and how far its clock moved (also back). */
const arrivals = fc.array(
  fc.record({
    worker: fc.integer({ min: 0, max: 3 }),
    lines: fc.integer({ min: 0, max: 4 }),
    stepMs: fc.integer({ min: -5, max: 20 }),
  }),
  { maxLength: 40 },
)

/** Per worker what its window holds, and per arrival the entries it made. */
function play(steps: readonly { worker: number; lines: number; stepMs: number }[]) {
  const numbers = createNumbers()
  const windows = [0, 1, 2, 3].map(worker => createLogWindow(sourceOf(worker), 0, numbers))
  let nowMs = 1_000
  const fresh = steps.map(({ worker, lines, stepMs }) => {
    const window = windows[worker]!
    nowMs += stepMs
    const texts = Array.from({ length: lines }, (_, at) => `${worker}:${window.nextLine + at}`)
    return window.append({ firstLine: window.nextLine, atMs: nowMs, lines: texts, totalLines: 0, gaps: [] })
  })
  return { windows, fresh, numbers }
}

describe('the order of arrival', () => {
  it('is the same whether lines are merged at once or as they come', () => {
    fc.assert(
      fc.property(arrivals, steps => {
        const { windows, fresh } = play(steps)
        const asTheyCame: LogEntry[] = []
        for (const entries of fresh) mergeInto(asTheyCame, entries)
        const atOnce = mergeByArrival(windows.map(window => window.entries))
        expect(atOnce).toEqual(windows.flatMap(window => window.entries).sort(compareArrival))
        expect(asTheyCame).toEqual(atOnce)
      }),
    )
  })

  it('never turns the lines of one worker round, not even when its clock is set back', () => {
    fc.assert(
      fc.property(arrivals, steps => {
        const { windows } = play(steps)
        const merged = mergeByArrival(windows.map(window => window.entries))
        for (const { source, entries } of windows) {
          expect(merged.filter(entry => entry.source === source)).toEqual(entries)
        }
      }),
    )
  })

  it('touches only what is later than the first fresh line', () => {
    const numbers = createNumbers()
    const [left, right] = [createLogWindow(sourceOf(0), 0, numbers), createLogWindow(sourceOf(1), 0, numbers)]
    const list = [...left.append({ firstLine: 0, atMs: 10, lines: ['a', 'b'], totalLines: 2, gaps: [] })]
    mergeInto(list, left.append({ firstLine: 2, atMs: 30, lines: ['d'], totalLines: 3, gaps: [] }))
    expect(
      mergeInto(list, right.append({ firstLine: 0, atMs: 20, lines: ['c'], totalLines: 1, gaps: [] })),
    ).toBe(2)
    expect(list.map(entry => entry.kind === 'line' && entry.text)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('puts what was fetched where its skip was', () => {
    const numbers = createNumbers()
    const window = createLogWindow(sourceOf(0), 0, numbers)
    window.append({ firstLine: 0, atMs: 10, lines: ['a'], totalLines: 1, gaps: [] })
    window.append({ firstLine: 4, atMs: 20, lines: ['e'], totalLines: 5, gaps: [] })
    const skip = window.entries[1]!
    if (skip.kind !== 'skip') throw new Error('no skip')
    const list = replaceEntry(
      window.entries,
      skip,
      filledSkip(skip, [{ lines: ['b', 'c'], gaps: [] }], numbers),
    )
    expect(
      list.map(entry =>
        entry.kind === 'line' ? entry.text : entry.kind === 'skip' ? `${entry.line}+${entry.missing}` : 'gap',
      ),
    ).toEqual(['a', 'b', 'c', '3+1', 'e'])
    expect([...list].sort(compareArrival)).toEqual(list)
  })
})
