import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GpuSample } from '../../contract/samples'
import { AppError } from '../kernel/appError'
import { amdFailureOf, parseAmdAbout, parseAmdCards } from './amdSmi'

const textOf = (name: string): string =>
  readFileSync(new URL(`./fixtures/${name}.txt`, import.meta.url), 'utf8')
const nothing = {
  uuid: null,
  name: null,
  utilPct: null,
  memUsedMiB: null,
  memTotalMiB: null,
  tempC: null,
  powerW: null,
  powerLimitW: null,
  fanPct: null,
  clockMHz: null,
  isMig: false,
}

describe('the cards of amd-smi', () => {
  it('are read group by group, with name and driver from what it said once', () => {
    expect(parseAmdCards(textOf('amd-smi.metric'), parseAmdAbout(textOf('amd-smi.about')))).toEqual([
      {
        driver: '6.8.5',
        gpu: {
          index: 0,
          uuid: '0x7AB28CD9A03C0E51',
          name: 'AMD Radeon PRO W7700',
          utilPct: 42,
          memUsedMiB: 12_288,
          memTotalMiB: 49_136,
          tempC: 56,
          powerW: 120,
          powerLimitW: null,
          fanPct: 34.12,
          clockMHz: 2_014,
          isMig: false,
        },
      },
    ])
  })

  it('are null where it reports nothing, also in the shape of ROCm 7 and behind a warning', () => {
    expect(parseAmdCards(textOf('amd-smi.rocm7-not-reported'), null)).toEqual([
      { driver: null, gpu: { ...nothing, index: 0, tempC: 41, memUsedMiB: 14_569, memTotalMiB: 16_368 } },
      { driver: null, gpu: { ...nothing, index: 1 } },
    ])
  })
})

it('the cards of rocm-smi are text by name, with VRAM in bytes', () => {
  expect(parseAmdCards(textOf('rocm-smi.two-cards'), parseAmdAbout(textOf('rocm-smi.about')))).toEqual([
    {
      driver: '6.7.0',
      gpu: {
        ...nothing,
        index: 0,
        name: 'Rembrandt [Radeon 680M]',
        utilPct: 0,
        memUsedMiB: 482_263_040 / 1024 / 1024,
        memTotalMiB: 512,
        tempC: 47,
        powerW: 9.215,
      },
    },
    {
      driver: '6.7.0',
      gpu: {
        index: 1,
        uuid: '0x2f1c5a3b9d7e0441',
        name: 'Radeon RX 7900 XT',
        utilPct: 100,
        memUsedMiB: 27_856_896 / 1024 / 1024,
        memTotalMiB: 21_458_059_264 / 1024 / 1024,
        tempC: 49,
        powerW: 128,
        powerLimitW: 560,
        fanPct: 23.14,
        clockMHz: 1_090,
        isMig: false,
      },
    },
  ])
})

it('the version of ROCm is known from amd-smi alone', () => {
  expect(['amd-smi.about', 'rocm-smi.about'].map(name => parseAmdAbout(textOf(name)).compute)).toEqual([
    '6.2.2',
    null,
  ])
  expect(parseAmdAbout('Traceback (most recent call last):')).toEqual({
    cards: new Map(),
    driver: null,
    compute: null,
  })
})

it.each([
  ['nothing', ''],
  ['half a document', textOf('amd-smi.metric').slice(0, 400)],
  ['a document without cards', '{"system": {"Driver version": "6.7.0"}}'],
  ['a list of none', '[]'],
  ['an error', textOf('rocm-smi.driver-not-loaded')],
])('%s is no cards', (_name, text) => {
  expect(() => parseAmdCards(text, null)).toThrow(expect.objectContaining({ code: 'probe-unreadable' }))
})

it('any document at all ends in an AppError or in cards that the contract accepts', () => {
  const cell = fc.oneof(
    fc.jsonValue(),
    fc.record({ value: fc.oneof(fc.double(), fc.string()), unit: fc.string() }),
    fc.constantFrom('N/A', '1e999', '42 %', 'NaN'),
  )
  const card = fc.record({
    gpu: fc.nat({ max: 9 }),
    usage: fc.record({ gfx_activity: cell }),
    mem_usage: fc.oneof(cell, fc.record({ total_vram: cell, used_vram: cell })),
    temperature: fc.record({ edge: cell, hotspot: cell }),
  })
  const rocm = fc.dictionary(
    fc.constantFrom('card0', 'card1', 'system', 'x'),
    fc.dictionary(fc.string(), cell),
  )
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(card), rocm), document => {
      try {
        for (const { gpu } of parseAmdCards(JSON.stringify(document), null)) {
          expect(GpuSample.safeParse(gpu).error).toBe(undefined)
        }
      } catch (error) {
        if (!(error instanceof AppError)) throw error
      }
    }),
  )
})

it.each([
  [2, textOf('rocm-smi.driver-not-loaded'), 'driver-broken'],
  [1, 'User is missing the following required groups: render', 'unreadable'],
  [0, 'No AMD GPUs detected', 'none'],
  [1, '', 'unreadable'],
])('ended with code %s and "%s": %s', (code, text, state) => {
  expect(amdFailureOf(code, text).state).toBe(state)
})
