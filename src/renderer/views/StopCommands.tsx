import { Clipboard } from 'lucide-react'
import { useRef } from 'react'
import { Button } from '../components/Button'
import { Modal } from '../components/Modal'
import { useFleet } from '../state/fleetStore'
import { useActions } from './actions'
import { attempt } from './attempt'
import { activeRuns } from './refusals'
import { screenStore } from './screenStore'
import { stopCommands } from './stopWords'

const leave = (): void => screenStore.setState({ stop: null })

/** STOP without an engine: the lines to type in a terminal, checked against start times like the engine would. */
export function StopCommands() {
  const actions = useActions()
  const runs = useFleet(state => state.runs)
  const nodes = useFleet(state => state.nodes)
  const closeRef = useRef<HTMLButtonElement>(null)
  const lines = activeRuns(runs).flatMap(run => stopCommands(run, nodes))
  return (
    <Modal
      name="Stop training"
      isOpen
      onLeave={leave}
      firstRef={closeRef}
      buttons={
        <>
          <Button ref={closeRef} onClick={leave}>
            Keep running
          </Button>
          <Button look="primary" onClick={() => attempt(() => actions.copyText(lines.join('\n')))}>
            <Clipboard size={14} strokeWidth={1.75} aria-hidden />
            Copy the commands
          </Button>
        </>
      }
    >
      <h2>Stop by hand</h2>
      <p className="text-t2">
        The engine stopped answering, so Drydock cannot stop anything and cannot prove it. These lines end
        each worker’s process group, and only if it is still the process that Drydock started.
      </p>
      <pre className="code-block modal-part mt-4">{lines.join('\n')}</pre>
    </Modal>
  )
}
