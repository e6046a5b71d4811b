import { expect, it } from 'vitest'
import { gpuReading, node } from '../gallery/builders'
import { plannedThings } from './nodePlan'

const pc2 = node({ name: 'pc2', threads: 16, memGiB: 31 })
const card = (name: string) => ({ util: 1, vramGiB: 1, totalGiB: 24, name })
const gpus = (...names: string[]) => gpuReading(pc2, { cpu: 1, ram: 1, gpus: names.map(card) })
const nothing = { cpuThreads: null, memGiB: null, gpus: null }
const verdicts = (...given: Parameters<typeof plannedThings>): string[] =>
  plannedThings(...given).map(({ name, verdict }) => `${name} ${verdict}`)

it('what is there as planned is so, memory also when firmware keeps a little of it', () => {
  const expected = { cpuThreads: 16, memGiB: 32, gpus: ['rtx 3090'] }
  expect(plannedThings(expected, pc2.inventory, gpus('NVIDIA GeForce RTX 3090'))).toEqual([
    { name: 'CPU', planned: '16 threads', actual: '16 threads', verdict: 'as planned' },
    { name: 'RAM', planned: '32\u2009GiB', actual: '31\u2009GiB', verdict: 'as planned' },
    { name: 'GPUs', planned: 'rtx 3090', actual: 'RTX 3090', verdict: 'as planned' },
  ])
})

it('what is less, more or another differs', () => {
  const expected = { cpuThreads: 32, memGiB: 64, gpus: ['RTX 3090', 'RTX 3090'] }
  expect(verdicts(expected, pc2.inventory, gpus('NVIDIA GeForce RTX 3090'))).toEqual([
    'CPU differs',
    'RAM differs',
    'GPUs differs',
  ])
  expect(verdicts({ ...nothing, gpus: ['RTX 3090'] }, pc2.inventory, gpus('RTX 3090', 'RTX 3070'))[2]).toBe(
    'GPUs differs',
  )
  expect(
    verdicts({ ...nothing, gpus: ['RTX 3090'] }, pc2.inventory, gpuReading(pc2, { cpu: 1, ram: 1 }))[2],
  ).toBe('GPUs differs')
})

it('what was not planned or not reported has no verdict of its own making', () => {
  expect(verdicts(nothing, pc2.inventory, undefined)).toEqual([
    'CPU not planned',
    'RAM not planned',
    'GPUs not planned',
  ])
  expect(verdicts({ cpuThreads: 16, memGiB: 32, gpus: ['RTX 3090'] }, null, undefined)).toEqual([
    'CPU not reported',
    'RAM not reported',
    'GPUs not reported',
  ])
})
