import { Notice } from '../components/Notice'
import { clockTime } from '../format'
import { useFleet } from '../state/fleetStore'
import { Button } from '../components/Button'
import { openStop } from './commands'
import { stopRefusal } from './refusals'

/** The engine went away: what is on screen is old, and that must be said before anything else. */
export function LostBanner() {
  const engine = useFleet(state => state.engine)
  const lastMs = useFleet(state => state.lastSampleAtMs)
  const refusal = useFleet(stopRefusal)
  if (engine !== 'lost') return null
  return (
    <Notice
      severity="err"
      what={lastMs === null ? 'Display frozen' : `Display frozen at ${clockTime(lastMs)} UTC`}
      cause="The engine stopped answering. Runs go on: they live on their nodes."
      fix="Start Drydock again to see them."
    >
      {refusal === null ? (
        <Button size="s" onClick={openStop}>
          Show the commands that stop them
        </Button>
      ) : null}
    </Notice>
  )
}
