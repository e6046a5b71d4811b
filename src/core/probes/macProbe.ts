import { AppError } from '../kernel/appError'
import { readDfLine } from './linuxProbe'
import script from './macProbe.sh?raw'
import type { ByteCounters, MachineReading, NetCounters, Storage } from './machineReading'
import type { ProbeDialect } from './nodeProbe'

const BYTES_PER_MIB = 1024 * 1024
/** iostat prints once a second: without a line for longer than this it has ended. */
const CPU_STALE_S = 3
const MIB_OF_UNIT: Readonly<Record<string, number>> = { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 }

/** How a Mac is measured. Written by the tools' documentation and by what users of them published; never run on one. */
export const macDialect: ProbeDialect = {
  script,
  unsupported: 'No gauges for this node: it is no Mac with vm_stat and iostat.',
  begin() {
    let cpu: { readonly busyPct: number; readonly atS: number } | null = null
    let cpuRows = 0
    let boot: { readonly atS: number; readonly uptimeS: number } | null = null
    return {
      unasked(lines, atS) {
        const busyPct = lines.map(parseIostatRow).find(pct => pct !== null)
        if (busyPct === undefined) return
        // The first row is the average since the start of the machine.
        if (++cpuRows > 1) cpu = { busyPct, atS }
      },
      reading(lines, _before, takenAtS) {
        const found = parseMacReading(lines)
        if (found.uptimeS !== null) boot = { atS: takenAtS, uptimeS: found.uptimeS }
        return {
          ...found,
          takenAtS,
          cpuPct: cpu === null || takenAtS - cpu.atS > CPU_STALE_S ? null : cpu.busyPct,
          uptimeS: boot === null ? null : boot.uptimeS + takenAtS - boot.atS,
        }
      },
      disks: parseMacDisks,
    }
  },
}

/**
 * Reads a row of `iostat -n 0 -w 1`: user, system, idle in percent, and the load averages.
 * Absent: null for its two lines of heading. Source: iostat(8) of macOS.
 */
export function parseIostatRow(line: string): number | null {
  const [, user, system, idle] = /^ *(\d{1,3}) +(\d{1,3}) +(\d{1,3})( +\d+\.\d\d){3} *$/.exec(line) ?? []
  if (user === undefined || system === undefined || idle === undefined) return null
  return Math.min(100, Number(user) + Number(system))
}

/**
 * Reads the lines of one `sample` frame of a Mac.
 *
 * Shape:  lines of sysctl, vm_stat, `netstat -ibn` (the rows of the interfaces themselves) and ioreg, each known by
 *         its beginning.
 * Units:  vm_stat counts pages, whose size is in its heading (16 KiB with Apple's processors, 4 KiB with Intel's);
 *         swap comes with a unit of its own; netstat and ioreg count bytes.
 * Absent: what a program did not say is null. Used memory is what Activity Monitor calls so: of programs (anonymous,
 *         less purgeable), wired and compressed. The CPU's temperature needs root on a Mac: null.
 * Errors: `probe-unreadable` for a line that begins as one of these and goes on otherwise.
 * Source: sysctl(8), vm_stat(1), netstat(1) and ioreg(8) of macOS.
 */
export function parseMacReading(lines: readonly string[]): MachineReading {
  const text = lines.join('\n')
  const number = (pattern: RegExp): number | null => {
    const found = pattern.exec(text)?.[1]
    return found === undefined ? null : Number(found)
  }
  const memBytes = number(/^hw\.memsize: (\d{1,16})$/m)
  const usedMiB = usedMemoryMiB(number)
  const memTotalMiB = memBytes === null ? null : memBytes / BYTES_PER_MIB
  const [now, booted] = [number(/^now (\d{1,12})$/m), number(/^kern\.boottime: \{ sec = (\d{1,12}),/m)]
  return {
    takenAtS: null,
    cpu: null,
    cpuPct: null,
    cpuThreads: number(/^hw\.logicalcpu: (\d{1,5})$/m),
    memTotalMiB,
    memAvailableMiB: memTotalMiB === null || usedMiB === null ? null : Math.max(0, memTotalMiB - usedMiB),
    swapTotalMiB: swapMiB(text, 'total'),
    swapUsedMiB: swapMiB(text, 'used'),
    load: loadIn(text),
    interfaces: interfacesIn(lines),
    disks: disksIn(lines),
    cpuTempC: null,
    uptimeS: now === null || booted === null || booted > now ? null : now - booted,
  }
}

function usedMemoryMiB(number: (pattern: RegExp) => number | null): number | null {
  const size = number(/^Mach .*page size of (\d{4,6}) bytes/m)
  const anonymous = number(/^Anonymous pages: (\d{1,12})\.$/m)
  const purgeable = number(/^Pages purgeable: (\d{1,12})\.$/m)
  const wired = number(/^Pages wired down: (\d{1,12})\.$/m)
  const compressed = number(/^Pages occupied by compressor: (\d{1,12})\.$/m)
  if (size === null || anonymous === null || purgeable === null || wired === null || compressed === null)
    return null
  return ((anonymous - purgeable + wired + compressed) * size) / BYTES_PER_MIB
}

function swapMiB(text: string, what: 'total' | 'used'): number | null {
  const [, number, unit] =
    new RegExp(`^vm\\.swapusage: .*\\b${what} = (\\d{1,9}\\.\\d\\d)([KMGT])`, 'm').exec(text) ?? []
  const factor = MIB_OF_UNIT[unit ?? '']
  return number === undefined || factor === undefined ? null : Number(number) * factor
}

function loadIn(text: string): readonly [number, number, number] | null {
  const [, load1, load5, load15] =
    /^vm\.loadavg: \{ (\d{1,6}\.\d\d) (\d{1,6}\.\d\d) (\d{1,6}\.\d\d) \}$/m.exec(text) ?? []
  if (load1 === undefined || load5 === undefined || load15 === undefined) return null
  return [Number(load1), Number(load5), Number(load15)]
}

/** Name, MTU, `<Link#N>`, perhaps an address, and then packets, errors, bytes in; packets, errors, bytes out; collisions. */
function interfacesIn(lines: readonly string[]): ReadonlyMap<string, NetCounters> | null {
  const interfaces = new Map<string, NetCounters>()
  for (const line of lines) {
    if (!line.includes('<Link#')) continue
    const match =
      /^(\S+) \d+ <Link#\d+>.*? (?:\d+|-) (?:\d+|-) (\d{1,20}) \d+ (?:\d+|-) (\d{1,20}) \d+ ?$/.exec(line)
    if (match === null) throw unreadable(line)
    const [, name = '', received, sent] = match
    // An interface that is down has a star.
    if (/^lo\d/.test(name) || name.endsWith('*')) continue
    interfaces.set(name, { receivedBytes: Number(received), sentBytes: Number(sent) })
  }
  return interfaces.size === 0 ? null : interfaces
}

/** ioreg lists the drivers in a fixed order, and gives them no names that could be told. */
function disksIn(lines: readonly string[]): ReadonlyMap<string, ByteCounters> | null {
  const disks = new Map<string, ByteCounters>()
  for (const line of lines) {
    if (!line.includes('"Statistics" = ')) continue
    const [, read] = /"Bytes \(Read\)"=(\d{1,20})[,}]/.exec(line) ?? []
    const [, written] = /"Bytes \(Write\)"=(\d{1,20})[,}]/.exec(line) ?? []
    if (read === undefined || written === undefined) throw unreadable(line)
    disks.set(`driver ${disks.size}`, { readBytes: Number(read), writtenBytes: Number(written) })
  }
  return disks.size === 0 ? null : disks
}

/**
 * Reads a `disk` frame of a Mac: what `df -Pk` printed of the state folder, and `df -Pkl` of all local volumes.
 *
 * Shape:  as on Linux.
 * Units:  blocks of 1 KiB.
 * Absent: volumes of one APFS container share its room: of those of one disk with the same size one counts, and it is
 *         the one of the folder if that is among them. The system's own volumes and disk images of Xcode are left out.
 * Errors: `probe-unreadable` when the folder has no line.
 * Source: df(1) of macOS; "File system basics" of Apple's platform documentation for the volumes.
 */
export function parseMacDisks(lines: readonly string[]): Storage {
  const second = lines.findLastIndex(line => line.startsWith('Filesystem'))
  const own = lines
    .slice(0, second)
    .map(readDfLine)
    .find(row => row !== null)
  if (own === undefined || own === null) throw unreadable(lines.join('\n'))
  const seen = new Set([containerOf(own)])
  const mounts = [own.disk]
  for (const row of lines.slice(second).map(readDfLine)) {
    if (row === null || !row.device.startsWith('/dev/disk') || row.disk.totalMiB === 0) continue
    if (/^\/(System\/Volumes\/(?!Data$)|Library\/Developer\/|private\/var\/vm)/.test(row.disk.mount)) continue
    if (seen.has(containerOf(row))) continue
    seen.add(containerOf(row))
    mounts.push(row.disk)
  }
  return { disk: own.disk, mounts }
}

const containerOf = ({ device, disk }: NonNullable<ReturnType<typeof readDfLine>>): string =>
  `${/^\/dev\/disk\d+/.exec(device)?.[0] ?? device} ${disk.totalMiB}`

function unreadable(text: string): AppError {
  return new AppError('probe-unreadable', 'The probe of a Mac answered something that cannot be read.', {
    hint: 'See the log for what it was; a start-up file of that shell may print into it.',
    cause: text.slice(0, 200),
  })
}
