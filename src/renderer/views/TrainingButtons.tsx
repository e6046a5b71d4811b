import { ListChecks, Play, Square } from 'lucide-react'
import { Button, IconButton } from '../components/Button'
import { useFleet } from '../state/fleetStore'
import { openStart } from '../plans/planCommands'
import { useActions } from './actions'
import { openStop, startChosenPlan } from './commands'
import { chosenPlan, startRefusal, stopRefusal } from './refusals'
import { useScreen } from './screenStore'

/** START and STOP: always here, always in this order, never one in place of the other. */
export function TrainingButtons() {
  const actions = useActions()
  const picked = useScreen(state => state.plan)
  const refusalOfStart = useFleet(state => startRefusal(state, chosenPlan(state.plans, picked)))
  const refusalOfStop = useFleet(stopRefusal)
  return (
    <>
      <ChooseTracks />
      <Button
        look="primary"
        aria-label="Start training"
        refusal={refusalOfStart}
        onClick={() => startChosenPlan(actions)}
      >
        <Play size={14} strokeWidth={1.75} aria-hidden />
        START TRAINING
      </Button>
      <Button look="stop" aria-label="Stop training" refusal={refusalOfStop} onClick={openStop}>
        <Square size={14} strokeWidth={1.75} aria-hidden />
        STOP
      </Button>
    </>
  )
}

/** Only for a plan of several tracks: START alone starts them all. */
function ChooseTracks() {
  const picked = useScreen(state => state.plan)
  const plan = useFleet(state => chosenPlan(state.plans, picked))
  if (plan === null || plan.tracks.length < 2) return null
  return (
    <IconButton name="Choose tracks…" className="choose-tracks" onClick={() => openStart(plan.name)}>
      <ListChecks size={16} strokeWidth={1.75} aria-hidden />
    </IconButton>
  )
}
