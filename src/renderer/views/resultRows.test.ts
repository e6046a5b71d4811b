import { expect, test } from 'vitest'
import type { WorkerId } from '../../contract/ids'
import { result, run } from '../gallery/builders'
import type { ResultSort } from './resultColumns'
import { placeResults } from './resultRows'

const of = run({ id: 'r1', plan: 'kelly', state: 'running', startedAgoS: 1, workers: [] })
const WORKERS = ['bots-1', 'bots-2'] as WorkerId[]
const placed = (
  rows: readonly (readonly [name: string, worker: number, cagr: number])[],
  sort: ResultSort | null = null,
): readonly string[] =>
  placeResults(
    rows.map(([name, worker, cagr]) => result(of, name, worker, { cagr })),
    sort,
    WORKERS,
  ).map(({ row, place }) => `${place} ${row.name} ${row.worker}`)

const TWO = [
  ['0.25', 2, 0.1],
  ['0.50', 2, 0.3],
  ['0.25', 1, 0.2],
  ['0.50', 1, 0.4],
] as const

test('results of several workers stand under their common name, workers in the order of the run', () => {
  expect(placed(TWO)).toEqual([
    'first 0.25 bots-1',
    'next 0.25 bots-2',
    'first 0.50 bots-1',
    'next 0.50 bots-2',
  ])
  expect(placed(TWO, { key: 'name', isDescending: true })).toEqual([
    'first 0.50 bots-1',
    'next 0.50 bots-2',
    'first 0.25 bots-1',
    'next 0.25 bots-2',
  ])
})

test('sorted by a figure each row says name and worker', () => {
  expect(placed(TWO, { key: 'cagr', isDescending: true })).toEqual([
    'loose 0.50 bots-1',
    'loose 0.50 bots-2',
    'loose 0.25 bots-1',
    'loose 0.25 bots-2',
  ])
})

test('names that only one worker each reported are rows by themselves', () => {
  expect(
    placed([
      ['0.25', 2, 0.1],
      ['0.50', 1, 0.3],
    ]),
  ).toEqual(['loose 0.25 bots-2', 'loose 0.50 bots-1'])
})

test('one worker needs no mention', () => {
  expect(
    placed([
      ['b', 1, 0.1],
      ['a', 1, 0.2],
    ]),
  ).toEqual(['only b bots-1', 'only a bots-1'])
})
