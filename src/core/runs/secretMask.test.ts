import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSecretMask } from './secretMask'

function inPieces(
  text: Buffer,
  cuts: readonly number[],
  secrets: readonly string[],
  restarts = false,
): Buffer {
  const out: Uint8Array[] = []
  let mask = createSecretMask(secrets)
  let given = 0
  const ends = [...cuts.map(cut => cut % (text.length + 1)), text.length].sort((a, b) => a - b)
  let from = 0
  for (const end of ends) {
    const bytes = mask.push(text.subarray(from, end))
    out.push(Buffer.from(bytes))
    given += bytes.length
    from = end
    if (restarts && end < text.length) {
      mask = createSecretMask(secrets)
      mask.prime(Buffer.concat(out))
      from = given
    }
  }
  out.push(Buffer.from(mask.flush()))
  return Buffer.concat(out)
}

const whole = (text: string, secrets: readonly string[] = []): string =>
  inPieces(Buffer.from(text), [], secrets).toString('utf8')

describe('secretMask', () => {
  it.each([
    ['a known one', 'x hunter2 y hunter2', 'x ******* y *******'],
    ['a password in an address', 'postgres://bob:pw1@db/x', 'postgres://bob:***@db/x'],
    ['one without a user', 'redis://:pa:ss@h', 'redis://:*****@h'],
    ['no port', 'http://localhost:8080/a', 'http://localhost:8080/a'],
    ['a variable', 'DB_PASSWORD=a=b c', 'DB_PASSWORD=*** c'],
    ['a quoted one', `api_key='a b' "TOKEN="x`, `api_key='***' "TOKEN="*`],
    ['what is too short to be one', 'abc', 'abc'],
    ['other settings', 'price=4 size=3', 'price=4 size=3'],
  ])('masks %s', (_name, text, shown) => expect(whole(text, ['hunter2', 'abc'])).toBe(shown))

  const secret = fc.constantFrom('abab', 'ababcd', 'geheim', 's3cr3t://x', 'zwei\nZeilen', 'päss')
  const piece = fc.oneof(
    secret,
    fc.constantFrom(
      'a',
      'ab',
      '\n',
      ' ',
      '=',
      '"',
      '@',
      ':',
      '://',
      'PGPASSWORD=',
      'token="',
      'u:p',
      'é',
      'x'.repeat(300),
    ),
  )
  const cuts = fc.array(fc.nat(4000), { maxLength: 20 })

  it('gives the same bytes however they come, keeps their number, and lets no secret through', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.uniqueArray(secret), cuts, (pieces, secrets, at) => {
        const text = Buffer.from(pieces.join(''))
        const once = inPieces(text, [], secrets)
        expect(inPieces(text, at, secrets).toString('latin1')).toBe(once.toString('latin1'))
        expect(once.length).toBe(text.length)
        for (const value of secrets) expect(once.includes(Buffer.from(value))).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('lets no secret through when Drydock is started again anywhere', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.uniqueArray(secret), cuts, (pieces, secrets, at) => {
        const text = Buffer.from(pieces.join(''))
        const shown = inPieces(text, at, secrets, true)
        expect(shown.length).toBe(text.length)
        for (const value of secrets) expect(shown.includes(Buffer.from(value))).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })
})
