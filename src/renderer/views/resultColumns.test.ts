import { expect, test } from 'vitest'
import { result, run, worker } from '../gallery/builders'
import { cellOf, columnsOf, nextSort, sorted } from './resultColumns'

const of = run({
  id: 'r1',
  plan: 'kelly',
  state: 'running',
  startedAgoS: 1,
  workers: [worker({ node: 'pc2', index: 1, nodeIndex: 1 })],
})
const row = (name: string, values: Record<string, number | null>) => result(of, name, 1, values)
const shown = (key: string, value: number | null | undefined): readonly [string, string | null] => {
  const [column] = columnsOf([row('a', { [key]: 1 })])
  const cell = cellOf(column!, value)
  return [cell.text.replaceAll('\u2009', '_'), cell.trend]
}

test('known values come first, in the order in which they are read; unknown ones follow as they came', () => {
  const rows = [
    row('a', { ticks: 3, maxDrawdown: -0.1, medianWealth: 1 }),
    row('b', { cagr: 0.1, max_run_up: 2 }),
  ]
  expect(columnsOf(rows).map(column => column.heading)).toEqual([
    'Median',
    'CAGR',
    'Max DD',
    'Ticks',
    'Max run up',
  ])
})

test('gain and loss carry a sign and a direction, nothing else does', () => {
  expect(shown('cagr', 0.036)).toEqual(['+3.6_%', 'gain'])
  expect(shown('cagr', -0.021)).toEqual(['\u22122.1_%', 'loss'])
  expect(shown('cagr', 0.00001)).toEqual(['0.0_%', null])
  expect(shown('pnl', 1204.5)).toEqual(['+1,204.50', 'gain'])
  expect(shown('maxDrawdown', -0.182)).toEqual(['\u221218.2_%', null])
  expect(shown('medianWealth', 14_210)).toEqual(['14,210', null])
  expect(shown('sharpe', 0.612)).toEqual(['0.61', null])
  expect(shown('whatever', 12.3456)).toEqual(['12.35', null])
})

test('money has cents unless a value of its column is so large that they say nothing', () => {
  const texts = (values: readonly number[]): readonly string[] => {
    const [column] = columnsOf(values.map(equity => row('a', { equity })))
    return values.map(value => cellOf(column!, value).text)
  }
  expect(texts([9084.64, 12])).toEqual(['9,084.64', '12'])
  expect(texts([9084.64, 11_747.2])).toEqual(['9,085', '11,747'])
})

test('what was not reported is a dash and never 0', () => {
  expect([shown('cagr', null), shown('cagr', undefined)]).toEqual([
    ['—', null],
    ['—', null],
  ])
})

test('rows stay as they came until somebody sorts; what is not reported comes last either way', () => {
  const rows = [row('b', { cagr: 0.1 }), row('a', { cagr: null }), row('c', { cagr: 0.3 })]
  const names = (sort: Parameters<typeof sorted>[1]): readonly string[] =>
    sorted(rows, sort).map(one => one.name)
  expect(names(null)).toEqual(['b', 'a', 'c'])
  expect(names({ key: 'cagr', isDescending: true })).toEqual(['c', 'b', 'a'])
  expect(names({ key: 'cagr', isDescending: false })).toEqual(['b', 'c', 'a'])
  expect(names({ key: 'name', isDescending: false })).toEqual(['a', 'b', 'c'])
})

test('a header goes from the highest to the lowest to the order in which they came', () => {
  const first = nextSort(null, 'cagr')
  const second = nextSort(first, 'cagr')
  expect([first, second, nextSort(second, 'cagr')]).toEqual([
    { key: 'cagr', isDescending: true },
    { key: 'cagr', isDescending: false },
    null,
  ])
  expect(nextSort(first, 'name')).toEqual({ key: 'name', isDescending: false })
})
