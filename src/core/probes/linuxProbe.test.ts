import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DiskReading, Sample } from '../../contract/samples'
import { AppError } from '../kernel/appError'
import { parseCpuTotal, parseDisks, parseLinuxReading, parseNetDev } from './linuxProbe'
import { NO_STORAGE, sampleOf, type MachineReading } from './machineReading'
import { createFrameReader, type ProbeFrame } from './probeFrames'
import { nodeA } from './testkit'

const NONCE = '0123456789abcdef'

/** The samples that a recorded session adds up to, in the way the probe would have reported them. */
function samplesOf(situation: string): Sample[] {
  const bytes = readFileSync(new URL(`./fixtures/linux-probe.${situation}.txt`, import.meta.url))
  const frames = createFrameReader(NONCE)
    .push(bytes)
    .map(answer => {
      expect(answer.ok).toBe(true)
      return answer.ok ? answer.frame : null
    }) as ProbeFrame[]
  const disks = frames.filter(frame => frame.kind === 'disk').map(frame => parseDisks(frame.lines))
  let before: MachineReading | null = null
  return frames
    .filter(frame => frame.kind === 'sample')
    .map(frame => {
      const now = parseLinuxReading(frame.lines, before)
      const storage = before === null ? NO_STORAGE : (disks[0] ?? NO_STORAGE)
      const sample = sampleOf(now, before, { node: nodeA, atMs: frame.seq, roundTripMs: 4, storage })
      before = now
      return sample
    })
}

describe('the Linux probe reads', () => {
  it('levels at once, shares and rates from the second answer on', () => {
    const levels = {
      node: 'node-a',
      cpuThreads: 2,
      memTotalMiB: 24105.55078125,
      swapUsedMiB: 0,
      swapTotalMiB: 0,
      load1: 4.55,
      load5: 4.64,
      load15: 3.21,
      diskReadBytesPerS: null,
      diskWrittenBytesPerS: null,
      cpuTempC: null,
      roundTripMs: 4,
    }
    const disk = {
      mount: '/',
      usedMiB: 14019904 / 1024,
      totalMiB: 264212084 / 1024,
      freeMiB: 81481360 / 1024,
    }
    expect(samplesOf('plain')).toEqual([
      {
        ...levels,
        atMs: 1,
        cpuPct: null,
        memUsedMiB: (24684084 - 23805056) / 1024,
        disk: null,
        mounts: null,
        netReceivedBytesPerS: null,
        netSentBytesPerS: null,
        uptimeS: 5132.66,
      },
      {
        ...levels,
        atMs: 2,
        cpuPct: (2 / 198) * 100,
        memUsedMiB: (24684084 - 23805152) / 1024,
        disk,
        mounts: [disk],
        netReceivedBytesPerS: 0,
        netSentBytesPerS: 0,
        uptimeS: 5133.66,
      },
    ])
  })

  it('a machine with every thread busy as 100 %', () => {
    expect(samplesOf('busy').map(sample => sample.cpuPct)).toEqual([null, 100])
  })

  it('used memory as unknown, not as everything, where the kernel reports no MemAvailable', () => {
    const [, sample] = samplesOf('no-mem-available')
    expect(sample).toMatchObject({ memTotalMiB: 24105.55078125, memUsedMiB: null })
  })

  it('128 threads, also in answers that do not count them', () => {
    expect(samplesOf('128-threads').map(sample => sample.cpuThreads)).toEqual([128, 128])
  })

  it('a swap file', () => {
    const [sample] = samplesOf('swap')
    expect(sample).toMatchObject({ swapTotalMiB: 65532 / 1024, swapUsedMiB: 0 })
  })

  it('every disk with its name and rates, and the sensor that stands for the CPU', () => {
    const [, sample] = samplesOf('disks-and-sensors')
    expect(sample).toMatchObject({
      mounts: [{ mount: '/' }, { mount: '/mnt/my disk', totalMiB: 64 }],
      diskReadBytesPerS: 0,
      diskWrittenBytesPerS: 128 * 512,
      cpuTempC: 47.5,
    })
  })

  it('swap and network as unknown where the kernel shows neither', () => {
    const [, sample] = samplesOf('no-swaps-no-sys')
    expect(sample).toMatchObject({
      swapTotalMiB: null,
      swapUsedMiB: null,
      netReceivedBytesPerS: null,
      netSentBytesPerS: null,
    })
  })
})

const FACTS = { node: nodeA, atMs: 0, roundTripMs: null, storage: NO_STORAGE }
const reading = (lines: readonly string[]): MachineReading => parseLinuxReading(lines, null)
const cpuPctBetween = (before: string, now: string): number | null =>
  sampleOf(reading([now]), reading([before]), FACTS).cpuPct
const netBetween = (before: readonly string[], now: readonly string[]) => {
  const { netReceivedBytesPerS, netSentBytesPerS } = sampleOf(reading(now), reading(before), FACTS)
  return [netReceivedBytesPerS, netSentBytesPerS]
}

describe('two readings compared', () => {
  it.each([
    ['a share of the ticks that passed', 'stat cpu 100 0 50 850 0', 'stat cpu 130 0 60 910 0', 40],
    ['steal and interrupts count as busy', 'stat cpu 0 0 0 0 0 0 0 0', 'stat cpu 0 0 0 25 25 25 15 10', 50],
    ['guest time is in user already', 'stat cpu 0 0 0 0 0 0 0 0 0 0', 'stat cpu 50 0 0 50 0 0 0 0 50 0', 50],
    ['nothing is known when no tick passed', 'stat cpu 1 2 3 4', 'stat cpu 1 2 3 4', null],
    ['nothing is known when the counters begin anew', 'stat cpu 900 0 0 900', 'stat cpu 10 0 0 20', null],
    ['nothing is known when idle runs backwards', 'stat cpu 100 0 0 900', 'stat cpu 190 0 0 899', null],
    ['waiting may step back by itself', 'stat cpu 0 0 0 100 50', 'stat cpu 100 0 0 100 40', 100],
  ])('%s', (_name, before, now, pct) => {
    expect(cpuPctBetween(before, now)).toBe(pct)
  })

  it('network rates are of the interfaces that both have', () => {
    expect(
      netBetween(
        ['uptime 10.00 1.00', 'net eth0 1000 500', 'net gone0 7 7'],
        ['uptime 12.00 1.00', 'net eth0 3000 600', 'net new0 900000 900000'],
      ),
    ).toEqual([1000, 50])
  })

  it('a network counter that ran backwards is no rate', () => {
    expect(
      netBetween(['uptime 10.00 1.00', 'net eth0 1000 500'], ['uptime 11.00 1.00', 'net eth0 10 501']),
    ).toEqual([null, 1])
  })

  it('without time passing there is no rate', () => {
    expect(netBetween(['uptime 10.00 1.00', 'net eth0 1 1'], ['uptime 10.00 1.00', 'net eth0 9 9'])).toEqual([
      null,
      null,
    ])
  })
})

describe('what cannot be read', () => {
  it.each([
    ['a line of nobody', 'Last login: Tue from 10.0.0.1'],
    ['a cut-off counter line', 'stat cpu  12 0'],
    ['words for numbers', 'meminfo MemTotal: lots kB'],
    ['a decimal comma', 'loadavg 0,21 0,08 0,02 2/93 8172'],
    ['a number without end', `uptime ${'9'.repeat(400)}.00 1.00`],
  ])('%s makes the whole answer unreadable', (_name, line) => {
    expect(() => reading(['threads 2', line])).toThrow(expect.objectContaining({ code: 'probe-unreadable' }))
  })

  it('a df that is missing makes the disk unreadable', () => {
    expect(() => parseDisks([''])).toThrow(expect.objectContaining({ code: 'probe-unreadable' }))
  })

  it('df: names with blanks, and less than nothing left for others than root', () => {
    const full = { mount: '/mnt/my disk', usedMiB: 20, totalMiB: 20, freeMiB: 0 }
    expect(
      parseDisks([
        'Filesystem         1024-blocks      Used Available Capacity Mounted on',
        '//nas/my share           20480     20480     -1024     100% /mnt/my disk',
      ]),
    ).toEqual({ disk: full, mounts: [full] })
  })

  it('any lines at all end in an AppError or in a sample that the contract accepts', () => {
    const line = fc.oneof(
      fc.string(),
      fc
        .tuple(
          fc.constantFrom(
            'stat cpu',
            'threads',
            'meminfo MemTotal:',
            'swaps /s file',
            'loadavg',
            'net e',
            'uptime',
          ),
          fc.array(
            fc.oneof(fc.bigInt().map(String), fc.double().map(String), fc.constantFrom('kB', '-1', '')),
            {
              maxLength: 12,
            },
          ),
        )
        .map(([source, cells]) => `${source} ${cells.join(' ')}`),
      fc.nat().map(ticks => `stat cpu ${ticks} 0 ${ticks} ${ticks}`),
      fc.nat().map(kib => `meminfo MemAvailable: ${kib} kB`),
      fc.nat({ max: 9_999 }).map(seconds => `uptime ${seconds}.25 1.00`),
      fc.tuple(fc.nat(), fc.nat()).map(([received, sent]) => `net eth0 ${received} ${sent}`),
      fc.tuple(fc.nat(), fc.nat()).map(([read, written]) => `io sda ${read} ${written}`),
      fc.integer().map(milli => `temp ${milli}`),
    )
    const lines = fc.array(line, { maxLength: 12 })
    fc.assert(
      fc.property(lines, lines, (earlier, later) => {
        try {
          const before = reading(earlier)
          expect(Sample.safeParse(sampleOf(parseLinuxReading(later, before), before, FACTS)).error).toBe(
            undefined,
          )
        } catch (error) {
          if (!(error instanceof AppError)) throw error
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('any df output ends in an AppError or a disk', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.string().map(s => `${s} 1 2 3 4% /${s}`),
          ),
        ),
        lines => {
          try {
            const { disk, mounts } = parseDisks(lines)
            expect(mounts?.[0]).toBe(disk)
            expect(mounts?.every(one => DiskReading.safeParse(one).success)).toBe(true)
          } catch (error) {
            if (!(error instanceof AppError)) throw error
          }
        },
      ),
    )
  })
})

it('/proc/net/dev is read column by column, also where a wide counter touches the name', () => {
  const table = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0',
    '  eth0:417802648   12030    0    0    0     0          0         0   865635    7231    0    0    0     0       0          0',
    '',
  ].join('\n')
  expect(parseNetDev(table)).toEqual(new Map([['eth0', { receivedBytes: 417802648, sentBytes: 865635 }]]))
})

it('the total line of /proc/stat may have the columns of an old kernel', () => {
  expect(parseCpuTotal('cpu  10 1 2 30')).toEqual({ busy: 13, idle: 30, waiting: 0 })
})
