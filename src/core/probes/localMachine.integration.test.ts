import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem, uptime } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Sample } from '../../contract/samples'
import { systemClock } from '../kernel/clock'
import { parseDisks } from './linuxProbe'
import { findSensors, parseMounts, readDiskCounters, readSensors, storageOf } from './localDisks'
import { createLocalMachine, probeLocalMachine } from './localMachine'
import { createRecordedLog, nodeA } from './testkit'

/** Measures this PC until a sample is complete; returns all of them. */
async function measure(platform: NodeJS.Platform, stateDir: string): Promise<Sample[]> {
  const samples: Sample[] = []
  const stop = new AbortController()
  await probeLocalMachine(
    {
      node: nodeA,
      stateDir,
      clock: systemClock,
      periodMs: 100,
      log: createRecordedLog(),
      onCrash: (_name, error) => {
        throw error
      },
      platform,
      publish(sample) {
        samples.push(sample)
        if (sample.cpuPct !== null && sample.disk !== null) stop.abort()
      },
    },
    stop.signal,
  )
  return samples
}

describe.each([
  ['Linux', process.platform],
  ['any other platform', 'freebsd' as const],
])('this PC, measured as on %s', (_name, platform) => {
  it('fills the same sample as every node, without a round trip', async () => {
    const samples = await measure(platform, tmpdir())
    const [first] = samples
    const last = samples.at(-1)!
    expect(samples.map(sample => Sample.safeParse(sample).error)).toEqual(samples.map(() => undefined))
    expect(first).toMatchObject({ cpuPct: null, netReceivedBytesPerS: null, roundTripMs: null })
    expect(last).toMatchObject({
      node: 'node-a',
      cpuThreads: cpus().length,
      memTotalMiB: totalmem() / 1024 / 1024,
    })
    expect(last.cpuPct).toBeGreaterThanOrEqual(0)
    expect(last.cpuPct).toBeLessThanOrEqual(100)
    expect(last.uptimeS! - uptime()).toBeLessThanOrEqual(0)
  })
})

it('used memory leaves out what can be had back, as on every node', async () => {
  const { memTotalMiB, memAvailableMiB } = await createLocalMachine('linux').read(0)
  const meminfo = execFileSync('cat', ['/proc/meminfo'], { encoding: 'utf8' })
  const availableKiB = Number(/^MemAvailable: +(\d+)/m.exec(meminfo)?.[1])
  expect(memTotalMiB).toBe(Number(/^MemTotal: +(\d+)/m.exec(meminfo)?.[1]) / 1024)
  // Others use memory, too, between the two looks at it.
  expect(Math.abs(memAvailableMiB! - availableKiB / 1024)).toBeLessThan(memTotalMiB! / 20)
})

it('the disk is the one that will hold the state folder, also before that is made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-disk-'))
  const df = parseDisks(execFileSync('df', ['-Pk', folder], { encoding: 'utf8' }).split('\n')).disk!
  const disk = (await storageOf(join(folder, 'not', 'there'), null)).disk!
  rmSync(folder, { recursive: true })
  expect(disk).toMatchObject({ mount: df.mount, totalMiB: df.totalMiB })
  expect(Math.abs(disk.freeMiB - df.freeMiB)).toBeLessThan(df.totalMiB / 20)
})

it('a folder on a mount of its own is reported with that mount', async () => {
  expect(await storageOf('/dev/shm', null)).toMatchObject({
    disk: { mount: '/dev/shm' },
    mounts: [{ mount: '/dev/shm' }],
  })
})

it('the mounts of this PC are its local disks, each once', () => {
  const table = String.raw`proc /proc proc rw 0 0
/dev/sda2 / btrfs rw,subvol=/root 0 0
/dev/sda2 /home btrfs rw,subvol=/home 0 0
/dev/loop3 /snap/core/1 squashfs ro 0 0
/dev/sdb1 /mnt/my\040disk ext4 rw 0 0
nas:/share /mnt/nas nfs4 rw 0 0
//nas/share /mnt/cifs cifs rw 0 0
tmpfs /tmp tmpfs rw 0 0
tank/data /tank zfs rw 0 0
tank/data/old /tank/old zfs rw 0 0
/dev/sr0 /media/cd iso9660 ro 0 0
half a line`
  expect(parseMounts(table, '/home')).toEqual(['/mnt/my disk', '/tank'])
})

it('the disks and sensors of this PC are chosen as on every node', async () => {
  const root = mkdtempSync(join(tmpdir(), 'drydock-sys-'))
  const files = {
    'block/nvme0n1/stat': ' 1 2 1000 4 5 6 2000 8 9 10 11\n',
    'block/dm-0/stat': '1 2 1000 4 5 6 2000 8 9 10 11\n',
    'class/hwmon/hwmon0/name': 'nvme\n',
    'class/hwmon/hwmon0/temp1_input': '99000\n',
    'class/hwmon/hwmon1/name': 'k10temp\n',
    'class/hwmon/hwmon1/temp1_input': '67500\n',
    'class/hwmon/hwmon1/temp1_label': 'Tctl\n',
    'class/hwmon/hwmon1/temp2_input': '47500\n',
    'class/hwmon/hwmon1/temp2_label': 'Tdie\n',
    'bare/thermal/thermal_zone0/type': 'acpitz\n',
    'bare/thermal/thermal_zone0/temp': '27800\n',
    'bare/thermal/thermal_zone1/type': 'x86_pkg_temp\n',
    'bare/thermal/thermal_zone1/temp': '52000\n',
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  const found = {
    disks: await readDiskCounters(join(root, 'block')),
    cpuTempC: await readSensors(await findSensors(join(root, 'class'))),
    ofZone: await readSensors(await findSensors(join(root, 'bare'))),
    ofNone: await readSensors(await findSensors(join(root, 'none'))),
  }
  rmSync(root, { recursive: true })
  expect(found).toEqual({
    disks: new Map([['nvme0n1', { readBytes: 512_000, writtenBytes: 1_024_000 }]]),
    cpuTempC: 47.5,
    ofZone: 52,
    ofNone: null,
  })
})
