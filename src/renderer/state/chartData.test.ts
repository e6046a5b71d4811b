import { describe, expect, it } from 'vitest'
import type { NodeHistory } from '../../contract/history'
import {
  axisTop,
  type ChartLine,
  indexAt,
  newestIndex,
  recentData,
  rolledData,
  summaryOf,
  timeSplits,
} from './chartData'

const ring = (...values: number[]): Float32Array => new Float32Array(values)
const line = (values: ChartLine['values'], peaks: ChartLine['peaks'] = null): ChartLine => ({
  id: 'cpu',
  label: 'CPU',
  values,
  peaks,
})

describe('the last five minutes as a chart', () => {
  it('has a value a reading, null for one that was not reported, and nothing older than it shows', () => {
    const data = recentData(
      new Float64Array([Number.NaN, 1_000, 5_000, 6_000, 7_000]),
      [
        { id: 'a', label: 'A', ring: ring(Number.NaN, 1, 2, Number.NaN, 4) },
        { id: 'b', label: 'B', ring: undefined },
      ],
      4_000,
      8_000,
    )
    expect(data).toEqual({
      fromMs: 4_000,
      toMs: 8_000,
      timesMs: [5_000, 6_000, 7_000],
      lines: [
        { id: 'a', label: 'A', values: [2, null, 4], peaks: null },
        { id: 'b', label: 'B', values: [null, null, null], peaks: null },
      ],
    })
  })

  it('is broken where readings stopped, and goes on with what came after a clock was set back', () => {
    const of = (...times: number[]) =>
      recentData(
        new Float64Array(times),
        [{ id: 'a', label: 'A', ring: ring(...times.map((_, at) => at + 1)) }],
        0,
        1e9,
      )
    const broken = of(1_000, 2_000, 9_000)
    expect([broken.timesMs, broken.lines[0]?.values]).toEqual([
      [1_000, 2_000, 2_001, 9_000],
      [1, 2, null, 3],
    ])
    const setBack = of(1_000, 2_000, 3_000, 1_500, 2_500)
    expect([setBack.timesMs, setBack.lines[0]?.values]).toEqual([
      [1_000, 1_500, 2_500],
      [1, 4, 5],
    ])
  })
})

it('steps that the engine kept stand at their middle, and a series that it does not know is all gaps', () => {
  const history = {
    node: 'pc2',
    fromMs: 10_000,
    stepMs: 10_000,
    series: [{ id: 'cpu', unit: '%', mean: [1, null], max: [2, null] }],
  } as unknown as NodeHistory
  expect(
    rolledData(history, [
      { id: 'cpu', label: 'CPU' },
      { id: 'gpu 0', label: 'GPU 0' },
    ]),
  ).toEqual({
    fromMs: 10_000,
    toMs: 30_000,
    timesMs: [15_000, 25_000],
    lines: [
      { id: 'cpu', label: 'CPU', values: [1, null], peaks: [2, null] },
      { id: 'gpu 0', label: 'GPU 0', values: [null, null], peaks: [null, null] },
    ],
  })
})

it('a chart is told by its lowest, its mean and its highest; gaps do not count, and nothing is not 0', () => {
  expect(summaryOf(line([2, null, 4], [3, null, 9]))).toEqual({ lowest: 2, mean: 3, highest: 9 })
  expect(summaryOf(line([2, null, 4]))).toEqual({ lowest: 2, mean: 3, highest: 4 })
  expect(summaryOf(line([null, null]))).toBe(null)
})

it('the cursor finds the nearest place, and the newest is where a value is', () => {
  const data = { fromMs: 0, toMs: 9, timesMs: [1, 4, 8], lines: [line([1, 2, null])] }
  expect([indexAt(data, 0), indexAt(data, 5), indexAt(data, 99)]).toEqual([0, 1, 2])
  expect([newestIndex(data), newestIndex({ ...data, lines: [line([null, null, null])] })]).toEqual([1, null])
})

it('an axis of rates ends at a round number above all of them', () => {
  expect([0, 1_024, 1_025, 9_000, 900_000, 3_000_000].map(most => axisTop([line([most])]))).toEqual([
    1_024, 1_024, 2_048, 10_240, 1_048_576, 4_194_304,
  ])
})

it('times on the axis are round ones', () => {
  const at = (text: string): number => Date.parse(`2026-09-24T${text}Z`)
  const shown = (from: string, to: string): string[] =>
    timeSplits(at(from), at(to)).map(atMs => new Date(atMs).toISOString().slice(11, 16))
  expect(shown('13:57:11', '14:02:11')).toEqual(['13:58', '13:59', '14:00', '14:01', '14:02'])
  expect(shown('13:02:20', '14:02:20')).toEqual(['13:10', '13:20', '13:30', '13:40', '13:50', '14:00'])
})
