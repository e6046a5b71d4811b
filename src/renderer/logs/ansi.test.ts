import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainText } from '../state/plainText'
import { type Segment, segmentsOf } from './ansi'

const ESC = '\u001b'

/** `text(red bold)`: what differs from plain, in words. */
const outline = (segments: readonly Segment[]): string =>
  segments
    .map(({ text, colour, background, ...is }) => {
      const words = [
        colour,
        background === null ? null : `on ${background}`,
        ...Object.entries(is).map(([name, isSo]) => (isSo ? name.slice(2).toLowerCase() : null)),
      ].filter(word => word !== null)
      return words.length === 0 ? text : `${text}(${words.join(' ')})`
    })
    .join('|')

describe('the colours of a log line', () => {
  it.each([
    ['nothing', '', ''],
    ['no colour', 'plain', 'plain'],
    ['a colour and its end', `a${ESC}[31mb${ESC}[0mc`, 'a|b(red)|c'],
    ['bright as bold', `${ESC}[92mok`, 'ok(green bold)'],
    ['several decorations, each until it ends', `${ESC}[1mA${ESC}[2mB${ESC}[22mC`, 'A(bold)|B(bold dim)|C'],
    ['a background', `${ESC}[97;41m FAIL `, ' FAIL (strong on red bold)'],
    ['reversed as a background', `${ESC}[7;33mnow`, 'now(on yellow)'],
    [
      'one of 256 colours as the nearest of ours',
      `${ESC}[38;5;208morange ${ESC}[38;5;240mgrey`,
      'orange (yellow)|grey(grey)',
    ],
    ['one of 16 million colours as the nearest of ours', `${ESC}[38;2;255;0;200mpink`, 'pink(magenta)'],
    ['black and white as colours that can be read', `${ESC}[30mb${ESC}[37mw`, 'b(grey)|w(strong)'],
    ['hidden text', `${ESC}[8msecret`, 'secret'],
  ])('shows %s', (_what, raw, expected) => {
    expect(outline(segmentsOf(raw))).toBe(expected)
  })

  it('never changes what is read', () => {
    const printed = fc.string({
      unit: fc.constantFrom(
        ESC,
        `${ESC}[`,
        'm',
        ';',
        '38;5;',
        '1',
        '0',
        '31',
        '\r',
        '\b',
        '\t',
        '<b>',
        'é',
        '\u0000',
        ' ',
      ),
      maxLength: 60,
    })
    fc.assert(
      fc.property(printed, raw => {
        expect(
          segmentsOf(raw)
            .map(segment => segment.text)
            .join(''),
        ).toBe(plainText(raw))
      }),
      { numRuns: 2_000 },
    )
  })
})
