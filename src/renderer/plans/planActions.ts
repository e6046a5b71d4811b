import type { PlanName } from '../../contract/ids'
import type { PlanDraft, PlanPreview, RemovedPlan } from '../../contract/plans'
import type { EngineClient } from '../client'

/**
 * How plans change, as views ask for it. A promise that rejects carries a sentence for the trader and `data.hint`.
 * Values of secrets pass through: nothing here keeps them.
 */
export interface PlanActions {
  readonly readPlan: (plan: PlanName) => Promise<PlanDraft>
  /** `replaces`: the plan that is being edited; null for a new one. */
  readonly checkPlan: (draft: PlanDraft, replaces: PlanName | null) => Promise<PlanPreview>
  readonly savePlan: (draft: PlanDraft, replaces: PlanName | null) => Promise<void>
  /** Answers the copy's name. */
  readonly duplicatePlan: (plan: PlanName) => Promise<PlanName>
  readonly removePlan: (plan: PlanName) => Promise<RemovedPlan>
  readonly restorePlan: (removed: RemovedPlan) => Promise<void>
  readonly setSecret: (name: string, value: string) => Promise<void>
  readonly removeSecret: (name: string) => Promise<void>
}

/** The same, asked of the engine. `engine` throws while there is none. */
export function createPlanActions(engine: () => EngineClient): PlanActions {
  return {
    readPlan: async plan => engine().plans.read({ plan }),
    checkPlan: async (draft, replaces) => engine().plans.check({ draft, replaces }),
    savePlan: async (draft, replaces) => engine().plans.save({ draft, replaces }),
    duplicatePlan: async plan => engine().plans.duplicate({ plan }),
    removePlan: async plan => engine().plans.remove({ plan }),
    restorePlan: async removed => engine().plans.restore(removed),
    setSecret: async (name, value) => engine().secrets.set({ name, value }),
    removeSecret: async name => engine().secrets.remove({ name }),
  }
}
