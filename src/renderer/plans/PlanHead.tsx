import { ArrowLeft, Check, Copy, RotateCcw, Trash2 } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button, IconButton } from '../components/Button'
import { StateIcon } from '../components/StateIcon'
import { useFleet } from '../state/fleetStore'
import { useActions } from '../views/actions'
import { attempt } from '../views/attempt'
import { deletePlan, duplicatePlan, leavePlan, revertPlan, savePlan } from './planCommands'
import type { PlanEdit } from './planEdit'
import { usePlans } from './planStore'

interface PlanHeadProps {
  /** The edit's key. */
  readonly name: string
  readonly edit: PlanEdit
  readonly isChanged: boolean
  readonly said: string
}

/** Which plan it is, whether it is saved, and what can be done with it as a whole. */
export function PlanHead({ name: key, edit, isChanged, said }: PlanHeadProps) {
  const actions = useActions()
  const engine = useFleet(state => state.engine)
  const isSaving = usePlans(state => state.isSaving)
  const title = useRef<HTMLHeadingElement>(null)
  // The keyboard follows to the screen that was opened.
  useEffect(() => title.current?.focus(), [])
  const { replaces } = edit
  const words = key === '' ? 'New plan' : key
  const save = (): void =>
    attempt(async () => {
      await savePlan(actions, key)
    })
  return (
    <header className="node-head plan-head">
      <IconButton name="Back to the runs (Escape)" onClick={() => leavePlan(key)}>
        <ArrowLeft size={16} strokeWidth={1.75} aria-hidden />
      </IconButton>
      <h1 ref={title} className="node-title" tabIndex={-1} data-tip={words}>
        {words}
      </h1>
      <SaveState isChanged={isChanged} isNew={replaces === null} said={said} />
      <span className="plan-head-buttons">
        {replaces === null ? null : (
          <>
            <Button
              refusal={isChanged ? 'Save the changes first, or revert them.' : null}
              onClick={() => duplicatePlan(actions, replaces)}
            >
              <Copy size={14} strokeWidth={1.75} aria-hidden />
              Duplicate
            </Button>
            <Button onClick={() => deletePlan(actions, replaces)}>
              <Trash2 size={14} strokeWidth={1.75} aria-hidden />
              Delete
            </Button>
          </>
        )}
        <Button refusal={isChanged ? null : 'Nothing is changed.'} onClick={() => revertPlan(key)}>
          <RotateCcw size={14} strokeWidth={1.75} aria-hidden />
          Revert
        </Button>
        <Button
          look="primary"
          refusal={saveRefusal(engine, isSaving, isChanged || replaces === null)}
          aria-keyshortcuts="Control+S Meta+S"
          onClick={save}
        >
          Save
        </Button>
      </span>
    </header>
  )
}

function saveRefusal(
  engine: 'waiting' | 'live' | 'lost',
  isSaving: boolean,
  hasSomething: boolean,
): string | null {
  if (engine === 'lost') return 'The engine stopped answering; what you typed is kept here.'
  if (isSaving) return 'Saving.'
  return hasSomething ? null : 'Nothing is changed yet.'
}

function SaveState({ isChanged, isNew, said }: { isChanged: boolean; isNew: boolean; said: string }) {
  if (said !== '')
    return (
      <span className="plan-save-state" aria-hidden>
        <Check size={14} strokeWidth={1.75} />
        <span className="truncate">{said}</span>
      </span>
    )
  if (!isChanged && !isNew) return <span className="plan-save-state">in fleet.yaml</span>
  return (
    <span className="plan-save-state">
      <StateIcon state="queued" size={14} />
      {isNew ? 'not saved yet' : 'changes not saved yet'}
    </span>
  )
}
