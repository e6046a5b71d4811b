import { expect, it } from 'vitest'
import type { Inventory } from '../../contract/nodes'
import type { GpuReading, GpuSample } from '../../contract/samples'
import { unlikePlanned } from './plannedActual'

const here = { cpuThreads: 16, memTotalMiB: 31_900 } as Inventory

function cards(...names: (string | null)[]): GpuReading {
  return { state: 'ok', gpus: names.map(name => ({ name }) as GpuSample) } as unknown as GpuReading
}

it('finds nothing when all is as planned, and when nothing is planned', () => {
  const expected = { cpuThreads: 16, memGiB: 32, gpus: ['RTX 3070'] }
  expect(unlikePlanned(expected, here, cards('NVIDIA GeForce RTX 3070'))).toEqual([])
  expect(unlikePlanned(undefined, here, cards('NVIDIA GeForce RTX 3070'))).toEqual([])
})

it('names the planned and the actual value of whatever differs', () => {
  const expected = { cpuThreads: 8, memGiB: 64, gpus: ['RTX 3090'] }
  expect(unlikePlanned(expected, here, cards('NVIDIA GeForce RTX 3070'))).toEqual([
    '16 threads instead of 8',
    '31.2 GiB of RAM instead of 64 GiB',
    'NVIDIA GeForce RTX 3070 instead of RTX 3090',
  ])
})

it.each([
  [32, 30_500, true], // 6.9 % are missing
  [32, 30_400, false], // 7.2 %
  [16, 17_500, true],
  [16, 17_600, false],
])('of %d GiB planned, %d MiB are near enough: %s', (memGiB, memTotalMiB, isNear) => {
  expect(unlikePlanned({ memGiB }, { ...here, memTotalMiB }, null)).toHaveLength(isNear ? 0 : 1)
})

it('holds nothing against a node that has not reported it', () => {
  const expected = { cpuThreads: 8, memGiB: 64, gpus: ['RTX 3090'] }
  const unknown = { cpuThreads: null, memTotalMiB: null } as Inventory
  expect(unlikePlanned(expected, unknown, null)).toEqual([])
  expect(unlikePlanned(expected, unknown, { ...cards(), state: 'driver-broken' })).toEqual([])
  expect(unlikePlanned({ gpus: ['RTX 3090'] }, unknown, cards(null))).toEqual([])
})

it.each([
  [['RTX 3070'], ['NVIDIA GeForce RTX 3070 Ti'], ['NVIDIA GeForce RTX 3070 Ti instead of RTX 3070']],
  [['rtx 3070 ti'], ['NVIDIA GeForce RTX 3070 Ti'], []],
  [['RTX 307'], ['NVIDIA GeForce RTX 3070'], ['NVIDIA GeForce RTX 3070 instead of RTX 307']],
  [['A100'], ['NVIDIA A100-SXM4-40GB'], []],
  [['RTX 3070', 'RTX 3070'], ['NVIDIA GeForce RTX 3070'], ['no RTX 3070']],
  [[], ['NVIDIA GeForce RTX 3070'], ['NVIDIA GeForce RTX 3070 besides the planned GPUs']],
  [['GTX 1060', 'RTX 3090'], ['NVIDIA GeForce RTX 3090', 'NVIDIA GeForce GTX 1060 3GB'], []],
] as const)('holds the planned GPUs %j against %j', (planned, actual, clauses) => {
  expect(unlikePlanned({ gpus: [...planned] }, here, cards(...actual))).toEqual(clauses)
})

it('says which GPU is missing when there is none', () => {
  expect(unlikePlanned({ gpus: ['RTX 3090'] }, here, { ...cards(), state: 'none' })).toEqual(['no RTX 3090'])
})
