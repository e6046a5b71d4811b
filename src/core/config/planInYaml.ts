import { isSeq, parseDocument } from 'yaml'
import type { RemovedPlan } from '../../contract/plans'
import { AppError } from '../kernel/appError'
import { checkPlan } from './checkDraft'
import type { Fleet } from './fleetSchema'
import { isItemLines } from './planLines'
import type { PlanConfig } from './planSchema'

/**
 * What the lines of a removed plan say, held against the fleet as it is by now.
 * Errors: `refused` when another plan has got its name, when a node of it is gone, and for lines that are no plan.
 */
export function planInYaml(fleet: Fleet, { name, yaml }: RemovedPlan): PlanConfig {
  if (fleet.plans.some(plan => plan.name === name)) {
    throw new AppError('refused', `There is a plan called ${name} again.`, {
      hint: 'Rename or remove that one first.',
    })
  }
  const [written, ...others] = itemsIn(yaml)
  const { plan, findings } = checkPlan(fleet, written)
  const [wrong] = findings
  if (wrong !== undefined) {
    const { message, fix } = wrong
    throw new AppError('refused', `${name} cannot be put back as it was. ${message}`, { hint: fix })
  }
  if (plan?.name === name && others.length === 0) return plan
  throw notWhatWasRemoved(name)
}

function itemsIn(yaml: string): readonly unknown[] {
  const doc = parseDocument(isItemLines(yaml) ? yaml : `[${yaml}\n]`, {
    prettyErrors: false,
    logLevel: 'error',
  })
  if (doc.errors.length > 0 || !isSeq(doc.contents)) return []
  try {
    return doc.toJS({ maxAliasCount: 100 }) as readonly unknown[]
  } catch {
    return [] // an alias of something that stands elsewhere in the file
  }
}

function notWhatWasRemoved(name: string): AppError {
  return new AppError('refused', `These are not the lines of ${name}.`, {
    hint: 'Write the plan into fleet.yaml by hand.',
  })
}
