import type { Inventory } from '../../contract/nodes'
import type { GpuReading } from '../../contract/samples'
import type { NodeConfig } from '../config/fleetSchema'

/** The kernel and the firmware keep a part of the memory that is bought: that much may be missing, or on top. */
const MEM_TOLERANCE = 0.07
/** Words that make another card of the same number: an RTX 3070 Ti is no RTX 3070. */
const VARIANTS = /^(ti|super|xt|xtx)$/

/**
 * What of a node is not as `expect` in fleet.yaml says: one clause each, with the planned and the actual value. What is
 * not reported (yet) is not held against it.
 */
export function unlikePlanned(
  expected: NodeConfig['expect'],
  inventory: Inventory,
  gpus: GpuReading | null,
): readonly string[] {
  const clauses: string[] = []
  const { cpuThreads, memTotalMiB } = inventory
  const planned = expected ?? {}
  if (planned.cpuThreads !== undefined && cpuThreads !== null && cpuThreads !== planned.cpuThreads) {
    clauses.push(`${cpuThreads} threads instead of ${planned.cpuThreads}`)
  }
  if (planned.memGiB !== undefined && memTotalMiB !== null) {
    const memGiB = memTotalMiB / 1024
    if (Math.abs(memGiB - planned.memGiB) > planned.memGiB * MEM_TOLERANCE) {
      clauses.push(`${memGiB.toFixed(1)} GiB of RAM instead of ${planned.memGiB} GiB`)
    }
  }
  if (planned.gpus !== undefined && gpus !== null) clauses.push(...unlikePlannedGpus(planned.gpus, gpus))
  return clauses
}

function unlikePlannedGpus(planned: readonly string[], reading: GpuReading): readonly string[] {
  // A driver that fails says so itself; what is behind it is not known.
  if (reading.state !== 'ok' && reading.state !== 'none') return []
  const left = reading.gpus.map(gpu => gpu.name)
  const missing = planned.filter(name => {
    const index = left.findIndex(actual => actual !== null && isCard(name, actual))
    if (index >= 0) left.splice(index, 1)
    // A card that does not tell its name may be the planned one.
    return index < 0 && !left.includes(null)
  })
  const others = left.filter(name => name !== null)
  if (missing.length === 0)
    return others.length === 0 ? [] : [`${others.join(', ')} besides the planned GPUs`]
  return [
    others.length === 0
      ? `no ${missing.join(', no ')}`
      : `${others.join(', ')} instead of ${missing.join(', ')}`,
  ]
}

/** Whether `NVIDIA GeForce RTX 3070` is what a person calls `RTX 3070`. */
function isCard(planned: string, actual: string): boolean {
  const wanted = wordsOf(planned)
  const words = wordsOf(actual)
  return words.some((_, start) => {
    const next = words[start + wanted.length]
    if (next !== undefined && VARIANTS.test(next)) return false
    return wanted.every((word, offset) => words[start + offset] === word)
  })
}

function wordsOf(name: string): readonly string[] {
  return name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '')
}
