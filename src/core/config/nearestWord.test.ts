import { expect, it } from 'vitest'
import { nearestWord } from './nearestWord'

const keys = ['signal', 'graceSeconds', 'host', 'port', 'user', 'workers', 'worker']

it.each([
  ['graceSecond', 'graceSeconds'],
  ['gracesecodns', 'graceSeconds'],
  ['hots', 'host'],
  ['Port', 'port'],
  ['wrokers', 'workers'],
  ['wroker', 'worker'],
  ['username', null],
  ['x', null],
  ['', null],
])('takes %o for %o', (word, meant) => {
  expect(nearestWord(word, keys)).toBe(meant)
})
