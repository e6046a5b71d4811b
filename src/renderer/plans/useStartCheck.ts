import { useEffect, useMemo, useState } from 'react'
import type { PlanName } from '../../contract/ids'
import type { PlanDraft, PlanPreview } from '../../contract/plans'
import { sleep } from '../state/pageFrames'
import { useActions } from '../views/actions'
import { problemOf } from '../views/attempt'
import type { ActionProblem } from '../views/screenStore'
import { createPlanChecker } from './planChecker'

interface StartCheck {
  readonly preview: PlanPreview | null
  readonly problem: ActionProblem | null
}

const NOTHING: StartCheck = { preview: null, problem: null }

/** What the chosen part of a plan would start; the older answer stays until there is a newer one. */
export function useStartCheck(draft: PlanDraft | null, plan: PlanName): StartCheck {
  const { checkPlan } = useActions()
  const [known, setKnown] = useState(NOTHING)
  const checker = useMemo(
    () =>
      createPlanChecker({
        check: checkPlan,
        sleep,
        tell: (_, answer) =>
          setKnown(
            'error' in answer
              ? { preview: null, problem: problemOf(answer.error) }
              : { preview: answer, problem: null },
          ),
      }),
    [checkPlan],
  )
  useEffect(() => () => checker.close(), [checker])
  useEffect(() => {
    if (draft !== null) checker.ask(draft, plan)
  }, [checker, draft, plan])
  return known
}
