import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFilter, repeatsARepetition } from './logFilter'
import { plainText } from './plainText'

const matching = (text: string, isRegex = false, isCaseSensitive = false) => {
  const filter = createFilter({ text, isRegex, isCaseSensitive })
  if (filter.kind !== 'matching') throw new Error(`not usable: ${filter.kind}`)
  return filter
}

describe('a log filter', () => {
  it('shows everything when it is empty', () => {
    expect(createFilter({ text: '', isRegex: true, isCaseSensitive: false })).toEqual({ kind: 'everything' })
  })

  it('takes text for text, upper and lower case alike', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'B', '(', '.', '*', ' ', '\\', 'Z', '1') })
    fc.assert(
      fc.property(words, words, (text, line) => {
        fc.pre(text !== '')
        expect(matching(text).matches(line)).toBe(line.toLowerCase().includes(text.toLowerCase()))
      }),
    )
  })

  it('sees what is read, not the escape sequences between', () => {
    const coloured = '\u001b[31mER\u001b[1mROR\u001b[0m 31'
    expect([matching('error').matches(coloured), matching('[31m').matches(coloured)]).toEqual([true, false])
    expect(matching('^error', true).matches(coloured)).toBe(true)
  })

  it('says where in the plain text it matches', () => {
    expect(matching('ab').rangesIn('abxAB')).toEqual([
      [0, 2],
      [3, 5],
    ])
    expect(matching('\\d+', true).rangesIn(plainText('step 12 of 2000'))).toEqual([
      [5, 7],
      [11, 15],
    ])
    expect(matching('x*', true).rangesIn('ab')).toEqual([])
  })

  it('says what is wrong with an expression, in words', () => {
    expect(createFilter({ text: '(', isRegex: true, isCaseSensitive: false })).toEqual({
      kind: 'unusable',
      problem: 'Not a regular expression: Unterminated group.',
    })
  })

  it.each([
    ['(a+)+', true],
    ['(\\w+\\s?)*:', true],
    ['((ab)*c)+', true],
    ['(x{2,})*', true],
    ['(?:a|b*){3,}', true],
    ['step.*eq.*', false],
    ['(warn|error)+', false],
    ['(a+)b(c+)', false],
    ['[(+]+x*', false],
    ['\\(a+\\)+', false],
    ['(a{2,4})+', false],
  ])('knows whether %s repeats a repetition: %s', (expression, expected) => {
    expect(repeatsARepetition(expression)).toBe(expected)
    expect(createFilter({ text: expression, isRegex: true, isCaseSensitive: false }).kind).toBe(
      expected ? 'unusable' : 'matching',
    )
  })
})
