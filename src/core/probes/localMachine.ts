import { readFile } from 'node:fs/promises'
import { cpus, loadavg, networkInterfaces, uptime } from 'node:os'
import type { NodeName } from '../../contract/ids'
import type { Sample } from '../../contract/samples'
import { AppError, sentenceOf } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { Log } from '../kernel/log'
import { createTaskGroup } from '../kernel/taskGroup'
import { parseCpuTotal, parseNetDev } from './linuxProbe'
import { findSensors, readDiskCounters, readSensors, storageOf } from './localDisks'
import { NO_STORAGE, sampleOf, type CpuCounters, type MachineReading, type Storage } from './machineReading'
import { createPacer } from './waiting'

const BYTES_PER_MIB = 1024 * 1024
const DISK_EVERY_MS = 15_000

export interface LocalProbeDeps {
  readonly node: NodeName
  /** Absolute; the disk that holds it is reported. */
  readonly stateDir: string
  readonly clock: Clock
  readonly periodMs: number
  readonly publish: (sample: Sample) => void
  readonly log: Log
  readonly onCrash: (name: string, error: unknown) => void
  readonly platform?: NodeJS.Platform
}

/** Measures this PC once a period until `signal` aborts; the first two samples follow each other quickly. */
export async function probeLocalMachine(deps: LocalProbeDeps, signal: AbortSignal): Promise<void> {
  await using group = createTaskGroup(deps.onCrash, signal)
  const platform = deps.platform ?? process.platform
  const machine = createLocalMachine(platform)
  let storage = NO_STORAGE
  // Beside the samples: a network folder that hangs must not stop the gauges.
  group.start('disks of this PC', async signal => {
    for (; !signal.aborted; await deps.clock.sleep(DISK_EVERY_MS, signal)) {
      storage = await readStorage(deps, platform, signal)
    }
  })

  const pacer = createPacer(deps.clock, deps.periodMs)
  let before: MachineReading | null = null
  for (; !signal.aborted; await pacer.next(signal)) {
    const now = await readOrSay(machine, deps)
    if (signal.aborted) return
    if (now === null) continue
    const facts = { node: deps.node, atMs: deps.clock.nowMs(), roundTripMs: null, storage }
    deps.publish(sampleOf(now, before, facts))
    before = now
  }
}

/** A reading that failed (no file descriptor left, say) is a gap; the next one is a second away. */
async function readOrSay(machine: LocalMachine, deps: LocalProbeDeps): Promise<MachineReading | null> {
  try {
    return await machine.read(deps.clock.monotonicMs() / 1000)
  } catch (error) {
    deps.log.warn('This PC could not be measured.', { node: deps.node, reason: sentenceOf(error) })
    return null
  }
}

export interface LocalMachine {
  /** `takenAtS` is the caller's monotonic clock. */
  read(takenAtS: number): Promise<MachineReading>
}

/**
 * Reads this PC.
 *
 * Shape:  the same reading as a Linux node's, so that the gauges of all nodes mean the same.
 * Units:  systeminformation counts in bytes. Used memory is what cannot be had back (its `active`, total less
 *         available), not its `used`, which counts the page cache. CPU ticks are counted by all threads together.
 * Absent: what the platform does not tell is null: outside Linux the disks' rates, the CPU's temperature, and all
 *         disks but the one of the state folder. Never GPUs: systeminformation drops their zeros.
 * Errors: `probe-unreadable` never leaves: a source that cannot be read is null in that reading.
 * Source: systeminformation 5 for memory, and for the network outside Linux. Not for the rest, because there it
 *         starts processes and waits for them: measured on two cores, one call of `currentLoad` held the event loop for
 *         4.9 ms, of `fsSize` and of `networkStats('*')` for 4.6 ms, the last with some twenty processes. What those
 *         read (/proc, `os.cpus`, statfs) is read here instead: together less than 1 ms, and no process.
 */
export function createLocalMachine(platform: NodeJS.Platform): LocalMachine {
  const counters = platform === 'linux' ? createLinuxCounters() : () => readOtherCounters(platform)
  return {
    async read(takenAtS) {
      const [memory, counted] = await Promise.all([readMemory(), counters()])
      return { takenAtS, cpuPct: null, ...memory, ...counted, load: loadOf(platform), uptimeS: uptime() }
    },
  }
}

/** Windows has no load average; Node says 0, which would be a guess. */
function loadOf(platform: NodeJS.Platform): readonly [number, number, number] | null {
  const [load1, load5, load15] = loadavg()
  if (platform === 'win32' || load1 === undefined || load5 === undefined || load15 === undefined) return null
  return [load1, load5, load15]
}

type Memory = Pick<MachineReading, 'memTotalMiB' | 'memAvailableMiB' | 'swapTotalMiB' | 'swapUsedMiB'>

async function readMemory(): Promise<Memory> {
  // Loaded when it is first needed: it takes 25 ms, which the start of the engine does not have.
  const { mem } = await import('systeminformation')
  const { total, active, swaptotal, swapused } = await mem()
  return {
    memTotalMiB: mibOf(total),
    memAvailableMiB: mibOf(total - active),
    swapTotalMiB: mibOf(swaptotal),
    swapUsedMiB: mibOf(swapused),
  }
}

function mibOf(bytes: number): number | null {
  return Number.isFinite(bytes) && bytes >= 0 ? bytes / BYTES_PER_MIB : null
}

type Counted = Pick<MachineReading, 'cpu' | 'cpuThreads' | 'interfaces' | 'disks' | 'cpuTempC'>

/** A sensor's driver that is loaded later is not looked for again. */
function createLinuxCounters(): () => Promise<Counted> {
  const sensors = findSensors()
  return async () => readLinuxCounters(await sensors)
}

async function readLinuxCounters(sensors: readonly string[]): Promise<Counted> {
  const [stat, net, disks, cpuTempC] = await Promise.all([
    readFile('/proc/stat', 'utf8'),
    readFile('/proc/net/dev', 'utf8'),
    readDiskCounters(),
    readSensors(sensors),
  ])
  const lines = stat.split('\n')
  const cpuThreads = lines.filter(line => /^cpu\d/.test(line)).length
  return {
    cpu: orNull(() => parseCpuTotal(lines[0] ?? '')),
    cpuThreads: cpuThreads === 0 ? null : cpuThreads,
    interfaces: orNull(() => parseNetDev(net)),
    disks,
    cpuTempC,
  }
}

async function readOtherCounters(platform: NodeJS.Platform): Promise<Counted> {
  const threads = cpus()
  const names = Object.entries(networkInterfaces())
    .filter(([, addresses]) => addresses?.some(address => !address.internal))
    .map(([name]) => name)
  const { networkStats } = await import('systeminformation')
  const stats = names.length === 0 ? [] : await networkStats(names.join(','))
  const counted = stats
    .filter(({ rx_bytes, tx_bytes }) => Number.isFinite(rx_bytes) && Number.isFinite(tx_bytes))
    .map(
      ({ iface, rx_bytes, tx_bytes }) => [iface, { receivedBytes: rx_bytes, sentBytes: tx_bytes }] as const,
    )
  return {
    cpu:
      threads.length === 0
        ? null
        : countersOf(
            threads.map(thread => thread.times),
            platform,
          ),
    cpuThreads: threads.length === 0 ? null : threads.length,
    interfaces: counted.length === 0 ? null : new Map(counted),
    disks: null,
    cpuTempC: null,
  }
}

function countersOf(
  threads: readonly { user: number; nice: number; sys: number; idle: number; irq: number }[],
  platform: NodeJS.Platform,
): CpuCounters {
  let busy = 0
  let idle = 0
  for (const { user, nice, sys, idle: idleOfOne, irq } of threads) {
    // Windows counts the time of interrupts in the kernel's time, too.
    busy += user + nice + sys + (platform === 'win32' ? 0 : irq)
    idle += idleOfOne
  }
  return { busy, idle, waiting: 0 }
}

async function readStorage(
  deps: LocalProbeDeps,
  platform: NodeJS.Platform,
  signal: AbortSignal,
): Promise<Storage> {
  const given = new Promise<Storage>(resolve => {
    if (signal.aborted) resolve(NO_STORAGE)
    signal.addEventListener('abort', () => resolve(NO_STORAGE), { once: true })
  })
  const mountTable = platform === 'linux' ? await readFile('/proc/mounts', 'utf8').catch(() => null) : null
  // A call into a dead network folder cannot be taken back; the end of the probe does not wait for it.
  return Promise.race([given, storageOf(deps.stateDir, mountTable)]).catch((error: unknown) => {
    deps.log.warn('The disk of the state folder cannot be read.', {
      node: deps.node,
      reason: sentenceOf(error),
    })
    return NO_STORAGE
  })
}

function orNull<T>(parse: () => T): T | null {
  try {
    return parse()
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}
