import { readdir, readFile, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DiskReading } from '../../contract/samples'
import { BYTES_PER_SECTOR } from './linuxProbe'
import { warmest, type ByteCounters, type Storage } from './machineReading'

const BYTES_PER_MIB = 1024 * 1024
/** A hundred snapshots of one pool are no hundred disks; and every one takes a call. */
const MAX_MOUNTS = 64

/**
 * What the disk of `folder` holds, and every other disk that is local and mounted; on Linux alone the others are found
 * here. Errors: those of the folder's own disk; another one that cannot be asked is left out.
 */
export async function storageOf(folder: string, mountTable: string | null): Promise<Storage> {
  const { disk, device } = await diskAt(folder)
  const mounts = [disk]
  const devices = new Set([device])
  for (const mount of mountTable === null ? [] : parseMounts(mountTable, disk.mount)) {
    const other = await diskAt(mount).catch(() => null)
    if (other === null || other.disk.totalMiB === 0 || devices.has(other.device)) continue
    devices.add(other.device)
    mounts.push(other.disk)
  }
  return { disk, mounts }
}

/** The disk that holds `folder`, or will hold it once it is made: of its nearest parent that is there. */
async function diskAt(folder: string): Promise<{ readonly disk: DiskReading; readonly device: number }> {
  const { device, path } = await nearest(folder)
  const { bsize, blocks, bfree, bavail } = await statfs(path)
  const mib = (count: number): number => (count * bsize) / BYTES_PER_MIB
  const disk = {
    mount: await mountOf(path, device),
    usedMiB: mib(blocks - bfree),
    totalMiB: mib(blocks),
    freeMiB: mib(bavail),
  }
  return { disk, device }
}

async function nearest(folder: string): Promise<{ readonly device: number; readonly path: string }> {
  try {
    return { device: (await stat(folder)).dev, path: folder }
  } catch (error) {
    const parent = dirname(folder)
    if (parent === folder) throw error
    return nearest(parent)
  }
}

/** The topmost folder on the same device is where that device is mounted. */
async function mountOf(path: string, device: number): Promise<string> {
  const parent = dirname(path)
  if (parent === path || (await stat(parent)).dev !== device) return path
  return mountOf(parent, device)
}

const IMAGES = new Set(['squashfs', 'iso9660', 'udf', 'erofs', 'cramfs'])
const POOLS = new Set(['zfs', 'bcachefs'])

/**
 * Where local disks are mounted, each disk once, by the rules of `linuxProbe.sh`; without the disk at `own`, which is
 * known already.
 *
 * Shape:  lines of source, mount point, type and more; a blank in a name is written `\040`.
 * Units:  none.
 * Absent: what another machine serves, what is no disk, images (snaps), and second mounts of a disk are left out.
 * Errors: none: a line that cannot be read is left out.
 * Source: proc_pid_mounts(5), fstab(5).
 */
export function parseMounts(table: string, own: string): readonly string[] {
  const rows = table.split('\n').map(line => {
    const [source = '', mount = '', type = ''] = line.split(' ')
    const at = mount.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(parseInt(octal, 8)),
    )
    return { disk: IMAGES.has(type) ? null : diskBehind(source, type), at }
  })
  const seen = new Set(rows.filter(({ at }) => at === own).map(({ disk }) => disk))
  const mounts: string[] = []
  for (const { disk, at } of rows) {
    if (disk === null || seen.has(disk) || at.includes('\n')) continue
    seen.add(disk)
    mounts.push(at)
  }
  return mounts.slice(0, MAX_MOUNTS)
}

/** Null for what is no local disk. */
function diskBehind(source: string, type: string): string | null {
  if (source.startsWith('/dev/')) return source.startsWith('/dev/loop') ? null : source
  // The file systems of one pool share its room.
  return POOLS.has(type) ? (source.split('/')[0] ?? source) : null
}

/** What stands for other disks: its bytes are counted there. */
const STACKED = /^(loop|ram|zram|dm-|md|sr|fd|nbd|drbd|bcache|zd)/

/** Bytes read and written of every whole disk of this PC, as Linux counts them; null when it shows none. */
export async function readDiskCounters(
  root = '/sys/block',
): Promise<ReadonlyMap<string, ByteCounters> | null> {
  const names = (await readdir(root).catch(() => [])).filter(name => !STACKED.test(name))
  const counters = new Map<string, ByteCounters>()
  for (const name of names) {
    const text = await readFile(`${root}/${name}/stat`, 'utf8').catch(() => '')
    const [, , read, , , , written] = text.trim().split(/ +/)
    if (!/^\d{1,20}$/.test(read ?? '') || !/^\d{1,20}$/.test(written ?? '')) continue
    counters.set(name, {
      readBytes: Number(read) * BYTES_PER_SECTOR,
      writtenBytes: Number(written) * BYTES_PER_SECTOR,
    })
  }
  return counters.size === 0 ? null : counters
}

const CHIPS = /^(coretemp|k10temp|zenpower|k8temp|via_cputemp|cpu_thermal|cpu-thermal|soc_thermal)$/
const ZONES = /^(x86_pkg_temp|cpu.*|soc-thermal|soc_thermal|bcm2835_thermal)$/

/** The files with the temperatures of this PC's CPUs, chosen as `linuxProbe.sh` chooses them. */
export async function findSensors(root = '/sys/class'): Promise<readonly string[]> {
  const chips = await named(`${root}/hwmon`, 'name', CHIPS)
  const inputs = (await Promise.all(chips.map(chipInput))).filter(input => input !== null)
  if (inputs.length > 0) return inputs
  return (await named(`${root}/thermal`, 'type', ZONES)).map(zone => `${zone}/temp`)
}

/** In thousandths of a degree there; °C here, of the warmest. */
export async function readSensors(files: readonly string[]): Promise<number | null> {
  const texts = await Promise.all(files.map(file => readFile(file, 'utf8').catch(() => '')))
  return warmest(texts.filter(text => /^-?\d{1,9}\s*$/.test(text)).map(text => Number(text) / 1_000))
}

async function named(folder: string, file: string, wanted: RegExp): Promise<readonly string[]> {
  const entries = sorted(await readdir(folder).catch(() => [])).map(name => `${folder}/${name}`)
  const names = await Promise.all(entries.map(path => readFile(`${path}/${file}`, 'utf8').catch(() => '')))
  return entries.filter((_, at) => wanted.test(names[at]?.trim() ?? ''))
}

/** Of the whole CPU, by its label, else the first: Tctl of some Ryzen stands 20 degrees above the real Tdie. */
async function chipInput(chip: string): Promise<string | null> {
  const inputs = sorted(await readdir(chip)).filter(name => /^temp\d+_input$/.test(name))
  for (const input of inputs) {
    const label = await readFile(`${chip}/${input.replace('_input', '_label')}`, 'utf8').catch(() => '')
    if (/^(Package id|Tdie)/.test(label)) return `${chip}/${input}`
  }
  return inputs[0] === undefined ? null : `${chip}/${inputs[0]}`
}

/** As a shell lists them. */
const sorted = (names: readonly string[]): readonly string[] => names.toSorted((a, b) => (a < b ? -1 : 1))
