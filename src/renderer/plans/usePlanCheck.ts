import { useCallback, useEffect, useMemo } from 'react'
import type { DraftProblem } from '../../contract/plans'
import { sleep } from '../state/pageFrames'
import { useActions } from '../views/actions'
import { problemOf } from '../views/attempt'
import { createPlanChecker } from './planChecker'
import { inOrder } from './problemPlace'
import { type PlanEdit, unreadProblems } from './planEdit'
import { type Checked, planStore, usePlans } from './planStore'

/** Has the edit's draft checked whenever it changes; the answer is in the store. Returns what asks again. */
export function usePlanCheck(key: string, { draft, replaces }: PlanEdit): () => void {
  const { checkPlan } = useActions()
  const checker = useMemo(
    () =>
      createPlanChecker({
        check: checkPlan,
        sleep,
        tell: (of, answer) =>
          planStore.setState({
            checked:
              'error' in answer
                ? { key, draft: of, preview: null, problem: problemOf(answer.error) }
                : { key, draft: of, preview: answer, problem: null },
          }),
      }),
    [checkPlan, key],
  )
  useEffect(() => () => checker.close(), [checker])
  const ask = useCallback(() => checker.ask(draft, replaces), [checker, draft, replaces])
  useEffect(ask, [ask])
  return ask
}

/** The newest answer about this edit; `isOld` while the draft has changed since. null before the first. */
export function useChecked(key: string, edit: PlanEdit): { checked: Checked | null; isOld: boolean } {
  const checked = usePlans(state => (state.checked?.key === key ? state.checked : null))
  return { checked, isOld: checked?.draft !== edit.draft }
}

/** All that is wrong, in the order of the fields: what cannot be read, and what the engine says. */
export function problemsOf(edit: PlanEdit, checked: Checked | null): readonly DraftProblem[] {
  return inOrder([...unreadProblems(edit), ...(checked?.preview?.problems ?? [])])
}
