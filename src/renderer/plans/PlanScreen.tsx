import { FileX } from 'lucide-react'
import { useCallback, useEffect, useMemo } from 'react'
import type { PlanName } from '../../contract/ids'
import type { DraftProblem } from '../../contract/plans'
import { Button } from '../components/Button'
import { Notice } from '../components/Notice'
import { EmptyState } from '../components/Panel'
import { matchesShortcut } from '../shortcuts'
import { useFleet } from '../state/fleetStore'
import { useActions } from '../views/actions'
import { problemOf } from '../views/attempt'
import { screenStore, useScreen } from '../views/screenStore'
import { useAsked } from '../join/useAsked'
import { EditorProvider } from './editor'
import { LeaveDialog } from './LeaveDialog'
import { leavePlan, openPlan, savePlan } from './planCommands'
import { beginEdit, isChanged, isHeldBack, type PlanEdit } from './planEdit'
import { PlanForm } from './PlanForm'
import { PlanHead } from './PlanHead'
import { PlanPreviewPane } from './PlanPreviewPane'
import { changeEdit, planStore, setEdit, usePlans } from './planStore'
import { PlanSkeleton } from './PlanSkeleton'
import { problemsOf, useChecked, usePlanCheck } from './usePlanCheck'

/** One plan with all that it says, and what it would start. Escape leads back to the runs. */
export function PlanScreen() {
  const plan = useScreen(state => state.editedPlan)
  const key = plan ?? ''
  const edit = usePlans(state => state.edits[key])
  const engine = useFleet(state => state.engine)
  // An address was opened by hand: there is nothing to read, only to begin.
  useEffect(() => {
    if (plan === null && planStore.getState().edits[''] === undefined) openPlan(null)
  }, [plan])
  if (edit !== undefined) return <PlanEditor key={key} name={key} edit={edit} />
  if (plan === null || engine === 'waiting') return <PlanSkeleton />
  return <ReadPlan key={plan} plan={plan} />
}

/** Reads the plan, and draws until it is there. */
function ReadPlan({ plan }: { plan: PlanName }) {
  const { readPlan } = useActions()
  const read = useCallback(async () => {
    const draft = await readPlan(plan)
    setEdit(plan, beginEdit(draft, plan))
    return draft
  }, [readPlan, plan])
  const { asked, again } = useAsked(read)
  if (asked.at !== 'failed') return <PlanSkeleton />
  return (
    <div className="screen plan-screen">
      <h1 className="sr-only">Plan {plan}</h1>
      <Notice severity="err" what={asked.problem.what} fix={asked.problem.fix}>
        <Button size="s" onClick={again}>
          Try again
        </Button>
      </Notice>
      <div className="panel">
        <EmptyState
          icon={<FileX size={20} strokeWidth={1.75} aria-hidden />}
          title={`${plan} cannot be edited now`}
        >
          It may have been renamed in fleet.yaml, or taken out of it.
        </EmptyState>
      </div>
      <p>
        <Button onClick={() => screenStore.setState({ screen: 'runs' })}>Back to the runs</Button>
      </p>
    </div>
  )
}

function PlanEditor({ name: key, edit }: { name: string; edit: PlanEdit }) {
  const again = usePlanCheck(key, edit)
  const { checked, isOld } = useChecked(key, edit)
  const all = useMemo(() => problemsOf(edit, checked), [edit, checked])
  const problems = useMemo(() => all.filter(one => !isHeldBack(edit, one)), [all, edit])
  const value = useMemo(() => ({ key, problems }), [key, problems])
  const problem = usePlans(state => state.problem)
  const said = usePlans(state => state.said)
  useKeys(key)
  return (
    <EditorProvider value={value}>
      <section className="screen plan-screen" aria-label={key === '' ? 'New plan' : `Plan ${key}`}>
        <PlanHead name={key} edit={edit} isChanged={isChanged(edit)} said={said} />
        {problem === null ? null : <Notice severity="err" what={problem.what} fix={problem.fix} />}
        <GonePlan name={key} edit={edit} problems={all} />
        <div className="plan-sides">
          <PlanForm edit={edit} />
          <PlanPreviewPane
            checked={checked}
            isOld={isOld}
            problems={problems}
            missing={all.length - problems.length}
            onAgain={again}
          />
        </div>
        <output className="sr-only" aria-label="Plan news">
          {said}
        </output>
        <LeaveDialog name={key} />
      </section>
    </EditorProvider>
  )
}

/** Somebody took the plan out of the file while it was edited: what was typed can still become a plan. */
function GonePlan({ name: key, edit, problems }: GonePlanProps) {
  const { replaces } = edit
  const isListed = useFleet(state => state.plans.some(plan => plan.name === replaces))
  // The engine must have said so, too: after a save under another name the list comes a moment later.
  const isGone = replaces !== null && !isListed && problems.some(({ path }) => path[0] === 'name')
  if (!isGone) return null
  return (
    <Notice
      severity="warn"
      what={`${replaces} is not in fleet.yaml any more.`}
      fix="What you typed is kept here."
    >
      <Button size="s" onClick={() => changeEdit(key, one => ({ ...one, replaces: null }))}>
        Make it a new plan
      </Button>
    </Notice>
  )
}

interface GonePlanProps {
  readonly name: string
  readonly edit: PlanEdit
  readonly problems: readonly DraftProblem[]
}

/** Ctrl+S saves. Escape leads back, unless something else has a use for it: a field, a list, a dialog, a tooltip. */
function useKeys(key: string): void {
  const actions = useActions()
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return
      const isSave = matchesShortcut(event, 'savePlan')
      if (isSave && document.querySelector('[role="dialog"], [role="alertdialog"]') === null) {
        event.preventDefault()
        savePlan(actions, key).catch((error: unknown) => screenStore.setState({ problem: problemOf(error) }))
        return
      }
      if (event.key !== 'Escape') return
      const { target } = event
      const isHere =
        target === document.body ||
        (target instanceof Element &&
          target.matches('.plan-screen *:not(input, textarea, [data-popup-open])'))
      if (!isHere) return
      event.preventDefault()
      leavePlan(key)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [actions, key])
}
