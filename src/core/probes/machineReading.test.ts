import { describe, expect, it } from 'vitest'
import { parseDisks, parseLinuxReading } from './linuxProbe'
import { NO_STORAGE, sampleOf, type MachineReading } from './machineReading'
import { nodeA } from './testkit'

const FACTS = { node: nodeA, atMs: 0, roundTripMs: null, storage: NO_STORAGE }
const reading = (lines: readonly string[]): MachineReading => parseLinuxReading(lines, null)

describe('the disks', () => {
  const HEAD = 'Filesystem 1024-blocks Used Available Capacity Mounted on'

  it('are that of the state folder and all others, each of them once', () => {
    const { disk, mounts } = parseDisks([
      HEAD,
      '/dev/sda2 4096 2048 2048 50% /home',
      HEAD,
      '/dev/sda2 4096 2048 2048 50% /',
      '/dev/nvme0n1p1 8192 0 8192 0% /data',
      '/dev/mapper/vg-old 8192 0 8192 0% /data',
      '/dev/fd0 0 0 0 - /floppy',
    ])
    expect(disk).toEqual({ mount: '/home', usedMiB: 2, totalMiB: 4, freeMiB: 2 })
    expect(mounts).toEqual([disk, { mount: '/data', usedMiB: 0, totalMiB: 8, freeMiB: 8 }])
  })

  it('are not guessed for a folder that df could not ask about, whatever else it said', () => {
    expect(() => parseDisks([HEAD, '/dev/sda1 8 4 4 50% /'].toSpliced(0, 1))).not.toThrow()
    expect(() => parseDisks([HEAD, HEAD, '/dev/sda1 8 4 4 50% /'])).toThrow(
      expect.objectContaining({ code: 'probe-unreadable' }),
    )
  })

  it('are read and written in sectors of 512 bytes, and only those count that both readings have', () => {
    const before = reading(['uptime 10.00 1.00', 'io sda 1000 50', 'io gone 7 7'])
    const now = reading(['uptime 12.00 1.00', 'io sda 3000 90', 'io sdb 900000 900000'])
    expect(sampleOf(now, before, FACTS)).toMatchObject({
      diskReadBytesPerS: (2000 * 512) / 2,
      diskWrittenBytesPerS: (40 * 512) / 2,
    })
    expect(sampleOf(before, now, FACTS)).toMatchObject({
      diskReadBytesPerS: null,
      diskWrittenBytesPerS: null,
    })
    expect(sampleOf(now, null, FACTS)).toMatchObject({ diskReadBytesPerS: null, diskWrittenBytesPerS: null })
  })
})

describe('the temperature of the CPU', () => {
  it.each([
    ['is in thousandths of a degree', ['temp 45250'], 45.25],
    ['is that of the warmest of several', ['temp 45000', 'temp 61000'], 61],
    ['is unknown without a sensor', ['threads 2'], null],
    ['is not what a broken sensor says', ['temp -128000', 'temp 255000', 'temp 0'], null],
  ])('%s', (_name, lines, degrees) => {
    expect(sampleOf(reading(lines), null, FACTS).cpuTempC).toBe(degrees)
  })
})
