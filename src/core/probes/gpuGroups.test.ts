import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createGpuGroups } from './gpuGroups'
import { parseGpuRow, type GpuRow } from './nvidiaSmi'

const row = (index: number): GpuRow => parseGpuRow(String(index), ['index'])
const indexes = (cycles: readonly (readonly GpuRow[])[]): number[][] =>
  cycles.map(rows => rows.map(({ gpu }) => gpu.index))

it('the first cycle ends with the next, later ones with their last row', () => {
  const groups = createGpuGroups()
  expect([0, 1, 0, 1, 0, 1].map(index => indexes(groups.push(row(index))))).toEqual([
    [],
    [],
    [[0, 1]],
    [[0, 1]],
    [],
    [[0, 1]],
  ])
})

it('a pause ends a cycle, too', () => {
  const groups = createGpuGroups()
  groups.push(row(0))
  expect([indexes(groups.flush()), indexes(groups.flush()), groups.isWaiting]).toEqual([[[0]], [], false])
})

it('a row that comes after the pause belongs to its cycle all the same', () => {
  const groups = createGpuGroups()
  groups.push(row(0))
  groups.flush()
  groups.push(row(1))
  expect(indexes(groups.flush())).toEqual([[0, 1]])
  groups.push(row(0))
  expect(indexes(groups.push(row(1)))).toEqual([[0, 1]])
})

it('a GPU that is lost shortens the cycles after it', () => {
  const groups = createGpuGroups()
  for (const index of [0, 1, 2]) groups.push(row(index))
  expect([0, 2, 0, 2, 0].map(index => indexes(groups.push(row(index))))).toEqual([
    [[0, 1, 2]],
    [],
    [[0, 2]],
    [[0, 2]],
    [],
  ])
})

it('every row is told in its cycle, with pauses or without', () => {
  const count = fc.integer({ min: 1, max: 4 })
  fc.assert(
    fc.property(
      count,
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.nat({ max: 20 })),
      (gpus, cycles, pauses) => {
        const groups = createGpuGroups()
        const told: number[][] = []
        for (let at = 0; at < gpus * cycles; at++) {
          told.push(...indexes(groups.push(row(at % gpus))))
          if (pauses.includes(at)) told.push(...indexes(groups.flush()))
        }
        told.push(...indexes(groups.flush()))
        const whole = told.filter(cycle => cycle.length === gpus)
        expect(whole).toEqual(Array.from({ length: cycles }, () => Array.from({ length: gpus }, (_, i) => i)))
        expect(groups.cycles).toBe(cycles)
      },
    ),
  )
})
