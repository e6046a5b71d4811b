import type { NodeName } from '../../contract/ids'
import type { DiskReading, GpuReading, Sample } from '../../contract/samples'
import type { FleetNode } from '../nodes/fleetNodes'
import type { What } from './planNeeds'

export interface Measured {
  readonly samples: readonly Sample[]
  readonly gpus: readonly GpuReading[]
}

export type Free = Readonly<Record<What, number | null>>

const UNKNOWN: Free = { cpu: null, gpu: null, memGiB: null, diskGiB: null }

/**
 * What a node has free by its newest readings; null for what is not known, all of it while the node is not online.
 *
 * cpu: its threads times the share of them that was idle in the last second. It is a look, not a booking: a run that
 *   rests at this moment counts as free.
 * gpu: cards on which no process holds VRAM; null when the driver does not tell who holds some.
 * diskGiB: free on the disk that holds the folder, and with several folders on the fullest of their disks. A sample's
 *   folder (`sample:…`) is below the state folder.
 * All are rounded down to a tenth, so that what is shown is what was compared.
 */
export function freeNow(
  name: NodeName,
  online: FleetNode['online'],
  { samples, gpus }: Measured,
  folders: readonly string[],
): Free {
  if (online === null) return UNKNOWN
  const sample = samples.find(one => one.node === name)
  const gpu = gpuFree(gpus.find(one => one.node === name))
  if (sample === undefined) return { ...UNKNOWN, gpu }
  return {
    cpu: tenths(cpuFree(sample, online.inventory.cpuThreads)),
    gpu,
    memGiB: tenths(memFreeGiB(sample)),
    diskGiB: tenths(diskFreeGiB(sample, folders)),
  }
}

function cpuFree({ cpuPct, cpuThreads }: Sample, inventoried: number | null): number | null {
  const threads = cpuThreads ?? inventoried
  return cpuPct === null || threads === null ? null : threads * (1 - cpuPct / 100)
}

function gpuFree(reading: GpuReading | undefined): number | null {
  if (reading?.state === 'none') return 0
  // A card that is lost takes the word of the driver about the others along.
  if (reading?.state !== 'ok' || reading.holders === null) return null
  const held = new Set(reading.holders.map(holder => holder.gpuUuid))
  return reading.gpus.filter(gpu => gpu.uuid === null || !held.has(gpu.uuid)).length
}

function memFreeGiB({ memTotalMiB, memUsedMiB }: Sample): number | null {
  return memTotalMiB === null || memUsedMiB === null ? null : (memTotalMiB - memUsedMiB) / 1024
}

function diskFreeGiB(sample: Sample, folders: readonly string[]): number | null {
  const disks = folders.map(folder => diskOf(sample, folder))
  const free = disks.map(disk => (disk === null ? null : disk.freeMiB / 1024))
  return free.reduce(
    (least, each) => (least === null || each === null ? null : Math.min(least, each)),
    Infinity,
  )
}

/** The disk that is mounted nearest above the folder. */
function diskOf({ disk, mounts }: Sample, folder: string): DiskReading | null {
  if (folder.startsWith('sample:')) return disk
  const above = (mounts ?? []).filter(({ mount }) => isInside(folder, mount))
  return above.toSorted((a, b) => b.mount.length - a.mount.length)[0] ?? null
}

function isInside(folder: string, mount: string): boolean {
  return mount === '/' ? folder.startsWith('/') : folder === mount || folder.startsWith(`${mount}/`)
}

/** Nothing to look at is not known either. */
function tenths(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.floor(Math.max(0, value) * 10) / 10
}
