import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NodeName, RunId, TrackName, WorkerId } from '../../contract/ids'
import type { LogEntry, LogSource } from './logEntry'
import { EVERY_LINE } from './logFilter'
import { compareArrival } from './logOrder'
import { createLogView } from './logView'

const source: LogSource = {
  run: RunId.parse('r1'),
  log: WorkerId.parse('bots-1'),
  node: NodeName.parse('pc2'),
  track: TrackName.parse('bots'),
  label: 'pc2 w1',
  colour: 0,
}

const lineAt = (id: number, atMs: number, text: string): LogEntry => ({
  kind: 'line',
  id,
  source,
  line: id,
  atMs,
  batch: id,
  text,
})

const texts = (rows: readonly LogEntry[]): string[] => rows.map(row => (row.kind === 'line' ? row.text : '…'))

/** A clock that moves on by `stepMs` at every look, so that a budget is used up after so many looks. */
const tickingClock = (stepMs: number) => {
  let nowMs = 0
  return () => (nowMs += stepMs)
}

type Step =
  | { readonly do: 'add'; readonly lines: readonly { readonly atMs: number; readonly text: string }[] }
  | { readonly do: 'filter'; readonly text: string }
  | { readonly do: 'drop'; readonly before: number }
  | { readonly do: 'work' }

const word = fc.constantFrom('alpha', 'beta', 'gamma', 'alphabet')
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('add' as const),
      lines: fc.array(fc.record({ atMs: fc.integer({ min: 0, max: 50 }), text: word }), { maxLength: 90 }),
    }),
    fc.record({ do: fc.constant('filter' as const), text: fc.constantFrom('', 'alpha', 'bet', 'nothing') }),
    fc.record({ do: fc.constant('drop' as const), before: fc.integer({ min: 0, max: 60 }) }),
    fc.record({ do: fc.constant('work' as const) }),
  ),
  { maxLength: 25 },
)

describe('the view of the shown logs', () => {
  it('shows in the end what a naive filter over the sorted lines shows, however the work was sliced', () => {
    fc.assert(
      fc.property(steps, todo => {
        const view = createLogView({ monotonicMs: tickingClock(1) })
        let all: LogEntry[] = []
        let filter = ''
        let id = 0
        for (const step of todo) {
          if (step.do === 'add') {
            const fresh = step.lines
              .map(({ atMs, text }) => lineAt((id += 1), atMs, text))
              .sort(compareArrival)
            all.push(...fresh)
            view.add(fresh)
          }
          if (step.do === 'filter') {
            filter = step.text
            view.setFilter({ text: filter, isRegex: false, isCaseSensitive: false })
          }
          if (step.do === 'drop') {
            all = all.filter(entry => entry.line >= step.before)
            view.drop(entry => entry.line >= step.before)
          }
          // Already past its deadline: one stride and no more.
          if (step.do === 'work') view.work(0)
        }
        while (!view.work(0)) continue
        const expected = all
          .sort(compareArrival)
          .filter(entry => entry.kind === 'line' && entry.text.includes(filter))
        expect(view.rows).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps the rows of the old filter until the new one has seen every line', () => {
    const view = createLogView({ monotonicMs: tickingClock(1) })
    view.add(Array.from({ length: 100 }, (_, at) => lineAt(at, at, at % 50 === 0 ? 'rare' : 'common')))
    view.work(0)
    view.setFilter({ text: 'rare', isRegex: false, isCaseSensitive: false })
    expect([view.work(0), view.rows.length]).toEqual([false, 100])
    expect([view.work(0), texts(view.rows)]).toEqual([true, ['rare', 'rare']])
  })

  it('gives up an expression that takes too long, shows everything and says why', () => {
    const view = createLogView({ monotonicMs: tickingClock(300) })
    view.add([lineAt(1, 1, 'a'), lineAt(2, 2, 'b')])
    view.setFilter({ text: 'a', isRegex: true, isCaseSensitive: false })
    expect(view.work(1_000_000)).toBe(true)
    expect(view.filter).toEqual({
      kind: 'unusable',
      problem: 'This expression takes too long. Make it simpler.',
    })
    expect(texts(view.rows)).toEqual(['a', 'b'])
  })

  it('leaves reports to Drydock out when they are not wanted, whatever else is filtered', () => {
    const view = createLogView({ monotonicMs: () => 0 })
    const report = '{"drydock":"progress","step":1}'
    view.add([lineAt(1, 1, 'step 1'), lineAt(2, 2, report), lineAt(3, 3, 'done')])
    view.setChoice({ ...EVERY_LINE, showsReports: false })
    view.work(1)
    expect([texts(view.rows), view.countOf([lineAt(4, 4, report)])]).toEqual([['step 1', 'done'], 0])
    view.setFilter({ text: 'step', isRegex: false, isCaseSensitive: false })
    view.work(1)
    expect(texts(view.rows)).toEqual(['step 1'])
    view.setChoice(EVERY_LINE)
    view.work(1)
    expect(texts(view.rows)).toEqual(['step 1', report])
  })

  it('counts new lines by the same filter', () => {
    const view = createLogView({ monotonicMs: () => 0 })
    view.setFilter({ text: 'alpha', isRegex: false, isCaseSensitive: false })
    expect(view.countOf([lineAt(1, 1, 'ALPHA'), lineAt(2, 2, 'beta')])).toBe(1)
  })

  it('finds among all lines when more than matches are shown, and goes on finding as lines come', () => {
    const view = createLogView({ monotonicMs: () => 0 })
    view.setChoice({ ...EVERY_LINE, onlyMatches: false })
    view.setFilter({ text: 'alpha', isRegex: false, isCaseSensitive: false })
    view.add([lineAt(1, 1, 'alpha'), lineAt(2, 2, 'beta')])
    view.work(1)
    view.add([lineAt(3, 3, 'alphabet')])
    view.work(1)
    expect([texts(view.rows), texts(view.hits)]).toEqual([
      ['alpha', 'beta', 'alphabet'],
      ['alpha', 'alphabet'],
    ])
    view.drop(entry => entry.line > 1)
    view.work(1)
    expect([texts(view.rows), texts(view.hits)]).toEqual([['beta', 'alphabet'], ['alphabet']])
  })

  it('shows all lines at once while what matches is still being counted', () => {
    const view = createLogView({ monotonicMs: tickingClock(1) })
    view.setChoice({ ...EVERY_LINE, onlyMatches: false })
    view.add(Array.from({ length: 100 }, (_, at) => lineAt(at, at, 'rare')))
    view.setFilter({ text: 'rare', isRegex: false, isCaseSensitive: false })
    expect([view.work(0), view.rows.length, view.hits.length]).toEqual([false, 100, 64])
    expect([view.work(0), view.hits.length]).toEqual([true, 100])
  })

  it('leaves out what is below a level, whatever is looked for', () => {
    const view = createLogView({ monotonicMs: () => 0 })
    view.add([lineAt(1, 1, 'ok'), lineAt(2, 2, 'WARN slow'), lineAt(3, 3, 'ERROR slow')])
    view.setChoice({ ...EVERY_LINE, level: 'warn' })
    view.work(1)
    expect(texts(view.rows)).toEqual(['WARN slow', 'ERROR slow'])
    view.setFilter({ text: 'ERROR', isRegex: false, isCaseSensitive: true })
    view.work(1)
    expect(texts(view.rows)).toEqual(['ERROR slow'])
  })
})
