import { useRef } from 'react'
import type { NodeName } from '../../contract/ids'
import { Button } from '../components/Button'
import { Modal } from '../components/Modal'
import { Notice } from '../components/Notice'
import { useFleet } from '../state/fleetStore'
import { useActions } from '../views/actions'
import type { ActionProblem } from '../views/screenStore'
import { backToNode } from './focusNode'
import { closeJoin, removeNode } from './joinCommands'

interface RemoveDialogProps {
  readonly node: NodeName
  readonly isRemoving: boolean
  readonly problem: ActionProblem | null
}

/** Says what goes and what stays, before it does. */
export function RemoveDialog({ node, isRemoving, problem }: RemoveDialogProps) {
  const actions = useActions()
  const keepRef = useRef<HTMLButtonElement>(null)
  const stateNote = useFleet(state => planNote(state.plans, node))
  return (
    <Modal
      name={`Remove ${node}`}
      isOpen
      onLeave={closeJoin}
      firstRef={keepRef}
      backTo={() => backToNode(node)}
      buttons={
        <>
          <Button ref={keepRef} onClick={closeJoin}>
            Keep it
          </Button>
          <Button
            look="stop"
            refusal={isRemoving ? 'Removing it.' : null}
            onClick={() => void removeNode(actions, node)}
          >
            Remove
          </Button>
        </>
      }
    >
      <h2>Remove {node} from the fleet?</h2>
      <p className="text-t2">Its lines go out of fleet.yaml{stateNote}. Drydock connects to it no more.</p>
      <ul className="modal-part stays">
        <li>The records, results and logs of its runs stay in Drydock.</li>
        <li>Whatever lies on the machine stays there, run folders and all. Nothing is sent to it.</li>
        <li>You can add it again at any time.</li>
      </ul>
      {problem === null ? null : (
        <div className="modal-part mt-4">
          <Notice severity="err" what={problem.what} fix={problem.fix} />
        </div>
      )}
    </Modal>
  )
}

/** Plans that name it are changed, too, and are named. */
function planNote(plans: readonly { name: string; nodes: readonly NodeName[] }[], node: NodeName): string {
  const named = plans.filter(plan => plan.nodes.includes(node)).map(plan => plan.name)
  return named.length === 0 ? '' : `, and it out of what would start on it: ${named.join(', ')}`
}
