import type { PlanName, RunId } from '../../contract/ids'
import type { DraftProblem, PlanDraft, RemovedPlan } from '../../contract/plans'
import { AppError } from '../kernel/appError'
import { checkDraft } from './checkDraft'
import type { Edit, EditFile } from './editFile'
import { editPlanText } from './editPlanText'
import type { Fleet } from './fleetSchema'
import { freeName } from './freeName'
import { draftOf, writtenPlan } from './planDraft'
import { addPlanText, copyPlanText, cutPlan, insertPlanText } from './planLines'
import type { PlanConfig } from './planSchema'
import { planInYaml } from './planInYaml'
import { createUndo } from './undo'

export interface PlanEditsDeps {
  readonly editFile: EditFile
  /** A run of this plan that has not ended; null when there is none. */
  readonly activeRunOf: (plan: PlanName) => RunId | null
}

/**
 * Changes of `plans:` in `fleet.yaml`. Comments, order, quotes and blank lines of what is not changed stay; each
 * change is on disk, and taken by the engine, when it returns.
 * Errors: `refused` with the reason and the fix; `not-found` for a plan that the file does not have.
 */
export function createPlanEdits({ editFile, activeRunOf }: PlanEditsDeps) {
  const file = editFile.name
  const undo = createUndo()

  function refuseWhileRunning(plan: PlanName, what: string): void {
    const run = activeRunOf(plan)
    if (run === null) return
    throw new AppError('refused', `The run ${run} of ${plan} has not ended, so ${plan} cannot be ${what}.`, {
      hint: 'Stop the run first, or wait until it has ended.',
    })
  }

  return {
    read: async (name: PlanName): Promise<PlanDraft> =>
      draftOf(planOf((await editFile.read()).fleet, name, file)),

    /** `replaces` another name than the draft's: the plan is renamed. null: it is a new one. */
    save: (draft: PlanDraft, replaces: PlanName | null): Promise<void> =>
      editFile.apply((text, fleet) => {
        const base = replaces === null ? null : planOf(fleet, replaces, file)
        const plan = checkedPlan(fleet, draft, replaces)
        if (base !== null && plan.name !== base.name) refuseWhileRunning(base.name, 'renamed')
        return saved(text, fleet, draft, plan, base)
      }),

    /** The copy's name, which is free, comes back; the copy stands behind its original. */
    async duplicate(name: PlanName): Promise<PlanName> {
      let copy = name
      await editFile.apply((text, fleet) => {
        const index = fleet.plans.indexOf(planOf(fleet, name, file))
        copy = freeName(name, each => fleet.plans.some(other => other.name === each))
        return duplicated(text, fleet, index, copy)
      })
      return copy
    },

    async remove(name: PlanName): Promise<RemovedPlan> {
      let removed: RemovedPlan = { name, index: 0, yaml: '' }
      await editFile.apply((text, fleet) => {
        const plan = planOf(fleet, name, file)
        refuseWhileRunning(name, 'removed')
        const index = fleet.plans.indexOf(plan)
        const { text: after, yaml } = cutPlan(text, index)
        removed = { name, index, yaml }
        undo.note({ removed, plan, before: text, after })
        return { text: after, fleet: { ...fleet, plans: fleet.plans.toSpliced(index, 1) } }
      })
      return removed
    },

    /** At its place, or at the end when there are fewer plans by now. */
    restore: (removed: RemovedPlan): Promise<void> =>
      editFile.apply((text, fleet) => {
        const index = Math.min(removed.index, fleet.plans.length)
        const known = undo.find(removed, text)
        if (known !== null) return { text: known.before, fleet: withPlan(fleet, known.plan, index) }
        return restored(text, fleet, removed, index)
      }),
  }
}

function saved(
  text: string,
  fleet: Fleet,
  draft: PlanDraft,
  plan: PlanConfig,
  base: PlanConfig | null,
): Edit {
  const written = writtenPlan(draft, base)
  if (base === null) return { text: addPlanText(text, written), fleet: withPlan(fleet, plan) }
  const index = fleet.plans.indexOf(base)
  return {
    text: editPlanText(text, index, base, plan, written),
    fleet: { ...fleet, plans: fleet.plans.with(index, plan) },
  }
}

function duplicated(text: string, fleet: Fleet, index: number, name: PlanName): Edit {
  const copies = fleet.plans.slice(index, index + 1).map(plan => ({ ...plan, name }))
  return {
    text: copyPlanText(text, index, name),
    fleet: { ...fleet, plans: fleet.plans.toSpliced(index + 1, 0, ...copies) },
  }
}

function restored(text: string, fleet: Fleet, removed: RemovedPlan, index: number): Edit {
  const plan = planInYaml(fleet, removed)
  return {
    text: insertPlanText(text, index, removed.yaml, writtenPlan(draftOf(plan), plan)),
    fleet: withPlan(fleet, plan, index),
  }
}

function planOf(fleet: Fleet, name: PlanName, file: string): PlanConfig {
  const plan = fleet.plans.find(each => each.name === name)
  if (plan !== undefined) return plan
  throw new AppError('not-found', `There is no plan ${name} in ${file}.`, {
    hint: 'It may have been renamed or removed meanwhile.',
  })
}

function checkedPlan(fleet: Fleet, draft: PlanDraft, replaces: PlanName | null): PlanConfig {
  const checked = checkDraft(fleet, draft, replaces)
  if ('plan' in checked) return checked.plan
  const [{ path, message, fix }] = checked.problems
  throw new AppError('refused', `${placeOf(draft, path)}: ${message}`, { hint: fix })
}

/** `bots, command` */
function placeOf(draft: PlanDraft, [room, ...inside]: DraftProblem['path']): string {
  const [index, ...field] = inside
  const track = room === 'tracks' && typeof index === 'number' ? draft.tracks[index]?.name : undefined
  return [track ?? room ?? draft.name, ...(track === undefined ? inside : field)].join(', ')
}

function withPlan(fleet: Fleet, plan: PlanConfig, index = fleet.plans.length): Fleet {
  return { ...fleet, plans: fleet.plans.toSpliced(index, 0, plan) }
}
