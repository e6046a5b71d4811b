import { describe, expect, it } from 'vitest'
import { gpuReading, node, sample } from '../gallery/builders'
import { createHistory, HISTORY_LENGTH, percentOf } from './history'

const pc2 = node({ name: 'pc2', memGiB: 32 })
const last = (ring: Float32Array | undefined, count: number): number[] => [...(ring ?? [])].slice(-count)

describe('the last five minutes', () => {
  it('hold one reading a second of every gauge, newest last, and a gap for what was not reported', () => {
    const history = createHistory()
    history.applyBatch([{ type: 'sample', sample: sample(pc2, { cpu: 50, ram: 25 }) }])
    history.applyBatch([{ type: 'sample', sample: sample(pc2, { cpu: null, ram: 50 }) }])
    expect(last(history.of(pc2.name, 'CPU'), 3)).toEqual([Number.NaN, 50, Number.NaN])
    expect(last(history.of(pc2.name, 'RAM'), 2)).toEqual([25, 50])
  })

  it('hold disk and load too, whose bands need them as much', () => {
    const history = createHistory()
    const load = { cpu: 1, ram: 1, disk: [91, 100], load1: 32 } as const
    history.applyBatch([{ type: 'sample', sample: sample(pc2, load) }])
    expect([last(history.of(pc2.name, 'Disk'), 1), last(history.of(pc2.name, 'Load'), 1)]).toEqual([
      [91],
      [200],
    ])
  })

  it('hold no more than five minutes', () => {
    const history = createHistory()
    for (let second = 0; second <= HISTORY_LENGTH; second += 1) {
      history.applyBatch([{ type: 'sample', sample: sample(pc2, { cpu: second % 100, ram: 1 }) }])
    }
    const ring = history.of(pc2.name, 'CPU')
    expect([ring?.length, ring?.[0], last(ring, 1)]).toEqual([HISTORY_LENGTH, 1, [0]])
  })

  it('have a ring for each GPU and its VRAM', () => {
    const history = createHistory()
    const gpus = [{ util: 76, vramGiB: 6, totalGiB: 8, name: 'RTX 3070' }]
    history.applyBatch([{ type: 'gpu', reading: gpuReading(pc2, { cpu: 1, ram: 1, gpus }) }])
    expect([last(history.of(pc2.name, 'GPU 0'), 1), last(history.of(pc2.name, 'VRAM 0'), 1)]).toEqual([
      [76],
      [75],
    ])
    expect(history.of(pc2.name, 'GPU 1')).toBe(undefined)
  })

  it('know when each reading came, and leave a gap for a card that is not told of any more', () => {
    const history = createHistory()
    const card = { util: 76, vramGiB: 6, totalGiB: 8, name: 'RTX 3070' }
    const reading = (cards: number, atMs: number) =>
      gpuReading(pc2, { cpu: 1, ram: 1, gpus: Array.from({ length: cards }, () => card) }, atMs)
    history.applyBatch([
      { type: 'gpu', reading: reading(2, 1_000) },
      { type: 'gpu', reading: reading(1, 2_000) },
      { type: 'sample', sample: sample(pc2, { cpu: 1, ram: 1 }, 1_500) },
    ])
    expect([...(history.timesOf(pc2.name, 'gpu') ?? [])].slice(-3)).toEqual([Number.NaN, 1_000, 2_000])
    expect(history.timesOf(pc2.name, 'sample')?.at(-1)).toBe(1_500)
    expect([last(history.of(pc2.name, 'GPU 0'), 2), last(history.of(pc2.name, 'GPU 1'), 2)]).toEqual([
      [76, 76],
      [76, Number.NaN],
    ])
    expect(last(history.of(pc2.name, 'diskWritten'), 1)).toEqual([8_000_000])
  })

  it('tell those who draw them, once a batch, until they leave', () => {
    const history = createHistory()
    let told = 0
    const leave = history.subscribe(pc2.name, () => (told += 1))
    const batch = [{ type: 'sample', sample: sample(pc2, { cpu: 1, ram: 1 }) } as const]
    history.applyBatch([...batch, ...batch])
    leave()
    history.applyBatch(batch)
    expect(told).toBe(1)
  })
})

it('a share of something that is not reported, or of nothing, is not a number', () => {
  expect([percentOf(1, 4), percentOf(null, 4), percentOf(1, null), percentOf(1, 0)]).toEqual([
    25,
    null,
    null,
    null,
  ])
})
