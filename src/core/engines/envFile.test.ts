import { expect, it } from 'vitest'
import { parseEnvFile } from './envFile'

it('reads what docker reads: the value is all that follows', () => {
  const text = '\uFEFF# mine\n\nA=1\r\n  B= two = 2 \nC="quoted" # no comment\nUNSET\nA=3\nEMPTY=\n'
  expect(parseEnvFile(text, '/x.env')).toEqual([
    ['A', '3'],
    ['B', ' two = 2 '],
    ['C', '"quoted" # no comment'],
    ['EMPTY', ''],
  ])
})

it.each([
  ['DRY_RUN=0', 'DRY_RUN'],
  ['ALLOW_ORDERS', 'ALLOW_ORDERS'],
  ['  ALLOW_ORDERS=1', 'ALLOW_ORDERS'],
  ['IBKR_PORT=4001', 'IBKR_PORT'],
  ['DRYDOCK_RUN=other', 'DRYDOCK_RUN'],
])('refuses `%s`, naming the line and never the value', (line, name) => {
  expect(() => parseEnvFile(`SECRET=abc\n${line}\n`, '/x.env')).toThrow(`Line 2 of /x.env sets ${name}.`)
})

it.each(['export A=1', 'A B=1', '=1', '1A=1'])('refuses `%s`', line => {
  expect(() => parseEnvFile(line, '/x.env')).toThrow('Line 1 of /x.env does not begin with the name')
})
