import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shellQuote } from './shellQuote'

const SHELLS: readonly (readonly [string, ...string[]])[] = [['dash'], ['bash'], ['busybox', 'ash']]

describe.each(SHELLS)('in %s %s', (command, ...args) => {
  it('is read back byte for byte, whatever the text', () => {
    const text = fc.string({ unit: 'binary' }).filter(value => !value.includes('\0'))
    const special = fc.stringMatching(/^['"\\$`;&|<>(){}*?~#! \n\t-]*$/)
    fc.assert(
      fc.property(fc.array(fc.oneof(text, special), { minLength: 1, maxLength: 40 }), values => {
        const script = `printf '%s\\0' ${values.map(shellQuote).join(' ')}`
        const { stdout } = spawnSync(command, [...args, '-s'], {
          input: script,
          env: { PATH: '/usr/bin:/bin' },
        })
        expect(stdout.equals(Buffer.from(values.map(value => `${value}\0`).join('')))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

it('refuses NUL, which no argument can carry', () => {
  expect(() => shellQuote('a\0b')).toThrow('NUL')
})
