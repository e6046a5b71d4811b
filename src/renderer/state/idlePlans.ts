import type { PlanName } from '../../contract/ids'
import type { PlanActions } from '../plans/planActions'

/** For tests and pictures: an engine that takes every change of a plan, and never ends a reading or a check. */
export function createIdlePlans(): PlanActions {
  const nothing = async (): Promise<void> => {}
  const never = <T>(): Promise<T> => new Promise(() => {})
  return {
    readPlan: never,
    checkPlan: never,
    savePlan: nothing,
    duplicatePlan: async plan => `${plan}-copy` as PlanName,
    removePlan: async name => ({ name, index: 0, yaml: '' }),
    restorePlan: nothing,
    setSecret: nothing,
    removeSecret: nothing,
  }
}
