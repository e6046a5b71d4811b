import { RefreshCw } from 'lucide-react'
import type { ReactNode } from 'react'
import type { NodeName } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import { Button } from '../components/Button'
import { Notice } from '../components/Notice'
import { StateIcon } from '../components/StateIcon'
import { useActions } from '../views/actions'
import { attempt } from '../views/attempt'
import { sentence } from '../views/problem'
import { closeJoin } from './joinCommands'
import type { LoginPhase } from './joinStore'
import type { useLogin } from './useLogin'

/** Draws what a kind of login is made of: what is said and filled in, and the buttons at the foot. */
export type LoginFrame = (body: ReactNode, buttons: ReactNode) => ReactNode

/** What each kind of login is given. */
export interface LoginPartProps<Reason> {
  readonly node: NodeView
  readonly reason: Reason
  readonly phase: LoginPhase
  readonly run: ReturnType<typeof useLogin>['run']
  /** Something was tried since the dialog was opened: what the link says is the answer to it. */
  readonly isTried: boolean
  readonly frame: LoginFrame
}

export const Leave = ({ children }: { children: string }) => <Button onClick={closeJoin}>{children}</Button>

export function Reconnect({ name }: { name: NodeName }) {
  const actions = useActions()
  return (
    <Button onClick={() => attempt(() => actions.reconnect(name))}>
      <RefreshCw size={14} strokeWidth={1.75} aria-hidden />
      Reconnect now
    </Button>
  )
}

/** The proof, or what else ended well. */
export const Good = ({ words }: { words: string }) => (
  <output className="modal-part mt-2 flex items-center gap-2">
    <StateIcon state="ok" />
    {words}
  </output>
)

/** What is under way, in words. */
export const Working = ({ words }: { words: string }) => (
  <output className="modal-part mt-3 flex items-center gap-2 text-t2">
    <StateIcon state="connecting" />
    {words}
  </output>
)

/** Why the last attempt did not work. */
export function Refusal({ phase, again }: { phase: LoginPhase; again: string | null }) {
  if (phase.at === 'refused') {
    return (
      <div className="modal-part mt-3">
        <Notice severity="err" what={phase.problem.what} fix={phase.problem.fix} />
      </div>
    )
  }
  return again === null || phase.at !== 'ask' ? null : (
    <div className="modal-part mt-3">
      <Notice severity="err" what={sentence(again)} />
    </div>
  )
}
