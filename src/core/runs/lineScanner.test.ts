import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createLineScanner } from './lineScanner'

const NEEDLE = Buffer.from('"drydock"')

function scanned(text: string, cuts: readonly number[], needle: Buffer | null) {
  const bytes = Buffer.from(text)
  const scanner = createLineScanner(needle)
  const lines: string[] = []
  const edges = [0, ...[...cuts].map(cut => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  edges.slice(1).forEach((end, i) => scanner.scan(bytes.subarray(edges[i], end), line => lines.push(line)))
  return { lines, consumed: scanner.consumed }
}

const line = fc.oneof(
  fc.constantFrom('', '{"drydock":"progress"}', 'x"drydock"', 'plain', 'é€😀'),
  fc.string(),
)
const textOf = fc.array(line, { maxLength: 30 }).map(lines => lines.join('\n'))

it('gives every whole line once, however the bytes are cut', () => {
  fc.assert(
    fc.property(textOf, fc.array(fc.nat()), (text, cuts) => {
      const whole = text.split('\n').slice(0, -1)
      expect(scanned(text, cuts, null).lines).toEqual(whole)
    }),
  )
})

it('gives exactly the lines with the mark when it looks for one', () => {
  fc.assert(
    fc.property(textOf, fc.array(fc.nat()), (text, cuts) => {
      const wanted = text
        .split('\n')
        .slice(0, -1)
        .filter(one => one.includes('"drydock"'))
      expect(scanned(text, cuts, NEEDLE).lines).toEqual(wanted)
    }),
  )
})

it('says where to go on after a restart: after the last whole line', () => {
  fc.assert(
    fc.property(textOf, fc.array(fc.nat()), (text, cuts) => {
      expect(scanned(text, cuts, NEEDLE).consumed).toBe(Buffer.from(text).lastIndexOf(10) + 1)
    }),
  )
})

it('passes over a line that is too long, and reads the next one', () => {
  const long = `"drydock"${'x'.repeat(70_000)}`
  const { lines } = scanned(`${long}\n{"drydock":1}\n`, [100, 66_000, 69_000], NEEDLE)
  expect(lines).toEqual(['{"drydock":1}'])
})
