import { useRef } from 'react'
import { Button } from '../components/Button'
import { Modal } from '../components/Modal'
import { useActions } from '../views/actions'
import { attempt } from '../views/attempt'
import { discardPlan, leavePlan, savePlan } from './planCommands'
import { planStore, usePlans } from './planStore'

/** Asked before changes would be thrown away. */
export function LeaveDialog({ name: key }: { name: string }) {
  const actions = useActions()
  const isOpen = usePlans(state => state.leaving === key)
  const stay = useRef<HTMLButtonElement>(null)
  const close = (): void => planStore.setState({ leaving: null })
  const save = (): void => {
    close()
    attempt(async () => {
      const name = await savePlan(actions, key)
      if (name !== null) leavePlan(name)
    })
  }
  return (
    <Modal
      name="Unsaved changes"
      isOpen={isOpen}
      onLeave={close}
      firstRef={stay}
      buttons={
        <>
          <Button onClick={() => discardPlan(key)}>Discard changes</Button>
          <Button ref={stay} onClick={close}>
            Keep editing
          </Button>
          <Button look="primary" onClick={save}>
            Save and leave
          </Button>
        </>
      }
    >
      <h2>{key === '' ? 'Leave the new plan?' : `Leave ${key}?`}</h2>
      <p className="text-t2">
        {key === '' ? 'It is not in fleet.yaml yet.' : 'What you changed is not in fleet.yaml yet.'} On any
        other screen it waits here until you come back.
      </p>
    </Modal>
  )
}
