import { Play, Square } from 'lucide-react'
import { Button } from '../components/Button'
import { useFleet } from '../state/fleetStore'
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
