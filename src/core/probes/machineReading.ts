import type { NodeName } from '../../contract/ids'
import type { DiskReading, Sample } from '../../contract/samples'

/** What a machine's counters and levels stand at, before any of it is compared with the reading before. */
export interface MachineReading {
  /** Seconds on a clock of that machine that never steps back: what the rates are counted by. */
  readonly takenAtS: number | null
  readonly cpu: CpuCounters | null
  /** What a machine that shows no counters says itself of the last second, 0-100. */
  readonly cpuPct: number | null
  readonly cpuThreads: number | null
  readonly memTotalMiB: number | null
  readonly memAvailableMiB: number | null
  readonly swapTotalMiB: number | null
  readonly swapUsedMiB: number | null
  readonly load: readonly [number, number, number] | null
  readonly interfaces: ReadonlyMap<string, NetCounters> | null
  /** Whole disks alone: no partitions, and nothing that is made of other disks. */
  readonly disks: ReadonlyMap<string, ByteCounters> | null
  readonly cpuTempC: number | null
  readonly uptimeS: number | null
}

/** Ticks of all threads together since the machine started. */
export interface CpuCounters {
  readonly busy: number
  readonly idle: number
  /** Idle, too; the one counter that the kernel lets step back. */
  readonly waiting: number
}

export interface NetCounters {
  readonly receivedBytes: number
  readonly sentBytes: number
}

export interface ByteCounters {
  readonly readBytes: number
  readonly writtenBytes: number
}

/** What the disks hold: looked up more seldom than the rest. Null: not known. */
export interface Storage {
  /** The one that holds the state folder. */
  readonly disk: DiskReading | null
  /** All of them, that one among them. */
  readonly mounts: readonly DiskReading[] | null
}

export const NO_STORAGE: Storage = { disk: null, mounts: null }

export interface SampleFacts {
  readonly node: NodeName
  readonly atMs: number
  readonly roundTripMs: number | null
  readonly storage: Storage
}

/** The sample that two readings add up to. What needs the reading before is null without one. */
export function sampleOf(now: MachineReading, before: MachineReading | null, facts: SampleFacts): Sample {
  return {
    node: facts.node,
    atMs: facts.atMs,
    cpuPct: now.cpuPct ?? busyPct(now.cpu, before?.cpu ?? null),
    cpuThreads: now.cpuThreads,
    memUsedMiB: usedOf(now.memTotalMiB, now.memAvailableMiB),
    memTotalMiB: now.memTotalMiB,
    swapUsedMiB: now.swapUsedMiB,
    swapTotalMiB: now.swapTotalMiB,
    load1: now.load?.[0] ?? null,
    load5: now.load?.[1] ?? null,
    load15: now.load?.[2] ?? null,
    disk: facts.storage.disk,
    mounts: facts.storage.mounts === null ? null : [...facts.storage.mounts],
    diskReadBytesPerS: ratePerS(now, before, disksOf, counters => counters.readBytes),
    diskWrittenBytesPerS: ratePerS(now, before, disksOf, counters => counters.writtenBytes),
    cpuTempC: now.cpuTempC,
    netReceivedBytesPerS: ratePerS(now, before, interfacesOf, counters => counters.receivedBytes),
    netSentBytesPerS: ratePerS(now, before, interfacesOf, counters => counters.sentBytes),
    uptimeS: now.uptimeS,
    roundTripMs: facts.roundTripMs,
  }
}

const disksOf = (reading: MachineReading) => reading.disks
const interfacesOf = (reading: MachineReading) => reading.interfaces

function usedOf(totalMiB: number | null, availableMiB: number | null): number | null {
  if (totalMiB === null || availableMiB === null || availableMiB > totalMiB) return null
  return totalMiB - availableMiB
}

function busyPct(now: CpuCounters | null, before: CpuCounters | null): number | null {
  if (now === null || before === null) return null
  const busy = now.busy - before.busy
  const idle = now.idle - before.idle
  // proc_stat(5): iowait "may decrease in certain conditions"; a step back of it alone says nothing else is wrong.
  const waiting = Math.max(0, now.waiting - before.waiting)
  const all = busy + idle + waiting
  if (busy < 0 || idle < 0 || all === 0) return null
  return (busy / all) * 100
}

/** Of the interfaces, or the disks, that both readings have, so that one that comes or goes is no jump. */
function ratePerS<Counters>(
  now: MachineReading,
  before: MachineReading | null,
  mapOf: (reading: MachineReading) => ReadonlyMap<string, Counters> | null,
  counterOf: (counters: Counters) => number,
): number | null {
  if (before === null) return null
  const [countersNow, countersBefore] = [mapOf(now), mapOf(before)]
  if (countersNow === null || countersBefore === null) return null
  if (now.takenAtS === null || before.takenAtS === null || now.takenAtS <= before.takenAtS) return null
  let bytes = 0
  let compared = 0
  for (const [name, counters] of countersNow) {
    const earlier = countersBefore.get(name)
    if (earlier === undefined) continue
    const delta = counterOf(counters) - counterOf(earlier)
    if (delta < 0) return null
    bytes += delta
    compared++
  }
  return compared === 0 ? null : bytes / (now.takenAtS - before.takenAtS)
}

/** Sensors that are broken, or not wired, say −273, −128, 255 and the like. */
const COLDEST_C = -40
const WARMEST_C = 130

/** The warmest of several sensors of CPUs, in °C; null without one that can be believed. */
export function warmest(degreesC: readonly number[]): number | null {
  const believed = degreesC.filter(degrees => degrees > COLDEST_C && degrees < WARMEST_C && degrees !== 0)
  return believed.length === 0 ? null : Math.max(...believed)
}
