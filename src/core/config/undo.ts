import type { RemovedPlan } from '../../contract/plans'
import type { PlanConfig } from './planSchema'

/** Removals that somebody may still take back. */
const KEPT = 8

interface Removal {
  readonly removed: RemovedPlan
  readonly plan: PlanConfig
  readonly before: string
  readonly after: string
}

/**
 * Remembers what the file was before a plan was removed: as long as nobody has changed it since, taking the removal
 * back gives every byte back, blank lines and comments that belong to nobody among them.
 */
export function createUndo() {
  let removals: readonly Removal[] = []
  return {
    note(removal: Removal): void {
      removals = [removal, ...removals].slice(0, KEPT)
    },
    /** null: the file is another one by now. */
    find({ name, index, yaml }: RemovedPlan, text: string): Removal | null {
      const isIt = ({ removed, after }: Removal): boolean =>
        after === text && removed.name === name && removed.index === index && removed.yaml === yaml
      return removals.find(isIt) ?? null
    },
  }
}
