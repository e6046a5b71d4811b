import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProgressRule } from '../config/planSchema'
import type { Report } from './lineProtocol'
import { createProgressReader, parseReport } from './lineProtocol'

describe('parseReport', () => {
  it.each<[string, Report]>([
    ['{"drydock":"progress","step":120,"total":2000}', { type: 'progress', step: 120, total: 2000 }],
    ['{"drydock":"progress","step":120}', { type: 'progress', step: 120, total: null }],
    ['{"drydock":"progress","step":0.5,"total":null}', { type: 'progress', step: 0.5, total: null }],
    ['{"drydock":"progress","step":0,"total":0}', { type: 'progress', step: 0, total: null }],
    ['  {"step":1, "drydock" : "progress", "at":"12:00"}  \r', { type: 'progress', step: 1, total: null }],
    [
      '{"drydock":"metric","name":"equity","step":120,"value":10312.5}',
      { type: 'metric', name: 'equity', step: 120, value: 10312.5 },
    ],
    [
      '{"drydock":"metric","name":"loss","value":-1e-9}',
      { type: 'metric', name: 'loss', step: null, value: -1e-9 },
    ],
    [
      '{"drydock":"result","name":"SPX kelly 0.5","values":{"pnl":1204.5,"sharpe":null,"maxDrawdown":-0.12}}',
      {
        type: 'result',
        name: 'SPX kelly 0.5',
        values: { pnl: 1204.5, sharpe: null, maxDrawdown: -0.12 },
        ignoredValues: 0,
      },
    ],
    [
      '{"drydock":"result","name":"x","values":{"sharpe":NaN,"a":-Infinity,"b":1e999,"c":2}}',
      { type: 'result', name: 'x', values: { sharpe: null, a: null, b: null, c: 2 }, ignoredValues: 0 },
    ],
    [
      '{"drydock":"result","name":"NaN \\" NaN","values":{"a":NaN}}',
      { type: 'result', name: 'NaN " NaN', values: { a: null }, ignoredValues: 0 },
    ],
    [
      '{"drydock":"result","name":"x","values":{"pnl":1,"symbol":"SPX","list":[1],"on":true,"":2,"__proto__":3}}',
      { type: 'result', name: 'x', values: { pnl: 1 }, ignoredValues: 5 },
    ],
    [
      '{"drydock":"result","name":"x","values":{}}',
      { type: 'result', name: 'x', values: {}, ignoredValues: 0 },
    ],
  ])('reads %s', (line, report) => {
    expect(parseReport(line)).toEqual(report)
  })

  it.each([
    '',
    'step 1260  eq 18,930.4',
    '{"step":1}',
    '{"drydock":"progress"',
    '{"drydock":"progress"}',
    '{"drydock":"progress","step":"120"}',
    '{"drydock":"progress","step":-1}',
    '{"drydock":"progress","step":1e999}',
    '{"drydock":"progress","step":1,"total":"many"}',
    '{"drydock":"metric","name":"","value":1}',
    '{"drydock":"metric","name":"a\\u001b[31m","value":1}',
    '{"drydock":"metric","name":"a","value":NaN}',
    '{"drydock":"metric","name":"a","value":null}',
    '{"drydock":"metric","name":"a","step":"x","value":1}',
    '{"drydock":"result","name":"a"}',
    '{"drydock":"result","name":"a","values":[1]}',
    '{"drydock":"result","name":1,"values":{}}',
    '{"drydock":"stop"}',
    '{"drydock":["progress"],"step":1}',
    '{"outer":{"drydock":"progress","step":1}}',
    '[{"drydock":"progress","step":1}]',
    '"drydock"',
    'INFO {"drydock":"progress","step":1}',
    `{"drydock":"metric","name":"${'x'.repeat(201)}","value":1}`,
    `{"drydock":"progress","step":1,"pad":"${'x'.repeat(8192)}"}`,
  ])('takes %s for log', line => {
    expect(parseReport(line)).toBeNull()
  })

  it('keeps 64 values of a result and counts the others', () => {
    const values = Object.fromEntries(Array.from({ length: 70 }, (_, position) => [`v${position}`, position]))
    const report = parseReport(JSON.stringify({ drydock: 'result', name: 'x', values }))
    expect(report).toEqual({
      type: 'result',
      name: 'x',
      values: Object.fromEntries(Object.entries(values).slice(0, 64)),
      ignoredValues: 6,
    })
  })

  it('never throws and lets nothing but finite numbers through', () => {
    const json = fc.json().map(text => text.replace(/^\{/, '{"drydock":"result","name":"x",'))
    const report = fc
      .record(
        {
          drydock: fc.constantFrom('progress', 'metric', 'result', 'other'),
          name: fc.oneof(fc.string(), fc.double()),
          step: fc.oneof(fc.double(), fc.string(), fc.constant(null)),
          total: fc.oneof(fc.double(), fc.anything()),
          value: fc.oneof(fc.double(), fc.anything()),
          values: fc.oneof(fc.dictionary(fc.string(), fc.oneof(fc.double(), fc.anything())), fc.anything()),
        },
        { requiredKeys: ['drydock'] },
      )
      .map(fields => JSON.stringify(fields, (_, value: unknown) => (typeof value === 'bigint' ? 1 : value)))
    const cut = fc.tuple(report, fc.nat(200)).map(([line, at]) => line.slice(0, at))
    fc.assert(
      fc.property(fc.oneof(report, cut, json, fc.string({ unit: 'binary' })), line => {
        const parsed = parseReport(line)
        const numbers = parsed === null ? [] : Object.values(parsed).flatMap(numbersIn)
        expect(numbers.filter(number => !Number.isFinite(number))).toEqual([])
      }),
      { numRuns: 3000 },
    )
  })

  it('reads back every report that was written', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0 || 0)
    const name = fc.stringMatching(/^[A-Za-z0-9 %._-]{1,40}$/).filter(text => text !== '__proto__')
    const values = fc.dictionary(name, fc.option(finite, { nil: null }), { maxKeys: 20 })
    fc.assert(
      fc.property(name, values, (name, values) => {
        expect(parseReport(JSON.stringify({ drydock: 'result', name, values }))).toEqual({
          type: 'result',
          name,
          values,
          ignoredValues: 0,
        })
      }),
    )
  })
})

describe('createProgressReader', () => {
  const readAll = (rule: ProgressRule, lines: readonly string[]) => {
    const reader = createProgressReader(rule)
    return lines.flatMap(line => reader.read(line))
  }
  const metric = '{"drydock":"metric","name":"a","value":1}'
  const progress = '{"drydock":"progress","step":7}'
  const metricReport: Report = { type: 'metric', name: 'a', step: null, value: 1 }

  it('takes the line protocol as it comes by the rule json', () => {
    expect(readAll({ json: true }, ['x', progress, metric])).toEqual([
      { type: 'progress', step: 7, total: null },
      metricReport,
    ])
  })

  it('takes step and total from the groups of a pattern', () => {
    const lines = [
      'iteration 1,262/2,000',
      'iteration x',
      progress,
      metric,
      'iteration 3/0',
      'at iteration 2000/2000',
    ]
    expect(readAll({ match: String.raw`iteration ([\d,]+)/([\d,]+)` }, lines)).toEqual([
      { type: 'progress', step: 1262, total: 2000 },
      metricReport,
      { type: 'progress', step: 3, total: null },
      { type: 'progress', step: 2000, total: 2000 },
    ])
  })

  it('takes a step alone, and a total that a pattern may lack', () => {
    expect(readAll({ match: String.raw`epoch (\d+)(?: of (\d+))?` }, ['epoch 3', 'epoch 4 of 9'])).toEqual([
      { type: 'progress', step: 3, total: null },
      { type: 'progress', step: 4, total: 9 },
    ])
  })

  it('tries a pattern on the beginning of a line only', () => {
    expect(readAll({ match: String.raw`(\d+)` }, [`${'x'.repeat(1024)}5`])).toEqual([])
  })

  it('counts every occurrence of a text', () => {
    const lines = ['✅ a', 'no', '✅✅ b', progress]
    expect(readAll({ count: '✅', total: 28 }, lines)).toEqual([
      { type: 'progress', step: 1, total: 28 },
      { type: 'progress', step: 3, total: 28 },
    ])
    expect(readAll({ count: '.' }, ['a.b.c'])).toEqual([{ type: 'progress', step: 2, total: null }])
  })

  it('says whether lines without the protocol matter', () => {
    const rules: ProgressRule[] = [{ json: true }, { match: '(a)' }, { count: 'a' }]
    expect(rules.map(rule => createProgressReader(rule).readsEveryLine)).toEqual([false, true, true])
  })

  it('takes a stored rule that it does not know for json', () => {
    expect(createProgressReader({ later: 1 }).read(progress)).toEqual([
      { type: 'progress', step: 7, total: null },
    ])
  })

  it('refuses a pattern that the fleet file may not have', () => {
    expect(() => createProgressReader({ match: '(' })).toThrow(expect.objectContaining({ code: 'refused' }))
  })

  it('goes on exactly where it was saved, wherever it is cut', () => {
    const lines = fc.array(fc.constantFrom('x', 'ax', 'aa', 'iteration 3/9', progress, metric), {
      maxLength: 20,
    })
    const rule = fc.constantFrom<ProgressRule>(
      { json: true },
      { count: 'a', total: 9 },
      { match: String.raw`iteration (\d+)/(\d+)` },
    )
    fc.assert(
      fc.property(rule, lines, fc.nat(20), (rule, lines, at) => {
        const first = createProgressReader(rule)
        const before = lines.slice(0, at).flatMap(line => first.read(line))
        const stored: unknown = JSON.parse(JSON.stringify(first.state()))
        const second = createProgressReader(rule, stored)
        const after = lines.slice(at).flatMap(line => second.read(line))
        expect([...before, ...after]).toEqual(readAll(rule, lines))
      }),
    )
  })

  it.each([undefined, null, {}, { count: -1 }, { count: 1.5 }, 'x'])(
    'begins anew with %o as its state',
    saved => {
      expect(createProgressReader({ count: 'a' }, saved).read('a')).toEqual([
        { type: 'progress', step: 1, total: null },
      ])
    },
  )
})

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : []
}
