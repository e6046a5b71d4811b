import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LogId, NodeName, RunId, TrackName } from '../contract/ids'
import { type LogChoice, logWindowHash, parseLogWindowHash } from '../contract/logWindow'
import { logWindowUrl } from './logWindowUrl'

const ORIGIN = 'app://drydock'

it('opens a log window for the one form of address', () => {
  const url = `${ORIGIN}/#logs-window/20261124-101500-ab12/logs=bots-1,@2`
  expect(logWindowUrl(url, ORIGIN)).toBe(url)
})

it.each([
  'app://drydock/',
  'app://drydock/#fleet',
  'app://drydock/index.html#logs-window/r1/all',
  'app://drydock//#logs-window/r1/all',
  'app://drydock/?x#logs-window/r1/all',
  'app://drydock.evil.example/#logs-window/r1/all',
  'app://evil/#logs-window/r1/all',
  'https://evil.example/#logs-window/r1/all',
  'https://evil.example/app://drydock/#logs-window/r1/all',
  'file:///etc/passwd#logs-window/r1/all',
  'javascript:alert(1)//#logs-window/r1/all',
  'app://drydock/#logs-window/r1/all#x',
  'app://drydock/#logs-window/r1/%61ll',
  'about:blank',
  '',
])('opens none for %s', url => {
  expect(logWindowUrl(url, ORIGIN)).toBe(null)
})

const run = RunId.parse('20261124-101500-ab12')
const choices: readonly (readonly [LogChoice, string])[] = [
  ['all', 'all'],
  [{ node: NodeName.parse('pc2') }, 'node=pc2'],
  [{ track: TrackName.parse('bots') }, 'track=bots'],
  [{ logs: [LogId.parse('bots-1'), LogId.parse('@2')] }, 'logs=bots-1,@2'],
]

describe('the address of a log window', () => {
  it.each(choices)('says %j and is read back as that', (shown, word) => {
    const hash = logWindowHash({ run, shown })
    expect(hash).toBe(`#logs-window/20261124-101500-ab12/${word}`)
    expect(parseLogWindowHash(hash)).toEqual({ run, shown })
  })

  it('holds every id that the contract knows, and no other', () => {
    const chars = fc.constantFrom(...Array.from('aZ09._-@,=/ %'))
    fc.assert(
      fc.property(fc.string({ unit: chars, minLength: 1, maxLength: 100 }), text => {
        const read = (word: string) => parseLogWindowHash(`#logs-window/${word}`)
        expect(read(`${text}/all`) !== null).toBe(RunId.safeParse(text).success)
        expect(read(`r1/node=${text}`) !== null).toBe(NodeName.safeParse(text).success)
        expect(read(`r1/track=${text}`) !== null).toBe(TrackName.safeParse(text).success)
        if (!text.includes(',')) expect(read(`r1/logs=${text}`) !== null).toBe(LogId.safeParse(text).success)
      }),
      { numRuns: 2_000 },
    )
  })

  it('names all logs when it would name too many', () => {
    const logs = Array.from({ length: 65 }, (_, at) => LogId.parse(`bots-${at + 1}`))
    expect(logWindowHash({ run, shown: { logs } })).toBe('#logs-window/20261124-101500-ab12/all')
  })

  it.each([
    '',
    '#logs',
    '#logs-window/',
    '#logs-window/r1',
    '#logs-window/r1/',
    '#logs-window/r1/none',
    '#logs-window/../all',
    '#logs-window/r1/node=',
    '#logs-window/r1/node=a=b',
    '#logs-window/r1/node=../x',
    '#logs-window/r1/logs=',
    '#logs-window/r1/logs=a,',
    '#logs-window/r1/logs=@0',
    '#logs-window/r1/all/more',
    '#logs-window/r1/all?x',
    ' #logs-window/r1/all',
    '#logs-window/r1/all\n',
  ])('is not %j', hash => {
    expect(parseLogWindowHash(hash)).toBe(null)
  })
})
