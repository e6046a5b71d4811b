import { describe, expect, it } from 'vitest'
import type { NodeName, RunId } from '../../contract/ids'
import type { Run } from '../../contract/runs'
import { run, worker } from '../gallery/builders'
import { coloursOf, emptyWords, logsOf, nodesOf, shownLogs, shownRun, validTab } from './shownLogs'

const named = (id: string, state: Run['state']): Run =>
  run({
    id,
    plan: 'kelly',
    state,
    startedAgoS: 10,
    workers: [worker({ node: 'pc2', index: 1, nodeIndex: 1, state })],
  })
const fleet = ['this-pc', 'pc2'] as NodeName[]

describe('which logs are shown', () => {
  it.each([
    ['the chosen run', 'c', 'c'],
    ['the newest that is active when none is chosen', null, 'b'],
    ['the newest that is active when the chosen one is gone', 'x', 'b'],
  ])('are those of %s', (_what, chosen, expected) => {
    const runs = [named('a', 'succeeded'), named('b', 'unknown'), named('c', 'running')]
    expect(shownRun(runs, chosen as RunId | null)?.id).toBe(expected)
  })

  it('are those of the newest run when none is active, and none without a run', () => {
    expect(shownRun([named('a', 'failed'), named('b', 'stopped')], null)?.id).toBe('a')
    expect(shownRun([], null)).toBe(null)
  })

  it('come from the nodes in the fleet’s order, those that left it last', () => {
    const workers = ['gone', 'pc2', 'this-pc'].map((node, at) =>
      worker({ node, index: at + 1, nodeIndex: 1 }),
    )
    const of = run({ id: 'a', plan: 'kelly', state: 'running', startedAgoS: 1, workers })
    expect(nodesOf(of, fleet)).toEqual(['this-pc', 'pc2', 'gone'])
    expect(logsOf(of).map(coloursOf(of, fleet))).toEqual([2, 1, 0])
  })

  it('carry the worker’s name on its node, and how long its log is', () => {
    expect(shownLogs(named('a', 'running'), 'all', fleet)).toEqual([
      {
        source: { run: 'a', log: 'bots-1', node: 'pc2', track: 'bots', label: 'pc2 w1', colour: 1 },
        knownLines: 1_262,
      },
    ])
  })

  it('are all when the tab’s node has no worker of the run', () => {
    expect(validTab(named('a', 'running'), { node: 'this-pc' as NodeName })).toBe('all')
    expect(validTab(named('a', 'running'), { node: 'pc2' as NodeName })).toEqual({ node: 'pc2' })
  })

  it('say why there are none', () => {
    const ended = named('a', 'succeeded')
    expect(emptyWords(ended, logsOf(ended))).toEqual([
      'Nothing was printed',
      'kelly: 1 worker ended without a line.',
    ])
  })
})
