import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Sample } from '../../contract/samples'
import { systemClock } from '../kernel/clock'
import { macDialect, parseIostatRow, parseMacDisks, parseMacReading } from './macProbe'
import { probeNode } from './nodeProbe'
import { createArrivals, createProcessShell, createRecordedLog, nodeA } from './testkit'

/** The script runs for real, in every shell; the programs of a Mac are stand-ins that print transcripts. */

const MIB = 1024 * 1024
const textOf = (arch: string, name: string): string =>
  readFileSync(new URL(`./fixtures/mac/${arch}/${name}.txt`, import.meta.url), 'utf8')
const fileOf = (arch: string, name: string): string =>
  new URL(`./fixtures/mac/${arch}/${name}.txt`, import.meta.url).pathname
const pathOf = (command: string): string =>
  execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim()

let folder: string
let bin: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-mac-'))
  bin = join(folder, 'bin')
  mkdirSync(bin)
  symlinkSync(pathOf('sed'), join(bin, 'sed'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function install(name: string, body: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`)
  chmodSync(join(bin, name), 0o755)
}

function installMac(arch: string): void {
  for (const name of ['sysctl', 'vm_stat', 'netstat', 'ioreg', 'date']) {
    install(name, `exec /bin/cat ${fileOf(arch, name)}`)
  }
  install(
    'df',
    `case $* in -Pkl) exec /bin/cat ${fileOf(arch, 'df-local')} ;; esac; exec /bin/cat ${fileOf(arch, 'df-folder')}`,
  )
  install(
    'iostat',
    `echo $$ >${folder}/iostat.pid
     /bin/cat ${fileOf(arch, 'iostat')}
     while /bin/sleep 0.2; do /usr/bin/tail -n 1 ${fileOf(arch, 'iostat')} || exit; done`,
  )
}

function startProbe(sh: readonly [string, ...string[]]) {
  const shell = createProcessShell(sh, { PATH: bin })
  const samples = createArrivals<Sample>()
  const log = createRecordedLog()
  const stop = new AbortController()
  const publish = (sample: Sample): void => samples.add(sample)
  const deps = { node: nodeA, shell, stateDir: folder, clock: systemClock, periodMs: 50, publish, log }
  const ended = probeNode(macDialect, deps, stop.signal)
  return {
    samples,
    log,
    shell,
    ended,
    stop: async () => {
      stop.abort()
      await ended
      await shell[Symbol.asyncDispose]()
    },
  }
}

const isWhole = (sample: Sample): boolean =>
  sample.cpuPct !== null && sample.disk !== null && sample.netSentBytesPerS !== null

describe.each(['dash', 'bash', 'bash --posix', 'busybox ash'])('the probe of a Mac in %s', name => {
  it.each(['apple-silicon', 'intel'])('tells a whole sample of one with %s', async arch => {
    installMac(arch)
    const [command = '', ...options] = name.split(' ')
    const probe = startProbe([pathOf(command), ...options])
    const sample = await probe.samples.next(isWhole)
    await probe.stop()
    expect(Sample.safeParse(sample).error).toBe(undefined)
    expect(sample).toMatchObject(arch === 'intel' ? INTEL : APPLE)
    expect(probe.log.lines).toEqual([])
  })
})

const APPLE = {
  cpuPct: 20,
  cpuThreads: 10,
  memTotalMiB: 16_384,
  memUsedMiB: ((247_311 - 630 + 159_117 + 454_496) * 16_384) / MIB,
  swapTotalMiB: 2_048,
  swapUsedMiB: 1_021.5,
  load1: 2.1,
  load5: 2.04,
  load15: 1.98,
  disk: { mount: '/System/Volumes/Data', totalMiB: 482_797_652 / 1024, freeMiB: 271_538_464 / 1024 },
  mounts: [{ mount: '/System/Volumes/Data' }, { mount: '/Volumes/Market Data' }],
  diskReadBytesPerS: 0,
  diskWrittenBytesPerS: 0,
  netReceivedBytesPerS: 0,
  netSentBytesPerS: 0,
  cpuTempC: null,
}

const INTEL = {
  cpuPct: 91,
  cpuThreads: 12,
  memTotalMiB: 32_768,
  memUsedMiB: ((3_500_000 - 20_000 + 900_000 + 300_000) * 4_096) / MIB,
  swapTotalMiB: 0,
  swapUsedMiB: 0,
  load1: 12.34,
  mounts: [{ mount: '/System/Volumes/Data' }, { mount: '/Volumes/Backup' }, { mount: '/Volumes/Scratch' }],
}

it('the time since the start goes on between two looks at the clock', async () => {
  installMac('apple-silicon')
  const probe = startProbe(['/bin/sh'])
  await probe.samples.next(() => true, 5)
  await probe.stop()
  const uptimes = probe.samples.all.slice(0, 6).map(({ uptimeS }) => uptimeS!)
  expect(uptimes[0]).toBe(3_600)
  expect(uptimes.every((uptimeS, at) => at === 0 || uptimeS > uptimes[at - 1]!)).toBe(true)
})

it('iostat ends with the probe', async () => {
  installMac('apple-silicon')
  const probe = startProbe(['/bin/sh'])
  await probe.samples.next(isWhole)
  const pid = Number(readFileSync(join(folder, 'iostat.pid'), 'utf8'))
  await probe.stop()
  while (isAlive(pid)) await new Promise(resolve => setImmediate(resolve))
  expect(isAlive(pid)).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

it('what no program of a Mac reports is null, and a machine without them is left alone', async () => {
  installMac('apple-silicon')
  for (const name of ['sysctl', 'netstat', 'ioreg', 'df', 'date']) install(name, 'exit 1')
  install('vm_stat', 'exit 1')
  install('iostat', 'exit 1')
  const bare = startProbe(['/bin/sh'])
  const sample = await bare.samples.next(() => true, 2)
  await bare.stop()
  const { node: _node, atMs: _atMs, roundTripMs: _roundTripMs, ...readings } = sample
  expect(Object.values(readings)).toEqual(Object.values(readings).map(() => null))

  rmSync(join(bin, 'vm_stat'))
  const none = startProbe(['/bin/sh'])
  await none.ended
  expect([none.samples.all, none.log.lines]).toEqual([
    [],
    ['No gauges for this node: it is no Mac with vm_stat and iostat.'],
  ])
  await none.shell[Symbol.asyncDispose]()
})

describe('the lines of a Mac', () => {
  it('of iostat are rows, not headings', () => {
    expect(textOf('apple-silicon', 'iostat').trimEnd().split('\n').map(parseIostatRow)).toEqual([
      null,
      null,
      5,
      20,
    ])
  })

  it.each([
    'en0 1500 <Link#4> 02:00:00:00:00:01 1000 0 many 900 0 450000 0',
    '| "Statistics" = {"Operations (Write)"=1}',
  ])('that go on otherwise than they begin make the answer unreadable: %s', line => {
    expect(() => parseMacReading([line])).toThrow(expect.objectContaining({ code: 'probe-unreadable' }))
  })

  it('a folder without a disk is unreadable', () => {
    expect(() => parseMacDisks(textOf('intel', 'df-local').split('\n'))).toThrow(
      expect.objectContaining({ code: 'probe-unreadable' }),
    )
  })
})
