import type { PlanName } from '../../contract/ids'
import type { PlanDraft, PlanPreview } from '../../contract/plans'
import { AppError } from '../kernel/appError'

/** What is wrong with a draft, and what it would start where. */
export function createPlanPreview() {
  return {
    check: async (_draft: PlanDraft, _replaces: PlanName | null): Promise<PlanPreview> => {
      throw new AppError('refused', 'Not built yet.')
    },
  }
}
