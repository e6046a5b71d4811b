import { KeyRound } from 'lucide-react'
import { useRef, useState } from 'react'
import type { LoginKey } from '../../contract/keys'
import type { BlockReason, NodeView } from '../../contract/nodes'
import { Button } from '../components/Button'
import { Notice } from '../components/Notice'
import { useActions } from '../views/actions'
import { useAttempt } from '../views/attempt'
import { sentence } from '../views/problem'
import { CopyLine } from './CopyLine'
import { copyKeyCommand, showKeyCommand } from './copyKey'
import { Leave, type LoginPartProps, Reconnect, Refusal, Working } from './LoginParts'
import { type Secret, SecretField } from './SecretField'
import { type Asked, useAsked } from './useAsked'

type Reason = Extract<BlockReason, { kind: 'auth' }>

/** The comment of a key that Drydock makes: what stands at its end in every authorized_keys. */
const COMMENT = 'drydock'

/** No key was good enough: pick one or make one, and bring it to the machine with its password, typed once. */
export function KeyLogin(props: LoginPartProps<Reason>) {
  const { node, reason, phase, run, frame } = props
  const actions = useActions()
  const secret = useRef<Secret>(null)
  const [hasText, setHasText] = useState(false)
  const [picked, setPicked] = useState<string | null>(null)
  const { asked: keys, again } = useAsked(actions.loginKeys)
  const key = keys.at === 'known' ? chosenKey(keys.value, picked, node) : null
  const isWorking = phase.at === 'working'
  const refusal = installRefusal(isWorking, key, hasText)
  const install = (): void => {
    if (refusal !== null || key === null) return
    const ask = { node: node.name, key: key.path, password: secret.current?.take() ?? '' }
    void run(
      'Logging in with the password, installing the key, proving it…',
      signal => actions.installKey(ask, signal),
      'The key works; the password was not kept.',
    )
  }
  return frame(
    <>
      <p className="text-t2">{sentence(reason.message)}</p>
      <Refusal phase={phase} again={null} />
      <Keys keys={keys} chosen={key} onPick={setPicked} onAgain={again} />
      {reason.takesPassword ? (
        <div className="modal-part mt-4">
          <SecretField
            label={`Password on ${node.name}`}
            secret={secret}
            onTyped={setHasText}
            onEnter={install}
          />
          <p className="mt-2 text-dense text-t2">
            Typed once. Drydock logs in with it, adds the public half of the key to ~/.ssh/authorized_keys
            there, proves that the key alone is enough, and forgets the password.
          </p>
        </div>
      ) : null}
      {isWorking ? <Working words={phase.words} /> : null}
      <ByHand node={node} keyPath={key?.path ?? null} takesPassword={reason.takesPassword} />
    </>,
    <>
      <Leave>Cancel</Leave>
      <Reconnect name={node.name} />
      {reason.takesPassword ? (
        <Button look="primary" refusal={refusal} onClick={install}>
          Install the key
        </Button>
      ) : null}
    </>,
  )
}

function installRefusal(isWorking: boolean, key: LoginKey | null, hasText: boolean): string | null {
  if (isWorking) return 'It is under way.'
  if (key === null) return 'Pick a key, or make one, first.'
  return hasText ? null : 'Type the password first.'
}

/** Only a key whose public half can be read can be brought anywhere. */
const isUsable = (key: LoginKey): boolean => key.fingerprint !== null

/** The one that was picked, else the one that the node is told to use, else Drydock's own, else the first. */
function chosenKey(keys: readonly LoginKey[], picked: string | null, { ssh }: NodeView): LoginKey | null {
  const usable = keys.filter(isUsable)
  const named = ssh === null || 'alias' in ssh ? null : ssh.identityFile
  return (
    usable.find(key => key.path === picked) ??
    usable.find(key => named !== null && key.path.endsWith(named.replace(/^~/, ''))) ??
    usable.find(key => key.isOwn) ??
    usable[0] ??
    null
  )
}

interface KeysProps {
  readonly keys: Asked<readonly LoginKey[]>
  readonly chosen: LoginKey | null
  readonly onPick: (path: string) => void
  readonly onAgain: () => void
}

function Keys({ keys, chosen, onPick, onAgain }: KeysProps) {
  const actions = useActions()
  const { problem, isBusy, run } = useAttempt()
  const make = (): void =>
    void run(async () => {
      onPick((await actions.makeKey(COMMENT)).path)
      onAgain()
    })
  return (
    <fieldset className="modal-part min-w-0 mt-4 flex flex-col gap-2">
      <legend className="mb-1 text-dense text-t2">Key to log in with</legend>
      <KeyChoices keys={keys} chosen={chosen} onPick={onPick} onAgain={onAgain} />
      <span className="flex flex-wrap items-center gap-3">
        <Button size="s" refusal={isBusy ? 'Making it.' : null} onClick={make}>
          <KeyRound size={12} strokeWidth={1.75} aria-hidden />
          Make a key
        </Button>
        <span className="text-dense text-t3">ed25519, in Drydock’s own folder; ~/.ssh is only read</span>
      </span>
      {problem === null ? null : <Notice severity="err" what={problem.what} fix={problem.fix} />}
    </fieldset>
  )
}

function KeyChoices({ keys, chosen, onPick, onAgain }: KeysProps) {
  if (keys.at === 'waiting') return <p className="text-t3">Looking for keys…</p>
  if (keys.at === 'failed') {
    return (
      <Notice severity="err" what={keys.problem.what} fix={keys.problem.fix}>
        <Button size="s" onClick={onAgain}>
          Look again
        </Button>
      </Notice>
    )
  }
  if (keys.value.length === 0) return <p>There is no key in ~/.ssh yet. Make one.</p>
  return (
    <div className="flex max-h-48 flex-col gap-2 overflow-auto p-0.5">
      {keys.value.map(key => (
        <label key={key.path} className="choice">
          <input
            type="radio"
            name="login-key"
            disabled={!isUsable(key)}
            checked={key.path === chosen?.path}
            onChange={() => onPick(key.path)}
          />
          <span className="font-mono text-dense">{key.path}</span>
          <span className="key-words">{keyWords(key)}</span>
        </label>
      ))}
    </div>
  )
}

const keyWords = ({ type, fingerprint, comment, hasPassphrase, isOwn }: LoginKey): string =>
  fingerprint === null
    ? 'Its public half cannot be read, so it cannot be installed.'
    : [
        type,
        comment === '' ? null : comment,
        hasPassphrase ? 'has a passphrase' : null,
        isOwn ? 'made by Drydock' : null,
        fingerprint,
      ]
        .filter(word => word !== null)
        .join(' · ')

interface ByHandProps {
  readonly node: NodeView
  readonly keyPath: string | null
  readonly takesPassword: boolean
}

/** The same without Drydock. */
function ByHand({ node, keyPath, takesPassword }: ByHandProps) {
  if (keyPath === null || node.ssh === null) return null
  return (
    <div className="modal-part mt-4 flex flex-col gap-1 text-dense text-t2">
      {takesPassword ? (
        <>
          <span>Or do it yourself in a terminal of this PC, then reconnect:</span>
          <CopyLine text={copyKeyCommand(keyPath, node.ssh)} />
        </>
      ) : (
        <>
          <span>
            {node.name} takes no password. Add the line that this prints to ~/.ssh/authorized_keys on it,
            where you can still log in, then reconnect:
          </span>
          <CopyLine text={showKeyCommand(keyPath)} />
        </>
      )}
    </div>
  )
}
