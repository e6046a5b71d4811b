import { useId, useState } from 'react'
import type { ModeFlags } from '../../contract/mode'
import { Button } from '../components/Button'
import { Modal } from '../components/Modal'
import { Notice } from '../components/Notice'
import { useFleet } from '../state/fleetStore'
import { useActions } from './actions'
import { useAttempt } from './attempt'
import { modeMeaning, modeOf } from './modeWords'
import { chosenPlan } from './refusals'
import { screenStore, useScreen } from './screenStore'

/** Leaving SAFE takes the word of the mode it leads to, typed. */
export function LeaveSafeDialog() {
  const flags = useScreen(state => state.leavingFor)
  return flags === null ? null : <LeaveSafe key={JSON.stringify(flags)} flags={flags} />
}

const leave = (): void => screenStore.setState({ leavingFor: null })

function LeaveSafe({ flags }: { flags: ModeFlags }) {
  const actions = useActions()
  const fieldId = useId()
  const mode = useFleet(state => state.mode)
  const [typed, setTyped] = useState('')
  const { problem, isBusy, run } = useAttempt()
  const name = modeOf(flags, mode.broker)
  const refusal = isBusy ? 'Asking the engine.' : typed === name ? null : `Type ${name} first.`
  const confirm = async (): Promise<void> => {
    if (refusal === null && (await run(() => actions.setMode(flags, typed)))) leave()
  }
  return (
    <Modal
      name={`Switch to ${name}`}
      isOpen
      onLeave={leave}
      buttons={
        <>
          <Button onClick={leave}>Stay in {mode.name}</Button>
          <Button
            look={name === 'LIVE' ? 'stop' : 'primary'}
            refusal={refusal}
            onClick={() => void confirm()}
          >
            Switch to {name}
          </Button>
        </>
      }
    >
      <h2>Switch to {name}?</h2>
      <p className="text-t2">{modeMeaning(name, mode.broker)}</p>
      <ModeFacts flags={flags} />
      <label className="modal-part mt-4 flex flex-wrap items-center gap-x-3 gap-y-2" htmlFor={fieldId}>
        <span>
          Type <b className="font-semibold">{name}</b> to confirm
        </span>
        <input
          id={fieldId}
          className="field font-mono w-40"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={event => setTyped(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Enter') void confirm()
          }}
        />
      </label>
      {problem === null ? null : (
        <div className="modal-part mt-4">
          <Notice severity="err" what={problem.what} fix={problem.fix} />
        </div>
      )}
    </Modal>
  )
}

/** What the next start would be given, and where it would go. */
function ModeFacts({ flags }: { flags: ModeFlags }) {
  const broker = useFleet(state => state.mode.broker)
  const plans = useFleet(state => state.plans)
  const picked = useScreen(state => state.plan)
  const plan = chosenPlan(plans, picked)
  const facts: readonly (readonly [string, string])[] = [
    ['Switches', `DRY_RUN=${flags.dryRun ? 1 : 0}  ALLOW_ORDERS=${flags.allowOrders ? 1 : 0}`],
    ['Broker', broker === null ? 'none in fleet.yaml' : `${broker.host}:${broker.port}`],
    ['Next start', plan === null ? 'no plan' : `${plan.name} on ${plan.nodes.join(', ')}`],
  ]
  return (
    <>
      <dl className="facts modal-part mt-4">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="font-mono text-dense">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-dense text-t2">
        It holds for starts from now on, not for what already runs. When Drydock starts again it is SAFE.
      </p>
    </>
  )
}
