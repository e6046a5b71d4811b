import type { DiskDevice, Inventory } from '../../contract/nodes'
import { AppError } from '../kernel/appError'
import { clockSkewMs, type RoundTrip } from './clockSkew'
import type { NodeFacts } from './nodeShell'

/**
 * Reads what `drydock_facts` printed.
 *
 * Shape: one `name value` a line; the value may hold spaces. Names that are not known are skipped. `disk` comes once
 * a disk: name, sectors of 512 bytes, whether it rotates, model; `-` is not told.
 * Units: memory comes in KiB (from macOS in bytes, its swap in M) and leaves in MiB.
 * Absent: an empty value, and a count of 0, are null in the inventory (a CPU without `model name`, no /proc). Swap of
 * 0 is told as 0: there is none. Whether a disk of a hypervisor (`vd…`, `xvd…`) rotates is its guess, so only `ssd` is
 * believed. The disks of macOS are not read. `trip` is when the question was sent and answered; without it the skew of
 * the clock is null.
 * Errors: `refused` without home, state folder or boot id: without them no process can be told from another.
 * Source: `nodeSide/facts.sh`.
 */
export function parseFacts(
  text: string,
  trip: RoundTrip | null = null,
): { readonly facts: NodeFacts; readonly inventory: Inventory } {
  const values = new Map<string, string>()
  const disks: DiskDevice[] = []
  for (const line of text.split('\n')) {
    const [, name, value] = /^(\w+) (.*)$/.exec(line) ?? []
    if (name === undefined || value === undefined || value === '') continue
    if (name === 'disk') disks.push(parseDisk(value))
    else values.set(name, value)
  }
  const needed = (name: string): string => {
    const value = values.get(name)
    if (value !== undefined) return value
    throw new AppError('refused', `The node does not report its ${name}.`, {
      hint: 'Drydock needs Linux with /proc, or macOS, on its nodes.',
    })
  }
  const wordsOf = (name: string): string | null => values.get(name)?.trim() ?? null
  const facts = { home: needed('home'), stateDir: needed('stateDir'), bootId: needed('bootId') }
  return {
    facts,
    inventory: {
      os: unquoted(values.get('os')),
      kernel: wordsOf('kernel'),
      arch: wordsOf('arch'),
      cpuModel: wordsOf('cpuModel'),
      cpuThreads: countOf(values.get('cpuThreads')),
      memTotalMiB: mibOf(values.get('MemTotalKiB'), 1024) ?? mibOf(values.get('memTotalBytes'), 1024 * 1024),
      swapTotalMiB: swapOf(values.get('SwapTotalKiB')) ?? macSwapOf(values.get('macSwap')),
      disks,
      python: /^Python (\d\S*)/.exec(values.get('python') ?? '')?.[1] ?? null,
      virtualization: wordsOf('virtualization'),
      machineId: wordsOf('machineId')?.toLowerCase() ?? null,
      clockSkewMs: clockSkewMs(values.get('clockFirst'), values.get('clockLast'), trip),
      bootId: facts.bootId,
    },
  }
}

const SECTORS_PER_GIB = 2 ** 30 / 512

function parseDisk(value: string): DiskDevice {
  const [device = '', sectors = '-', rotational = '-', ...model] = value.split(' ')
  const isVirtual = /^x?vd/.test(device)
  const name = model.join(' ').trim()
  return {
    device,
    model: name === '' || name === '-' ? null : name,
    sizeGiB: /^\d+$/.test(sectors) ? Math.round((Number(sectors) / SECTORS_PER_GIB) * 10) / 10 : null,
    kind: rotational === '0' ? 'ssd' : rotational === '1' && !isVirtual ? 'hdd' : null,
  }
}

function countOf(value: string | undefined): number | null {
  const count = Number.parseInt(value ?? '', 10)
  return count > 0 ? count : null
}

function mibOf(value: string | undefined, unitsPerMiB: number): number | null {
  const count = countOf(value)
  return count === null ? null : Math.round(count / unitsPerMiB)
}

function swapOf(kib: string | undefined): number | null {
  return kib !== undefined && /^\d+$/.test(kib) ? Math.round(Number(kib) / 1024) : null
}

/** `total = 2048.00M  used = 1029.75M  free = 1018.25M  (encrypted)` */
function macSwapOf(usage: string | undefined): number | null {
  const total = /total = (\d+(?:\.\d+)?)M/.exec(usage ?? '')?.[1]
  return total === undefined ? null : Math.round(Number(total))
}

/** os-release values are shell words: quoted or bare. */
function unquoted(value: string | undefined): string | null {
  if (value === undefined) return null
  return value.replace(/^(["'])(.*)\1$/, '$2').replaceAll(/\\([$"\\`])/g, '$1') || null
}
