import { RefreshCw } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
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
import type { Tried, useLogin } from './useLogin'

/** Draws what a kind of login is made of: what is said and filled in, and the buttons at the foot. */
export type LoginFrame = (body: ReactNode, buttons: ReactNode) => ReactNode

/** What each kind of login is given. */
export interface LoginPartProps<Reason> {
  readonly node: NodeView
  readonly reason: Reason
  readonly phase: LoginPhase
  readonly run: ReturnType<typeof useLogin>['run']
  /** Whether something was tried since the dialog was opened, and whether the link has answered to it. */
  readonly tried: Tried
  readonly frame: LoginFrame
}

export const Leave = ({ children }: { children: string }) => <Button onClick={closeJoin}>{children}</Button>

/** The only button when all is well; it takes the keyboard from whatever went away. */
export function Done() {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [])
  return (
    <Button ref={button} onClick={closeJoin}>
      Done
    </Button>
  )
}

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

interface UnderWayProps {
  readonly phase: LoginPhase
  readonly tried: Tried
  readonly node: NodeName
}

/** What is under way: the asking, and after it the link until it says something new. */
export function UnderWay({ phase, tried, node }: UnderWayProps) {
  if (phase.at === 'working') return <Working words={phase.words} />
  return phase.at === 'ask' && tried === 'under way' ? <Working words={`Connecting to ${node}…`} /> : null
}

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
