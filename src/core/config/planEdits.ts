import type { PlanName } from '../../contract/ids'
import type { PlanDraft, RemovedPlan } from '../../contract/plans'
import { AppError } from '../kernel/appError'

/** Changes of `plans:` in `fleet.yaml`; comments and order of all else survive. */
export function createPlanEdits() {
  return {
    read: async (_plan: PlanName): Promise<PlanDraft> => notBuilt(),
    save: async (_draft: PlanDraft, _replaces: PlanName | null): Promise<void> => notBuilt(),
    duplicate: async (_plan: PlanName): Promise<PlanName> => notBuilt(),
    remove: async (_plan: PlanName): Promise<RemovedPlan> => notBuilt(),
    restore: async (_removed: RemovedPlan): Promise<void> => notBuilt(),
  }
}

function notBuilt(): never {
  throw new AppError('refused', 'Not built yet.')
}
