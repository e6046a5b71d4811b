import type { GpuRow } from './nvidiaSmi'

export interface GpuGroups {
  /** Takes a row; returns the cycles that are complete by it: the one before it, or its own. */
  push(row: GpuRow): readonly (readonly GpuRow[])[]
  /** Whether rows came that were not returned yet. */
  readonly isWaiting: boolean
  /** How many cycles have begun. */
  readonly cycles: number
  /** The cycle so far, because nothing more of it came for a while. */
  flush(): readonly (readonly GpuRow[])[]
}

/**
 * Puts the rows of a looping nvidia-smi together by cycle. The loop marks no cycle, but prints the GPUs in ascending
 * order: an index that does not increase begins the next one. How many rows a cycle has is learnt from the one
 * before, so that the last row need not wait for the next cycle. A row that comes late makes its cycle be returned
 * once more, whole.
 */
export function createGpuGroups(): GpuGroups {
  let cycle: GpuRow[] = []
  let returned = 0
  let expected: number | null = null
  let cycles = 0

  function take(): readonly (readonly GpuRow[])[] {
    if (returned === cycle.length) return []
    returned = cycle.length
    return [[...cycle]]
  }

  return {
    push(row) {
      const last = cycle.at(-1)
      let before: readonly (readonly GpuRow[])[] = []
      if (last !== undefined && row.gpu.index <= last.gpu.index) {
        before = take()
        expected = cycle.length
        cycle = []
        returned = 0
      }
      if (cycle.length === 0) cycles++
      cycle.push(row)
      return cycle.length === expected ? [...before, ...take()] : before
    },
    get isWaiting() {
      return returned < cycle.length
    },
    get cycles() {
      return cycles
    },
    flush: take,
  }
}
