import { expect, it } from 'vitest'
import { formatRange, parseList, parseNumber, parseRange } from './typedValues'

it.each([
  ['', { value: null }],
  ['2', { value: 2 }],
  ['0,5', { value: 0.5 }],
  ['2-4', { value: [2, 4] }],
  [' 1 – 2.5 ', { value: [1, 2.5] }],
  ['2 to 4', { value: [2, 4] }],
  ['2-', null],
  ['1-2-3', null],
  ['two', null],
])('what a worker needs: “%s”', (text, read) => expect(parseRange(text)).toEqual(read))

it('a range is written as it is read', () => {
  for (const value of [null, 3, [1, 2] as [number, number]])
    expect(parseRange(formatRange(value))).toEqual({ value })
})

it('a number has no sign and no word', () => {
  expect(['20', '1.', '-1', '1e3', 'x', ''].map(text => parseNumber(text)?.value ?? null)).toEqual([
    20,
    1,
    null,
    null,
    null,
    null,
  ])
})

it('a list has a thing a line', () => expect(parseList(' a \n\n b:/c\n')).toEqual({ value: ['a', 'b:/c'] }))
