// @ts-check
import { expect, it } from 'vitest'
import { createProgressLine } from './progressLine.mjs'

/** @param {object} output */
function written(output) {
  /** @type {string[]} */
  const pieces = []
  const line = createProgressLine({ ...output, write: text => void pieces.push(text) })
  line.show('sample  Starting  ', null)
  for (const percent of [0, 4, 10, 19, 20]) line.show(`sample  Running  ${percent * 20} of 2000`, percent)
  line.show('sample  Succeeded  2000 of 2000', 100)
  line.end()
  return pieces
}

it('writes a line per state and per tenth where nobody looks', () => {
  expect(written({})).toEqual([
    'sample  Starting  \n',
    '░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0 %  sample  Running  0 of 2000\n',
    '███░░░░░░░░░░░░░░░░░░░░░░░░░░░  10 %  sample  Running  200 of 2000\n',
    '██████░░░░░░░░░░░░░░░░░░░░░░░░  20 %  sample  Running  400 of 2000\n',
    '██████████████████████████████ 100 %  sample  Succeeded  2000 of 2000\n',
  ])
})

it('draws over one line in a terminal, never wider than it', () => {
  const pieces = written({ isTTY: true, columns: 40 })
  expect(pieces).toHaveLength(8)
  expect(pieces.slice(0, -1).every(piece => piece.startsWith('\r\u001b[K') && piece.length <= 43)).toBe(true)
  expect(pieces.at(-1)).toBe('\n')
})
