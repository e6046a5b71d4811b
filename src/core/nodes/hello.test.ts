import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createHelloFinder } from './hello'

const NONCE = 'drydock-0123456789abcdef'

it('finds the hello behind anything that a login prints, however it is cut on the way', () => {
  const garbage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('', `echo ${NONCE} "ready"\n`, `\n${NONCE} `, 'Welcome\n', 'x'.repeat(10_000)),
  )
  fc.assert(
    fc.property(
      garbage,
      fc.string({ maxLength: 20 }),
      fc.integer({ min: 1, max: 50 }),
      (before, after, length) => {
        const stream = Buffer.from(`${before}\n${NONCE} ready\n${after}`)
        const finder = createHelloFinder(NONCE)
        for (let from = 0; from < stream.length; from += length) {
          const hello = finder.push(stream.subarray(from, from + length))
          if (hello === null) continue
          const rest = Buffer.concat([hello.rest, stream.subarray(from + length)])
          expect(rest.toString('utf8')).toBe(after)
          return
        }
        throw new Error('the hello was not found')
      },
    ),
  )
})

it('keeps what was printed for the error, and only the beginning of a flood', () => {
  const finder = createHelloFinder(NONCE)
  expect(finder.push(Buffer.from('Welcome\n'))).toBe(null)
  expect(finder.garbage()).toBe('Welcome')
  for (let count = 0; count < 1000; count += 1) finder.push(Buffer.alloc(1024, 'x'))
  expect(finder.garbage().length).toBeLessThan(4000)
  expect(finder.push(Buffer.from(`\n${NONCE} ready\n`))?.garbage.slice(0, 9)).toBe('Welcome\nx')
})

it('does not take its own words, echoed back, for the answer', () => {
  const finder = createHelloFinder(NONCE)
  expect(finder.push(Buffer.from(`printf '\\n%s %s\\n' ${NONCE} "\${PPID:+ready}"\n`))).toBe(null)
})
