import { describe, expect, it } from 'vitest'
import type { NodeName } from '../../contract/ids'
import { changedKey, reached, refusedLogin, unknownKey, unreachable } from '../gallery/machines'
import { summaryWords, testWords } from './testWords'

const words = (result: Parameters<typeof reached>[0] | ReturnType<typeof reached>) =>
  testWords({ at: 'done', result: result as ReturnType<typeof reached> })

describe('a test in words', () => {
  it('tells of a machine what it reported, with units', () => {
    expect(words(reached())).toEqual({
      icon: 'ok',
      word: 'Reached',
      detail: 'Ubuntu 22.04 · Ryzen 7 5800X · 12 threads · 64\u2009GiB · 4\u2009ms',
      fix: null,
    })
  })

  it('leaves out what was not reported, and draws no zero for it', () => {
    const result = reached({ roundTripMs: null })
    if (result.outcome !== 'reached') throw new Error('It was reached.')
    const inventory = { ...result.inventory, os: null, cpuModel: null, memTotalMiB: null }
    expect(words({ ...result, inventory })?.detail).toBe('12 threads')
  })

  it('points out a machine that is in the fleet already', () => {
    expect(words(reached({ sameAs: 'pc2' as NodeName }))).toMatchObject({
      icon: 'warn',
      word: 'Reached: this is pc2 already',
    })
  })

  it.each([
    [unreachable, 'Unreachable', 'No answer for 10 s.', 'Check its power and its network.'],
    [
      refusedLogin,
      'Blocked',
      'It refused every key that was offered.',
      'Add it all the same: its card helps to install a key.',
    ],
    [unknownKey('a:22'), 'Its host key is not known yet', null, 'You compare it in the next step.'],
    [
      changedKey('a:22'),
      'Its host key changed',
      'Nothing was sent to it.',
      'If you changed it yourself, delete its line in /home/w1/.ssh/known_hosts.',
    ],
  ])('tells the reason and the fix', (result, word, detail, fix) => {
    expect(words(result)).toMatchObject({ word, detail, fix })
  })

  it('adds them up', () => {
    expect(summaryWords([])).toBe('')
    expect(summaryWords([undefined, { at: 'queued' }, { at: 'testing' }])).toBe('Tested 0 of 2')
    expect(
      summaryWords([
        { at: 'done', result: reached() },
        { at: 'done', result: unreachable },
        { at: 'done', result: refusedLogin },
        { at: 'failed', problem: { what: 'No.', fix: null } },
        { at: 'testing' },
      ]),
    ).toBe('Tested 3 of 5: 1 reached, 1 blocked, 1 unreachable, 1 could not be tested')
  })
})
