import { useFleet } from '../state/fleetStore'
import { StopChoice } from './StopChoice'
import { StopCommands } from './StopCommands'
import { StopWatch } from './StopWatch'
import { useScreen } from './screenStore'

/** STOP: ask for the scope, then show what is gone and what still closes, and end in a proof. */
export function StopDialog() {
  const stop = useScreen(state => state.stop)
  const engine = useFleet(state => state.engine)
  if (stop === null) return null
  if (engine === 'lost') return <StopCommands />
  return stop.step === 'choose' ? <StopChoice /> : <StopWatch ids={stop.runs} />
}
