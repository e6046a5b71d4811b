import type { NodeName } from '../../contract/ids'
import type { GpuReading, GpuSample } from '../../contract/samples'
import type { GpuFailure, GpuRow } from './nvidiaSmi'

interface Facts {
  readonly node: NodeName
  readonly atMs: number
}

export function okReading(facts: Facts, rows: readonly GpuRow[]): GpuReading {
  return {
    ...facts,
    state: 'ok',
    vendor: 'nvidia',
    gpus: rows.map(row => row.gpu),
    holders: null,
    driver: driverOf(rows),
    compute: null,
    message: null,
    hint: null,
  }
}

/** The GPUs that were known stay, with what cannot have changed; of the rest nothing is known any more. */
export function hungReading(facts: Facts, known: readonly GpuRow[], message: string): GpuReading {
  return {
    ...facts,
    state: 'hung',
    vendor: 'nvidia',
    gpus: known.map(row => withoutReadings(row.gpu)),
    holders: null,
    driver: driverOf(known),
    compute: null,
    message,
    hint: 'A process that hangs in the driver cannot be killed: reboot the machine. Training on it may hang, too.',
  }
}

export function failedReading(facts: Facts, failure: GpuFailure): GpuReading {
  return { ...facts, ...failure, vendor: null, gpus: [], holders: null, driver: null, compute: null }
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
