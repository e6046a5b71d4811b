import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem, uptime } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Sample } from '../../contract/samples'
import { systemClock } from '../kernel/clock'
import { parseDf } from './linuxProbe'
import { createLocalMachine, diskOf, probeLocalMachine } from './localMachine'
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
  const df = parseDf(execFileSync('df', ['-Pk', folder], { encoding: 'utf8' }).split('\n'))
  const disk = await diskOf(join(folder, 'not', 'there'))
  rmSync(folder, { recursive: true })
  expect(disk).toMatchObject({ mount: df.mount, totalMiB: df.totalMiB })
  expect(Math.abs(disk.freeMiB - df.freeMiB)).toBeLessThan(df.totalMiB / 20)
})

it('a folder on a mount of its own is reported with that mount', async () => {
  expect(await diskOf('/dev/shm')).toMatchObject({ mount: '/dev/shm' })
})
