import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { GpuHolder, GpuReading, GpuSample } from '../../contract/samples'
import type { GpuFailure } from './gpuFailures'
import type { GpuMemory } from './gpuMemory'
import type { GpuRow, HolderRow } from './nvidiaSmi'

export interface GpuFacts {
  readonly node: NodeName
  readonly atMs: number
  readonly vendor: 'nvidia' | 'amd'
  readonly compute: string | null
}

/** The run that a process of a node belongs to, and its worker where that can be told. */
interface ProcessOwner {
  readonly run: RunId
  readonly worker: WorkerId | null
}

export type OwnerOf = (node: NodeName, pid: number) => ProcessOwner | null

/** The cards that speak; `lost` says that one does not. It stays on the list, with what cannot have changed. */
export function okReading(
  facts: GpuFacts,
  rows: readonly GpuRow[],
  holders: readonly GpuHolder[] | null,
  lost: GpuFailure | null,
): GpuReading {
  return {
    ...facts,
    state: 'ok',
    gpus: rows.map(row => row.gpu),
    holders: holders === null ? null : [...holders],
    driver: driverOf(rows),
    message: null,
    hint: null,
    ...lost,
  }
}

/** The GPUs that were known stay, with what cannot have changed; of the rest nothing is known any more. */
export function hungReading(facts: GpuFacts, known: readonly GpuRow[], message: string): GpuReading {
  return {
    ...facts,
    state: 'hung',
    gpus: known.map(row => withoutReadings(row.gpu)),
    holders: null,
    driver: driverOf(known),
    message,
    hint: 'A process that hangs in the driver cannot be killed: reboot the machine. Training on it may hang, too.',
  }
}

/** Of a machine whose cards are lost, those that were known stay on the list. */
export function failedReading(facts: GpuFacts, failure: GpuFailure, known: readonly GpuRow[]): GpuReading {
  const isKnown = failure.state === 'lost' && known.length > 0
  return {
    ...facts,
    ...failure,
    vendor: isKnown ? facts.vendor : null,
    gpus: isKnown ? known.map(row => withoutReadings(row.gpu)) : [],
    holders: null,
    driver: isKnown ? driverOf(known) : null,
    compute: isKnown ? facts.compute : null,
  }
}

/** The rows of now, and what is left of the cards that were known and have none: in the order of the cards. */
export function withLost(rows: readonly GpuRow[], known: readonly GpuRow[]): readonly GpuRow[] {
  const silent = known
    .filter(({ gpu }) => !rows.some(row => row.gpu.uuid === gpu.uuid))
    .map(row => ({ ...row, gpu: withoutReadings(row.gpu) }))
  return [...rows, ...silent].toSorted((a, b) => a.gpu.index - b.gpu.index)
}

export function holdersOf(
  rows: GpuMemory['holders'],
  node: NodeName,
  ownerOf: OwnerOf,
): readonly GpuHolder[] | null {
  return (
    rows?.map((row: HolderRow) => ({ ...row, run: null, worker: null, ...ownerOf(node, row.pid) })) ?? null
  )
}

/** One driver serves all GPUs of a machine. */
function driverOf(rows: readonly GpuRow[]): string | null {
  return rows.find(row => row.driver !== null)?.driver ?? null
}

function withoutReadings(gpu: GpuSample): GpuSample {
  return {
    ...gpu,
    utilPct: null,
    memUsedMiB: null,
    tempC: null,
    powerW: null,
    fanPct: null,
    clockMHz: null,
  }
}
