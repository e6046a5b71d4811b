import { StateIcon } from '../components/StateIcon'
import { Button } from '../components/Button'
import { Notice } from '../components/Notice'
import { useActions } from '../views/actions'
import { problemOf } from '../views/attempt'
import {
  type Candidate,
  isRefused,
  keyReason,
  type MachineDraft,
  type TestState,
  withDraft,
} from './addState'
import { changeAdd } from './joinStore'
import type { MachineTester } from './machineTester'

interface HostKeyPartProps {
  readonly one: Candidate
  readonly draft: MachineDraft
  readonly test: TestState | undefined
  readonly tester: MachineTester
}

/** The question about one machine's host key. Each is answered by itself; a key that changed has no yes. */
export function HostKeyPart({ one, draft, test, tester }: HostKeyPartProps) {
  const reason = keyReason(test)
  if (reason === null) return null
  if (reason.kind === 'host-key-changed') {
    return (
      <div className="key-part" role="alert" data-severity="err">
        <p className="flex items-center gap-2 font-semibold text-err">
          <StateIcon state="err" size={14} />
          Host key changed: {reason.address}
        </p>
        <p className="text-t2">
          The machine was set up anew, or somebody stands in between. Nothing was sent to it. If you changed
          it yourself, delete its line in <code className="wrap-anywhere">{reason.knownIn}</code> and test
          again.
        </p>
        <dl className="facts mt-2">
          {reason.known.map(key => (
            <Key key={key.fingerprint} name="Known" type={key.type} fingerprint={key.fingerprint} />
          ))}
          <Key name="Shown now" type={reason.offered.type} fingerprint={reason.offered.fingerprint} />
        </dl>
      </div>
    )
  }
  return (
    <div className="key-part" data-severity="warn">
      <p className="flex items-center gap-2 font-medium">
        <StateIcon state="warn" size={14} />
        Its host key is not known yet
      </p>
      <dl className="facts">
        <Key
          name={`Key of ${reason.address}`}
          type={reason.offered.type}
          fingerprint={reason.offered.fingerprint}
        />
      </dl>
      {draft.problem === null ? null : (
        <Notice severity="err" what={draft.problem.what} fix={draft.problem.fix} />
      )}
      <KeyButtons {...{ one, draft, test, tester }} fingerprint={reason.offered.fingerprint} />
    </div>
  )
}

function KeyButtons({ one, draft, test, tester, fingerprint }: HostKeyPartProps & { fingerprint: string }) {
  const actions = useActions()
  const set = (change: Partial<MachineDraft>): void => changeAdd(add => withDraft(add, one.key, change))
  if (isRefused(draft, test)) {
    return (
      <span className="key-buttons">
        <span className="text-t2">Refused: it is not added, and nothing was sent to it.</span>
        <Button size="s" onClick={() => set({ refused: null })}>
          Decide again
        </Button>
      </span>
    )
  }
  const trust = async (): Promise<void> => {
    set({ isTrusting: true, problem: null })
    try {
      await actions.trustMachine(one.ssh, fingerprint)
      set({ isTrusting: false })
      tester.test([one])
    } catch (error) {
      set({ isTrusting: false, problem: problemOf(error) })
    }
  }
  const waiting = draft.isTrusting ? 'Asking the engine.' : null
  return (
    <span className="key-buttons">
      <Button size="s" refusal={waiting} onClick={() => set({ refused: fingerprint })}>
        Refuse
      </Button>
      <Button size="s" look="primary" refusal={waiting} onClick={() => void trust()}>
        Trust this key
      </Button>
    </span>
  )
}

const Key = ({ name, type, fingerprint }: { name: string; type: string; fingerprint: string }) => (
  <div>
    <dt>{name}</dt>
    <dd className="font-mono text-dense break-all select-all">
      {fingerprint} <span className="text-t3">{type}</span>
    </dd>
  </div>
)
