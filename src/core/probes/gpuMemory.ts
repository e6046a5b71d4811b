import type { GpuReading } from '../../contract/samples'
import type { AmdAbout } from './amdSmi'
import { FIRST_PLAN, type GpuPlan } from './gpuPlan'
import type { HolderRow, GpuRow } from './nvidiaSmi'

/** What must be remembered of a node's GPUs from one channel to the next, for as long as the node has not rebooted. */
export interface GpuMemory {
  readonly bootId: string
  /** A tool of ours that hung. It may outlive its channel, and no other is started while it lives. */
  hung: { readonly pid: string; readonly start: string } | null
  /** The newest rows: what greys when no more come. */
  known: readonly GpuRow[]
  state: GpuReading['state'] | null
  /** How many times in a row somebody's tool was found asleep in the driver. */
  timesFoundStuck: number
  /** How this nvidia-smi wants to be asked, as far as it is known by now. */
  plan: GpuPlan
  /** Null: the driver does not tell; undefined: not asked yet. */
  compute: string | null | undefined
  /** Who held VRAM when it was last asked; null when the driver does not tell. */
  holders: readonly HolderRow[] | null
  /** On the monotonic clock. */
  holdersDueMs: number
  amd: AmdAbout | null
}

export function createGpuMemory(bootId: string): GpuMemory {
  return {
    bootId,
    hung: null,
    known: [],
    state: null,
    timesFoundStuck: 0,
    plan: FIRST_PLAN,
    compute: undefined,
    holders: null,
    holdersDueMs: 0,
    amd: null,
  }
}
