import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainText, printable } from './plainText'

const ESC = '\u001b'

describe('a log line as it is read', () => {
  it.each([
    ['plain text as it is', 'step 1260  eq 18,930.4', 'step 1260  eq 18,930.4'],
    ['tabs as they are', 'a\tb', 'a\tb'],
    ['colours away', `${ESC}[1;31mERROR${ESC}[0m disk`, 'ERROR disk'],
    ['a progress bar in its last state', ' 10%|#   \r 50%|##  \r100%|####', '100%|####'],
    ['a progress bar that ends in a carriage return', ' 10%\r 20%\r', ' 20%'],
    ['a Windows line end away', 'done\r', 'done'],
    ['cursor movement away', `${ESC}[2K${ESC}[1Gready${ESC}[?25l`, 'ready'],
    ['a window title away', `${ESC}]0;root@host\u0007ready`, 'ready'],
    ['a link as its text', `${ESC}]8;;https://x.test${ESC}\\docs${ESC}]8;;${ESC}\\`, 'docs'],
    ['backspaces as what they leave', '10%\b\b\b20%', '20%'],
    ['NUL and DEL as terminals write them', 'a\u0000b\u007f', 'a^@b^?'],
    ['a lone escape in two characters', `a${ESC}`, 'a^['],
    ['a turned reading direction as its number', 'user\u202Etxt.exe', 'user<U+202E>txt.exe'],
    ['C1 controls as their number', 'a\u009bb', 'a<U+009B>b'],
  ])('shows %s', (_what, raw, expected) => {
    expect(plainText(raw)).toBe(expected)
  })

  it('keeps the colour that was set before a carriage return', () => {
    expect(printable(`${ESC}[32m10%\r20%${ESC}[0m`)).toBe(`${ESC}[32m20%${ESC}[0m`)
  })

  it('has no control or direction character left but the tab, whatever was printed', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        ESC,
        '[',
        ']',
        'm',
        ';',
        '3',
        '1',
        '\r',
        '\b',
        '\u0007',
        '\u0000',
        '\t',
        'a',
        '\u202e',
        '\u009b',
        '\\',
        'P',
      ),
      maxLength: 60,
    })
    fc.assert(
      fc.property(nasty, raw => {
        expect(plainText(raw)).not.toMatch(/[^\P{Cc}\t]|\p{Bidi_Control}/u)
      }),
      { numRuns: 2_000 },
    )
  })
})
