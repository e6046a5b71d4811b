import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { NodeName } from '../../contract/ids'
import { address } from '../gallery/machines'
import { asNodeName, nameProblem, suggestName } from './names'

it.each([
  [{ alias: 'i7' }, 'i7'],
  [{ alias: 'gpu box!' }, 'gpu-box'],
  [address('pc2.lan'), 'pc2-3'],
  [address('192.168.1.11'), '192.168.1.11'],
  [address('fe80::1'), 'fe80-1'],
  [{ alias: '***' }, 'machine'],
])('%j is offered a name that is free', (ssh, name) => {
  expect(suggestName(ssh, new Set(['pc2', 'pc2-2']))).toBe(name)
})

it.each([
  ['pc3', null],
  ['', 'Give it a name.'],
  ['pc2', 'There is a pc2 already. Names are unique.'],
  ['-pc', 'A name is letters, digits and . _ - and begins with a letter or digit.'],
  ['the attic', 'A name is letters, digits and . _ - and begins with a letter or digit.'],
  ['x'.repeat(65), 'A name has at most 64 characters.'],
])('%s as a name', (name, problem) => {
  expect(nameProblem(name, new Set(['pc2']))).toBe(problem)
})

it('takes for a node’s name exactly what the contract does', () => {
  const texts = fc.string({
    unit: fc.constantFrom('a', 'Z', '0', '9', '.', '_', '-', ' ', '\n', '/', 'é'),
    maxLength: 66,
  })
  fc.assert(
    fc.property(texts, text => {
      expect(asNodeName(text)).toBe(NodeName.safeParse(text).data ?? null)
    }),
    { numRuns: 2_000 },
  )
})
