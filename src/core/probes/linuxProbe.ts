import type { DiskReading } from '../../contract/samples'
import { AppError } from '../kernel/appError'
import script from './linuxProbe.sh?raw'
import type { CpuCounters, MachineReading, NetCounters } from './machineReading'

/** The probe loop; its arguments are the session's nonce and the node's state folder. */
export const linuxProbeScript = script

const KIB_PER_MIB = 1024

/**
 * Reads the lines of one `sample` frame.
 *
 * Shape:  lines of a source's name and that source's own text: `stat`, `threads`, `meminfo`, `swaps`, `loadavg`,
 *         `net`, `uptime`; any of them may be missing.
 * Units:  /proc counts memory in KiB (it writes kB) and CPU time in ticks; `net` is bytes since the interface came up.
 * Absent: a source that is missing is null, never 0. `threads` comes with every `full` request only, so the number
 *         of `before` stands until then. No MemAvailable (kernels before 3.14) leaves the used memory unknown. A
 *         table of swap areas without areas is a machine without swap: 0; no table at all is null.
 * Errors: `probe-unreadable` for any line that is none of these, since then the rest cannot be trusted either.
 * Source: proc_stat(5), proc_meminfo(5), proc_swaps(5), proc_loadavg(5), proc_uptime(5);
 *         Documentation/ABI/testing/sysfs-class-net-statistics in the kernel.
 */
export function parseLinuxReading(lines: readonly string[], before: MachineReading | null): MachineReading {
  const found: Partial<Found> = {}
  const interfaces = new Map<string, NetCounters>()
  const swaps: string[] = []
  for (const line of lines) {
    const [, source, text] = /^(\w+) (.*)$/.exec(line) ?? []
    if (source === undefined || text === undefined) throw unreadable(line)
    if (source === 'net') addInterface(interfaces, text)
    else if (source === 'swaps') swaps.push(text)
    else Object.assign(found, readLine(source, text))
  }
  const uptimeS = found.uptimeS ?? null
  return {
    takenAtS: uptimeS,
    cpu: found.cpu ?? null,
    cpuThreads: found.cpuThreads ?? before?.cpuThreads ?? null,
    memTotalMiB: found.memTotalMiB ?? null,
    memAvailableMiB: found.memAvailableMiB ?? null,
    ...parseSwaps(swaps),
    load: found.load ?? null,
    interfaces: interfaces.size === 0 ? null : interfaces,
    uptimeS,
  }
}

/**
 * Reads what `df -Pk <folder>` printed.
 *
 * Shape:  a header, then one line: device, size, used, available, percent, mount point; both names may hold blanks.
 * Units:  blocks of 1 KiB (`-k`).
 * Absent: nothing may be: `-P` promises all six.
 * Errors: `probe-unreadable` when there is no such line (df is missing, or the folder cannot be reached).
 * Source: df in POSIX.1-2024, "Portable output format".
 */
export function parseDf(lines: readonly string[]): DiskReading {
  for (const line of lines.toReversed()) {
    const match = /^\S.*?\s+(\d{1,15})\s+(\d{1,15})\s+(-?\d{1,15})\s+(?:\d{1,3}%|-)\s+(\/.*)$/.exec(line)
    if (match === null) continue
    const [totalMiB, usedMiB, freeMiB] = match.slice(1, 4).map(blocks => Number(blocks) / KIB_PER_MIB)
    const mount = match[4]
    if (totalMiB === undefined || usedMiB === undefined || freeMiB === undefined || mount === undefined) break
    // What root keeps for itself can leave others less than nothing.
    return { mount, usedMiB, totalMiB, freeMiB: Math.max(0, freeMiB) }
  }
  throw unreadable(lines.join('\n'))
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
