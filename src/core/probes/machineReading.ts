import type { NodeName } from '../../contract/ids'
import type { DiskReading, Sample } from '../../contract/samples'

/** What a machine's counters and levels stand at, before any of it is compared with the reading before. */
export interface MachineReading {
  /** Seconds on a clock of that machine that never steps back: what the rates are counted by. */
  readonly takenAtS: number | null
  readonly cpu: CpuCounters | null
  readonly cpuThreads: number | null
  readonly memTotalMiB: number | null
  readonly memAvailableMiB: number | null
  readonly swapTotalMiB: number | null
  readonly swapUsedMiB: number | null
  readonly load: readonly [number, number, number] | null
  readonly interfaces: ReadonlyMap<string, NetCounters> | null
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

export interface SampleFacts {
  readonly node: NodeName
  readonly atMs: number
  readonly roundTripMs: number | null
  readonly disk: DiskReading | null
}

/** The sample that two readings add up to. What needs the reading before is null without one. */
export function sampleOf(now: MachineReading, before: MachineReading | null, facts: SampleFacts): Sample {
  return {
    node: facts.node,
    atMs: facts.atMs,
    cpuPct: busyPct(now.cpu, before?.cpu ?? null),
    cpuThreads: now.cpuThreads,
    memUsedMiB: usedOf(now.memTotalMiB, now.memAvailableMiB),
    memTotalMiB: now.memTotalMiB,
    swapUsedMiB: now.swapUsedMiB,
    swapTotalMiB: now.swapTotalMiB,
    load1: now.load?.[0] ?? null,
    load5: now.load?.[1] ?? null,
    load15: now.load?.[2] ?? null,
    disk: facts.disk,
    mounts: facts.disk === null ? null : [facts.disk],
    diskReadBytesPerS: null,
    diskWrittenBytesPerS: null,
    cpuTempC: null,
    netReceivedBytesPerS: ratePerS(now, before, counters => counters.receivedBytes),
    netSentBytesPerS: ratePerS(now, before, counters => counters.sentBytes),
    uptimeS: now.uptimeS,
    roundTripMs: facts.roundTripMs,
  }
}

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

/** Of the interfaces that both readings have, so that one that comes or goes is no jump. */
function ratePerS(
  now: MachineReading,
  before: MachineReading | null,
  counterOf: (counters: NetCounters) => number,
): number | null {
  if (now.interfaces === null || !before?.interfaces) return null
  if (now.takenAtS === null || before.takenAtS === null || now.takenAtS <= before.takenAtS) return null
  let bytes = 0
  let compared = 0
  for (const [name, counters] of now.interfaces) {
    const earlier = before.interfaces.get(name)
    if (earlier === undefined) continue
    const delta = counterOf(counters) - counterOf(earlier)
    if (delta < 0) return null
    bytes += delta
    compared++
  }
  return compared === 0 ? null : bytes / (now.takenAtS - before.takenAtS)
}
