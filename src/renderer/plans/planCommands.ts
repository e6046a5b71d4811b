import type { PlanName } from '../../contract/ids'
import type { DraftProblem, PlanDraft, PlanView } from '../../contract/plans'
import { tellUndo } from '../join/joinCommands'
import { nextFrame } from '../state/pageFrames'
import type { FleetActions } from '../views/actions'
import { attempt, problemOf } from '../views/attempt'
import { screenStore } from '../views/screenStore'
import type { PlanActions } from './planActions'
import { beginEdit, isChanged, newPlan, unreadProblems } from './planEdit'
import { changeEdit, planOf, planStore, setEdit, type StartChoice } from './planStore'
import { choiceOf } from './startDraft'
import { focusProblem } from './focusProblem'
import { inOrder } from './problemPlace'

/** Opens a plan in the editor; null: a new one. What was changed of it before is still changed. */
export function openPlan(plan: PlanName | null): void {
  const key = plan ?? ''
  const edit = planStore.getState().edits[key]
  if (plan === null && edit === undefined) setEdit(key, beginEdit(newPlan(), null))
  // Nothing is lost by reading it again, and the file may have changed.
  if (plan !== null && edit !== undefined && !isChanged(edit)) setEdit(key, null)
  planStore.setState({ problem: null, said: '', leaving: null })
  screenStore.setState({ screen: 'plan', editedPlan: plan })
}

/** Back to the runs; asks first when something is changed. */
export function leavePlan(key: string): void {
  const edit = planStore.getState().edits[key]
  if (edit !== undefined && isChanged(edit)) planStore.setState({ leaving: planOf(key) ?? '' })
  else goBack(key)
}

/** Throws the changes away and leaves. */
export const discardPlan = (key: string): void => goBack(key)

function goBack(key: string): void {
  planStore.setState({ leaving: null, problem: null, said: '' })
  setEdit(key, null)
  screenStore.setState({ screen: 'runs' })
  nextFrame(() => document.querySelector<HTMLElement>(`[data-plan="${key}"]`)?.focus())
}

/** Takes every change back. */
export function revertPlan(key: string): void {
  const edit = planStore.getState().edits[key]
  if (edit === undefined) return
  setEdit(key, beginEdit(edit.base, edit.replaces))
  planStore.setState({ problem: null, said: 'Every change was taken back.' })
}

/** Saves, or leads to the first field that is wrong. The name that it was saved under; null when it was not. */
export async function savePlan(actions: PlanActions, key: string): Promise<PlanName | null> {
  const edit = planStore.getState().edits[key]
  if (edit === undefined || planStore.getState().isSaving) return null
  const { draft, replaces } = edit
  planStore.setState({ isSaving: true, problem: null, said: '' })
  try {
    const [first] = inOrder([...unreadProblems(edit), ...(await problemsOf(actions, key))])
    if (first !== undefined) {
      changeEdit(key, one => ({ ...one, wasTried: true }))
      focusProblem(key, first.path)
      return null
    }
    await actions.savePlan(draft, replaces)
    return takeSaved(key, draft)
  } catch (error) {
    planStore.setState({ problem: problemOf(error) })
    return null
  } finally {
    planStore.setState({ isSaving: false })
  }
}

/** Asked anew, because the last answer may be of an older draft. A check that cannot be had leaves it to the save. */
async function problemsOf(actions: PlanActions, key: string): Promise<readonly DraftProblem[]> {
  const edit = planStore.getState().edits[key]
  if (edit === undefined) return []
  try {
    const preview = await actions.checkPlan(edit.draft, edit.replaces)
    planStore.setState({ checked: { key, draft: edit.draft, preview, problem: null } })
    return preview.problems
  } catch {
    return []
  }
}

/** What was saved is what the plan is now, under the name that it has now; what was typed meanwhile is a change. */
function takeSaved(key: string, saved: PlanDraft): PlanName {
  const { [key]: edit, ...rest } = planStore.getState().edits
  const name = saved.name as PlanName
  if (edit === undefined) return name
  planStore.setState({
    edits: { ...rest, [name]: { ...edit, replaces: name, base: saved } },
    said: `${name} is saved in fleet.yaml.`,
  })
  const { screen, editedPlan } = screenStore.getState()
  if (screen === 'plan' && (editedPlan ?? '') === key) screenStore.setState({ editedPlan: name })
  return name
}

/** Makes a copy and opens it. */
export function duplicatePlan(actions: PlanActions, plan: PlanName): void {
  attempt(async () => {
    const copy = await actions.duplicatePlan(plan)
    openPlan(copy)
    tellUndo(`${copy} is a copy of ${plan}.`, async () => {
      await actions.removePlan(copy)
      setEdit(copy, null)
      const { screen, editedPlan } = screenStore.getState()
      if (screen === 'plan' && editedPlan === copy) screenStore.setState({ screen: 'runs' })
    })
  })
}

/** Takes a plan out of the file at once; it can be taken back as it was. */
export function deletePlan(actions: PlanActions, plan: PlanName): void {
  attempt(async () => {
    const removed = await actions.removePlan(plan)
    setEdit(plan, null)
    const { screen, editedPlan } = screenStore.getState()
    if (screen === 'plan' && editedPlan === plan) screenStore.setState({ screen: 'runs' })
    tellUndo(`${plan} was deleted from fleet.yaml.`, () => actions.restorePlan(removed))
  })
}

/** Opens "Start <plan>" with all of its tracks chosen. */
export const openStart = (plan: PlanName): void =>
  planStore.setState({ start: { plan, without: [], workers: {} } })

export const closeStart = (): void => planStore.setState({ start: null })

export const changeStart = (change: Partial<StartChoice>): void =>
  planStore.setState(({ start }) => (start === null ? {} : { start: { ...start, ...change } }))

/** Starts the chosen tracks, and closes the dialog once they are confirmed. */
export async function startChosen(actions: FleetActions, view: PlanView, start: StartChoice): Promise<void> {
  await actions.startTraining(view.name, choiceOf(view, start))
  closeStart()
}
