import type { Expectation, Inventory } from '../../contract/nodes'
import type { GpuReading } from '../../contract/samples'
import { gibTotal, plural } from '../format'

/** One thing that was planned for a node, held against what it has. */
export interface PlannedThing {
  readonly name: string
  /** null: nothing was planned. */
  readonly planned: string | null
  /** null: not reported. */
  readonly actual: string | null
  readonly verdict: 'as planned' | 'differs' | 'not reported' | 'not planned'
}

/** A machine reports less memory than is built in: firmware and kernel keep some of it. */
const MEMORY_TOLERANCE = 0.1

/** Absent: what was not planned is told without a verdict, what is not reported has none either. */
export function plannedThings(
  expected: Expectation,
  inventory: Inventory | null,
  gpu: GpuReading | undefined,
): readonly PlannedThing[] {
  const { cpuThreads, memGiB } = expected
  const threads = inventory?.cpuThreads ?? null
  const memMiB = inventory?.memTotalMiB ?? null
  const isMemory =
    memGiB !== null && memMiB !== null && Math.abs(memMiB / 1024 - memGiB) <= memGiB * MEMORY_TOLERANCE
  return [
    thing('CPU', words(cpuThreads, threadWords), words(threads, threadWords), threads === cpuThreads),
    thing(
      'RAM',
      words(memGiB, gib => gibTotal(gib * 1024)),
      words(memMiB, gibTotal),
      isMemory,
    ),
    gpuThing(expected.gpus, gpu),
  ]
}

const threadWords = (threads: number): string => plural(threads, 'thread')
const words = <T>(value: T | null, say: (value: T) => string): string | null =>
  value === null ? null : say(value)

function thing(name: string, planned: string | null, actual: string | null, isSame: boolean): PlannedThing {
  if (planned === null) return { name, planned, actual, verdict: 'not planned' }
  if (actual === null) return { name, planned, actual, verdict: 'not reported' }
  return { name, planned, actual, verdict: isSame ? 'as planned' : 'differs' }
}

function gpuThing(planned: readonly string[] | null, gpu: GpuReading | undefined): PlannedThing {
  const isKnown = gpu !== undefined && (gpu.state === 'ok' || gpu.state === 'none' || gpu.state === 'lost')
  const found = (gpu?.gpus ?? []).map(({ name }) => name ?? 'unknown model')
  const left = [...found]
  for (const wanted of planned ?? []) {
    const at = left.findIndex(name => name.toLowerCase().includes(wanted.toLowerCase()))
    if (at >= 0) left.splice(at, 1)
  }
  const isSame = planned !== null && left.length === 0 && found.length === planned.length
  const actual = found.length > 0 ? found.map(shortName).join(', ') : isKnown ? 'none' : null
  return thing(
    'GPUs',
    words(planned, names => names.join(', ') || 'none'),
    actual,
    isSame,
  )
}

const shortName = (name: string): string => name.replace(/^(NVIDIA )?(GeForce )?/, '')
