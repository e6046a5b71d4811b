import type { ReactNode } from 'react'
import type { NodeName } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import { Notice } from '../components/Notice'
import { DialogParts, ScreenDialog } from '../components/ScreenDialog'
import { useFleet } from '../state/fleetStore'
import { sentence } from '../views/problem'
import { backToNode } from './focusNode'
import { closeJoin } from './joinCommands'
import type { LoginPhase } from './joinStore'
import { KeyLogin } from './KeyLogin'
import { Done, Good, Leave, type LoginFrame, Reconnect, Working } from './LoginParts'
import { PassphraseLogin } from './PassphraseLogin'
import { QuestionLogin } from './QuestionLogin'
import { useLogin } from './useLogin'

interface LoginDialogProps {
  readonly name: NodeName
  readonly phase: LoginPhase
}

/** Lets a blocked node in: with a key, a passphrase, or an answer. What it shows follows the link. */
export function LoginDialog({ name, phase }: LoginDialogProps) {
  return (
    <ScreenDialog name={`Log in to ${name}`} onLeave={closeJoin} backTo={() => backToNode(name)}>
      <Login name={name} phase={phase} />
    </ScreenDialog>
  )
}

function Login({ name, phase }: LoginDialogProps) {
  const node = useFleet(state => state.nodes.find(one => one.name === name))
  const { run, tried } = useLogin(name, node?.link.sinceMs ?? 0)
  const frame: LoginFrame = (body, buttons) => (
    <DialogParts buttons={buttons}>
      <h2>Log in to {name}</h2>
      {body}
    </DialogParts>
  )
  if (node === undefined) return frame(<p>{name} is not in the fleet any more.</p>, <Leave>Close</Leave>)
  if (phase.at === 'done') return frame(<Good words={phase.words} />, <Done />)
  // While the key is being installed the link may come and go: what was asked for is shown until it ends.
  if (node.link.state !== 'blocked') {
    return phase.at === 'working'
      ? frame(<Working words={phase.words} />, <Leave>Close</Leave>)
      : linkNow(node, frame)
  }
  const { reason, sinceMs } = node.link
  const shared = { node, phase, run, tried, frame }
  switch (reason.kind) {
    case 'auth':
      return <KeyLogin {...shared} reason={reason} />
    case 'passphrase':
      return <PassphraseLogin key={sinceMs} {...shared} reason={reason} />
    case 'question':
      return <QuestionLogin key={sinceMs} {...shared} reason={reason} />
    case 'unusable':
      return frame(
        <div className="modal-part mt-2">
          <Notice severity="err" what={sentence(reason.message)} fix={reason.hint} />
        </div>,
        <Leave>Close</Leave>,
      )
    case 'host-key-unknown':
    case 'host-key-refused':
    case 'host-key-changed':
      return frame(
        <p className="text-t2">First its host key has to be known. Close this, and compare it.</p>,
        <Leave>Close</Leave>,
      )
    default:
      return reason satisfies never
  }
}

/** Nothing is asked: the link is being tried, is there, or cannot be reached. */
function linkNow({ name, link }: NodeView, frame: LoginFrame): ReactNode {
  switch (link.state) {
    case 'online':
      return frame(<Good words={`${name} is online.`} />, <Done />)
    case 'unreachable':
      return frame(
        <div className="modal-part mt-2">
          <Notice
            severity="warn"
            what={`${name} is unreachable. ${sentence(link.message)}`}
            fix={link.hint}
          />
        </div>,
        <>
          <Leave>Close</Leave>
          <Reconnect name={name} />
        </>,
      )
    case 'disabled':
      return frame(<p className="text-t2">{name} is disabled.</p>, <Leave>Close</Leave>)
    case 'connecting':
    case 'blocked':
      return frame(<Working words={`Connecting to ${name}…`} />, <Leave>Close</Leave>)
    default:
      return link satisfies never
  }
}
