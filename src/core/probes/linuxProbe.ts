import type { DiskReading } from '../../contract/samples'
import { AppError } from '../kernel/appError'
import script from './linuxProbe.sh?raw'
import { warmest } from './machineReading'
import type { ByteCounters, CpuCounters, MachineReading, NetCounters, Storage } from './machineReading'

/** The probe loop; its arguments are the session's nonce and the node's state folder. */
export const linuxProbeScript = script

export const linuxDialect: ProbeDialect = {
  script,
  unsupported: 'No gauges for this node: it has no /proc, and is no Mac either.',
  begin: () => ({ reading: parseLinuxReading, disks: parseDisks, unasked: () => {} }),
}
import type { ProbeDialect } from './nodeProbe'

const KIB_PER_MIB = 1024
/** Whatever the sectors of the disk itself are: Documentation/block/stat.rst in the kernel. */
export const BYTES_PER_SECTOR = 512
const MILLIDEGREES = 1_000

/**
 * Reads the lines of one `sample` frame.
 *
 * Shape:  lines of a source's name and that source's own text: `stat`, `threads`, `meminfo`, `swaps`, `loadavg`,
 *         `net`, `io`, `temp`, `uptime`; any of them may be missing.
 * Units:  /proc counts memory in KiB (it writes kB) and CPU time in ticks; `net` is bytes since the interface came up,
 *         `io` sectors of 512 bytes since the start, `temp` thousandths of a degree Celsius.
 * Absent: a source that is missing is null, never 0. `threads` comes with every `full` request only, so the number
 *         of `before` stands until then. No MemAvailable (kernels before 3.14) leaves the used memory unknown. A
 *         table of swap areas without areas is a machine without swap: 0; no table at all is null. Of several CPUs
 *         the warmest counts; a sensor that says what no CPU can have is not believed.
 * Errors: `probe-unreadable` for any line that is none of these, since then the rest cannot be trusted either.
 * Source: proc_stat(5), proc_meminfo(5), proc_swaps(5), proc_loadavg(5), proc_uptime(5);
 *         Documentation/ABI/testing/sysfs-class-net-statistics, Documentation/block/stat.rst and
 *         Documentation/hwmon/sysfs-interface.rst in the kernel.
 */
export function parseLinuxReading(lines: readonly string[], before: MachineReading | null): MachineReading {
  const found: Partial<Found> = {}
  const interfaces = new Map<string, NetCounters>()
  const disks = new Map<string, ByteCounters>()
  const degrees: number[] = []
  const swaps: string[] = []
  for (const line of lines) {
    const [, source, text] = /^(\w+) (.*)$/.exec(line) ?? []
    if (source === undefined || text === undefined) throw unreadable(line)
    if (source === 'net') addInterface(interfaces, text)
    else if (source === 'io') addDisk(disks, text)
    else if (source === 'temp') degrees.push(...numbersOf(text, /^(-?\d{1,9})$/).map(m => m / MILLIDEGREES))
    else if (source === 'swaps') swaps.push(text)
    else Object.assign(found, readLine(source, text))
  }
  const uptimeS = found.uptimeS ?? null
  return {
    takenAtS: uptimeS,
    cpu: found.cpu ?? null,
    cpuPct: null,
    cpuThreads: found.cpuThreads ?? before?.cpuThreads ?? null,
    memTotalMiB: found.memTotalMiB ?? null,
    memAvailableMiB: found.memAvailableMiB ?? null,
    ...parseSwaps(swaps),
    load: found.load ?? null,
    interfaces: interfaces.size === 0 ? null : interfaces,
    disks: disks.size === 0 ? null : disks,
    cpuTempC: warmest(degrees),
    uptimeS,
  }
}

/**
 * Reads a `disk` frame: what `df -Pk` printed of the state folder, and after it what it printed of all local disks.
 *
 * Shape:  a heading, one line of the folder's disk, another heading, a line of each disk: device, size, used,
 *         available, percent, mount point; both names may hold blanks.
 * Units:  blocks of 1 KiB (`-k`).
 * Absent: without the second heading there is no local disk but, perhaps, that of the folder. A line that is cut off
 *         is left out. A device that comes twice is one disk: the folder's mount of it is the one that counts.
 * Errors: `probe-unreadable` when the folder has no line (df is missing, or the folder cannot be reached).
 * Source: df in POSIX.1-2024, "Portable output format".
 */
export function parseDisks(lines: readonly string[]): Storage {
  const second = lines.findLastIndex(line => line.startsWith('Filesystem'))
  const isApart = lines.findIndex(line => line.startsWith('Filesystem')) !== second
  const rows = lines.slice(0, isApart ? second : undefined).map(readDfLine)
  const own = rows.findLast(row => row !== null) ?? null
  if (own === null) throw unreadable(lines.join('\n'))
  const mounts = [own]
  for (const row of isApart ? lines.slice(second).map(readDfLine) : []) {
    if (row === null || row.disk.totalMiB === 0) continue
    const isKnown = mounts.some(({ device, disk }) => device === row.device || disk.mount === row.disk.mount)
    if (!isKnown) mounts.push(row)
  }
  return { disk: own.disk, mounts: mounts.map(({ disk }) => disk) }
}

export function readDfLine(line: string): { readonly device: string; readonly disk: DiskReading } | null {
  const match = /^(\S.*?)\s+(\d{1,15})\s+(\d{1,15})\s+(-?\d{1,15})\s+(?:\d{1,3}%|-)\s+(\/.*)$/.exec(line)
  const [, device, total, used, free, mount] = match ?? []
  if (device === undefined || mount === undefined) return null
  const [totalMiB, usedMiB, freeMiB] = [total, used, free].map(blocks => Number(blocks) / KIB_PER_MIB)
  if (totalMiB === undefined || usedMiB === undefined || freeMiB === undefined) return null
  // What root keeps for itself can leave others less than nothing.
  return { device, disk: { mount, usedMiB, totalMiB, freeMiB: Math.max(0, freeMiB) } }
}

interface Found {
  readonly cpu: CpuCounters
  readonly cpuThreads: number
  readonly memTotalMiB: number
  readonly memAvailableMiB: number
  readonly load: readonly [number, number, number]
  readonly uptimeS: number
}

function readLine(source: string, text: string): Partial<Found> {
  switch (source) {
    case 'stat':
      return { cpu: parseCpuTotal(text) }
    case 'threads': {
      const [cpuThreads = 0] = numbersOf(text, /^(\d{1,6})$/)
      return cpuThreads === 0 ? {} : { cpuThreads }
    }
    case 'meminfo':
      return readMemory(text)
    case 'loadavg': {
      const [load1 = 0, load5 = 0, load15 = 0] = numbersOf(
        text,
        /^(\d{1,9}\.\d\d) (\d{1,9}\.\d\d) (\d{1,9}\.\d\d) /,
      )
      return { load: [load1, load5, load15] }
    }
    case 'uptime': {
      const [uptimeS = 0] = numbersOf(text, /^(\d{1,12}\.\d\d) /)
      return { uptimeS }
    }
    default:
      throw unreadable(`${source} ${text}`)
  }
}

function readMemory(text: string): Partial<Found> {
  const [kib = 0] = numbersOf(text, /^Mem(?:Total|Available): +(\d{1,15}) kB$/)
  const mib = kib / KIB_PER_MIB
  return text.startsWith('MemTotal:') ? { memTotalMiB: mib } : { memAvailableMiB: mib }
}

/**
 * The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, and two guest columns that are
 * already in user and nice. Old kernels have fewer of them.
 */
export function parseCpuTotal(text: string): CpuCounters {
  const match = /^cpu +(\d{1,16}(?: \d{1,16}){3,11})$/.exec(text.trim())
  if (match?.[1] === undefined) throw unreadable(text)
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softirq = 0, steal = 0] = match[1]
    .split(' ')
    .map(Number)
  return { busy: user + nice + system + irq + softirq + steal, idle, waiting }
}

function parseSwaps(lines: readonly string[]): Pick<MachineReading, 'swapTotalMiB' | 'swapUsedMiB'> {
  if (lines.length === 0) return { swapTotalMiB: null, swapUsedMiB: null }
  let swapTotalMiB = 0
  let swapUsedMiB = 0
  for (const line of lines) {
    if (line.startsWith('Filename')) continue
    const [size = 0, used = 0] = numbersOf(line, /^\S+\s+\S+\s+(\d{1,15})\s+(\d{1,15})\s+-?\d+$/)
    swapTotalMiB += size / KIB_PER_MIB
    swapUsedMiB += used / KIB_PER_MIB
  }
  return { swapTotalMiB, swapUsedMiB }
}

/**
 * The table /proc/net/dev, as a whole: two lines of heading, then `name: ` and sixteen counters, of which the first is
 * the bytes received and the ninth the bytes sent. Without lo.
 */
export function parseNetDev(text: string): ReadonlyMap<string, NetCounters> {
  const interfaces = new Map<string, NetCounters>()
  for (const line of text.split('\n').slice(2)) {
    const [, name, columns] = /^ *(\S+): *(\d.*)$/.exec(line) ?? []
    if (name === undefined || columns === undefined || name === 'lo') continue
    const cells = columns.trim().split(/ +/)
    addInterface(interfaces, `${name} ${cells[0]} ${cells[8]}`)
  }
  return interfaces
}

function addInterface(interfaces: Map<string, NetCounters>, text: string): void {
  const [, name] = /^(\S+) /.exec(text) ?? []
  const [receivedBytes = 0, sentBytes = 0] = numbersOf(text, /^\S+ (\d{1,20}) (\d{1,20})$/)
  if (name !== undefined) interfaces.set(name, { receivedBytes, sentBytes })
}

/** A line of /sys/block/NAME/stat, cut down to the sectors read and written. */
function addDisk(disks: Map<string, ByteCounters>, text: string): void {
  const [, name] = /^(\S+) /.exec(text) ?? []
  const [read = 0, written = 0] = numbersOf(text, /^\S+ (\d{1,20}) (\d{1,20})$/)
  if (name === undefined) return
  disks.set(name, { readBytes: read * BYTES_PER_SECTOR, writtenBytes: written * BYTES_PER_SECTOR })
}

/** The numbers that a pattern of digits found. Errors: `probe-unreadable` when it does not match. */
function numbersOf(text: string, pattern: RegExp): readonly number[] {
  const match = pattern.exec(text)
  if (match === null) throw unreadable(text)
  return match.slice(1).map(Number)
}

function unreadable(text: string): AppError {
  return new AppError('probe-unreadable', 'The probe answered something that cannot be read.', {
    hint: 'See the log for what it was; a start-up file of that shell may print into it.',
    cause: text.slice(0, 200),
  })
}
