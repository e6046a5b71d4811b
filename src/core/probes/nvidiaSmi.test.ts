import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GpuSample } from '../../contract/samples'
import { AppError } from '../kernel/appError'
import { failureOf, lostIn } from './gpuFailures'
import {
  GPU_FIELDS,
  isLoopRefused,
  mergeHolders,
  parseCudaVersion,
  parseGpuRow,
  parseHolderRow,
  rejectedField,
} from './nvidiaSmi'

const linesOf = (situation: string): string[] =>
  readFileSync(new URL(`./fixtures/nvidia-smi.${situation}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '')

/** What drivers before 450 answer: they know no MIG. */
const OLD_FIELDS = GPU_FIELDS.filter(field => field !== 'mig.mode.current')
const GPU_0 = 'GPU-6f8c5d2e-1a3b-4c7d-9e21-0b5a7f3c8d10'
const GPU_1 = 'GPU-b2a94e07-55d1-4f0a-8c66-d47e90a1b3f2'
const rowsOf = (situation: string) => linesOf(situation).map(line => parseGpuRow(line, OLD_FIELDS))

describe('a row of nvidia-smi', () => {
  it('is read field by field, and a zero stays a zero', () => {
    expect(rowsOf('two-gpus').slice(0, 2)).toEqual([
      {
        driver: '550.90.07',
        gpu: {
          index: 0,
          uuid: 'GPU-6f8c5d2e-1a3b-4c7d-9e21-0b5a7f3c8d10',
          name: 'NVIDIA GeForce RTX 3090',
          utilPct: 74,
          memUsedMiB: 23655,
          memTotalMiB: 24576,
          tempC: 71,
          powerW: 318.42,
          powerLimitW: 350,
          fanPct: 68,
          clockMHz: 1725,
          isMig: false,
        },
      },
      {
        driver: '550.90.07',
        gpu: {
          index: 1,
          uuid: 'GPU-b2a94e07-55d1-4f0a-8c66-d47e90a1b3f2',
          name: 'NVIDIA GeForce RTX 3070',
          utilPct: 0,
          memUsedMiB: 3,
          memTotalMiB: 8192,
          tempC: 31,
          powerW: 14.07,
          powerLimitW: 220,
          fanPct: 0,
          clockMHz: 210,
          isMig: false,
        },
      },
    ])
  })

  it('keeps what is not reported as null, in every way in which drivers say so', () => {
    expect(rowsOf('not-reported')).toEqual([
      {
        driver: '535.216.01',
        gpu: {
          index: 0,
          uuid: 'GPU-3d1f0a77-9b1e-4f3c-8a55-1c2e4b6d8f90',
          name: 'NVIDIA GeForce GTX 1050',
          utilPct: null,
          memUsedMiB: 512,
          memTotalMiB: 3072,
          tempC: 41,
          powerW: null,
          powerLimitW: null,
          fanPct: null,
          clockMHz: null,
          isMig: false,
        },
      },
      {
        driver: null,
        gpu: {
          index: 1,
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
        },
      },
    ])
  })

  it('of a card cut into MIG devices says so, and has memory but no utilisation', () => {
    const rows = linesOf('mig-mode').map(line => parseGpuRow(line, GPU_FIELDS).gpu)
    expect(rows).toMatchObject([
      { index: 0, isMig: true, utilPct: null, memUsedMiB: 19857, fanPct: null },
      { index: 1, isMig: false, utilPct: 97, memUsedMiB: 30127 },
      { index: 2, isMig: false, name: 'NVIDIA GeForce RTX 3090', utilPct: 3 },
    ])
    expect(rowsOf('mig')[0]?.gpu).toMatchObject({ utilPct: null, memUsedMiB: 19857, isMig: false })
  })

  it('may lack fields that were not asked for', () => {
    expect(parseGpuRow('0, 97, 1024', ['index', 'utilization.gpu', 'memory.used'])).toEqual({
      driver: null,
      gpu: {
        index: 0,
        uuid: null,
        name: null,
        utilPct: 97,
        memUsedMiB: 1024,
        memTotalMiB: null,
        tempC: null,
        powerW: null,
        powerLimitW: null,
        fanPct: null,
        clockMHz: null,
        isMig: false,
      },
    })
  })

  it.each([
    ['a name with a comma', `${linesOf('comma-in-name')[0]}, [N/A]`],
    ['half a line', '0, GPU-6f8c5d2e, NVIDIA GeFor'],
    ['a line without an index', '[N/A], GPU-1, A, 550, 1, 1, 1, 1, 1, 1, 1, 1, [N/A]'],
    ['an error', linesOf('driver-not-loaded')[0] ?? ''],
    ['the heading of the table', GPU_FIELDS.join(', ')],
  ])('is not %s', (_name, line) => {
    expect(() => parseGpuRow(line, GPU_FIELDS)).toThrow(expect.objectContaining({ code: 'probe-unreadable' }))
  })

  it('is an AppError or a GPU that the contract accepts, whatever the line', () => {
    const cell = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.integer().map(String),
      fc.constantFrom('[N/A]', '', 'NaN', 'Infinity', '1e999', '-1', '9'.repeat(400), '0x10', '1,5'),
    )
    const cells = fc.tuple(fc.nat({ max: 9 }).map(String), fc.array(cell, { minLength: 12, maxLength: 12 }))
    const line = fc.oneof(
      fc.string(),
      cells.map(([index, rest]) => [index, ...rest].join(', ')),
    )
    fc.assert(
      fc.property(line, text => {
        try {
          expect(GpuSample.safeParse(parseGpuRow(text, GPU_FIELDS).gpu).error).toBe(undefined)
        } catch (error) {
          if (!(error instanceof AppError)) throw error
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('the end of nvidia-smi means', () => {
  it.each([
    ['no GPU', 6, 'no-devices', 'none'],
    ['no GPU, when only the text tells', 0, 'no-devices', 'none'],
    ['a driver that is not loaded', 9, 'driver-not-loaded', 'driver-broken'],
    ['a driver that was updated under a running kernel', 18, 'version-mismatch', 'driver-broken'],
    ['the same, with another code', 255, 'version-mismatch', 'driver-broken'],
    ['a GPU that fell off the bus', 15, 'gpu-lost', 'lost'],
    ['the same, in the words of newer drivers', 255, 'gpu-lost-unknown-error', 'lost'],
    ['a user who may not ask', 4, 'no-permission', 'unreadable'],
  ])('%s', (_name, code, situation, state) => {
    const failure = failureOf(code, linesOf(situation))
    expect(failure).toMatchObject({ state, message: linesOf(situation).join(' ').replaceAll(/ +/g, ' ') })
    expect(failure.hint === null).toBe(state === 'none')
  })

  it('a machine without nvidia-smi', () => {
    expect(failureOf(127, [])).toEqual({ state: 'none', message: 'nvidia-smi is not installed.', hint: null })
  })

  it('something unknown, which is said as it is', () => {
    expect(failureOf(77, ['Segmentation fault'])).toEqual({
      state: 'unreadable',
      message: 'Segmentation fault',
      hint: 'Run nvidia-smi by hand on that machine and check the driver.',
    })
  })
})

it('tells a lost card by one line among the rows of the others', () => {
  expect(linesOf('one-of-four-lost').map(line => lostIn(line)?.state ?? null)).toEqual([
    'lost',
    null,
    null,
    null,
  ])
})

describe('who holds the VRAM', () => {
  it('is a row for each process on each card; what may not be seen is null', () => {
    expect(linesOf('compute-apps').map(parseHolderRow)).toEqual([
      { gpuUuid: GPU_0, pid: 4242, name: '/home/w1/venv/bin/python3', memUsedMiB: 9102 },
      { gpuUuid: GPU_1, pid: 4242, name: '/home/w1/venv/bin/python3', memUsedMiB: 256 },
      { gpuUuid: GPU_1, pid: 977, name: 'train, fold 2', memUsedMiB: null },
      { gpuUuid: GPU_1, pid: 978, name: null, memUsedMiB: 12 },
    ])
  })

  it.each(['', 'No running processes found', 'GPU-1, [N/A], python3, 12', 'pid, process_name', 'GPU-1, 12'])(
    'is not a line like "%s"',
    line => expect(parseHolderRow(line)).toBe(null),
  )

  it('counts a process once for each card, also when it uses several MIG instances of it', () => {
    const row = { gpuUuid: GPU_0, pid: 1, name: 'a', memUsedMiB: 100 }
    expect(
      mergeHolders([
        row,
        { ...row, memUsedMiB: 50 },
        { ...row, memUsedMiB: null },
        { ...row, gpuUuid: GPU_1 },
      ]),
    ).toEqual([
      { ...row, memUsedMiB: 150 },
      { ...row, gpuUuid: GPU_1 },
    ])
  })
})

it.each([
  ['table', '12.2'],
  ['version', '12.4'],
  ['table-no-cuda', null],
  ['driver-not-loaded', null],
])('the CUDA version, by what nvidia-smi says in the situation "%s"', (situation, version) => {
  expect(parseCudaVersion(linesOf(situation))).toBe(version)
})

it('tells which field an older or newer nvidia-smi rejects', () => {
  expect([rejectedField(linesOf('field-rejected')), rejectedField(linesOf('gpu-lost'))]).toEqual([
    'clocks.current.graphics',
    null,
  ])
})

it('tells a refused loop from other errors', () => {
  const situations = ['lms-refused', 'loop-removed', 'field-rejected']
  expect(situations.map(situation => isLoopRefused(linesOf(situation)))).toEqual([true, true, false])
})
