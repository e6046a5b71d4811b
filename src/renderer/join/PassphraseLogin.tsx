import { useRef, useState } from 'react'
import type { SecretsPlace } from '../../contract/keys'
import type { BlockReason } from '../../contract/nodes'
import { Button } from '../components/Button'
import { useActions } from '../views/actions'
import { sentence } from '../views/problem'
import { Leave, type LoginPartProps, Refusal, UnderWay } from './LoginParts'
import { type Secret, SecretField } from './SecretField'
import { type Asked, useAsked } from './useAsked'

type Reason = Extract<BlockReason, { kind: 'passphrase' }>

/** The passphrase of one key, asked for once. */
export function PassphraseLogin(props: LoginPartProps<Reason>) {
  const { node, reason, phase, run, tried, frame } = props
  const actions = useActions()
  const secret = useRef<Secret>(null)
  const [hasText, setHasText] = useState(false)
  const [isKept, setKept] = useState(false)
  const { asked: place } = useAsked(actions.secretsPlace)
  const isWorking = phase.at === 'working'
  const refusal = isWorking ? 'It is being tried.' : hasText ? null : 'Type the passphrase first.'
  const submit = (): void => {
    if (refusal !== null) return
    const passphrase = secret.current?.take() ?? ''
    const ask = { node: node.name, path: reason.path, passphrase, isKept: isKept && hasKeychain(place) }
    void run('Trying the passphrase…', () => actions.unlockNode(ask), null)
  }
  return frame(
    <>
      <p className="text-t2">
        The key <code className="wrap-anywhere">{reason.path}</code> is locked with a passphrase.
      </p>
      <Refusal phase={phase} again={tried === 'answered' ? reason.message : null} />
      <div className="modal-part mt-4">
        <SecretField label="Passphrase" secret={secret} onTyped={setHasText} onEnter={submit} />
        <Keeping place={place} isKept={isKept} onChange={setKept} />
      </div>
      <UnderWay phase={phase} tried={tried} node={node.name} />
      {tried !== 'none' || reason.hint === '' ? null : (
        <p className="mt-3 text-dense text-t3">{sentence(reason.hint)}</p>
      )}
    </>,
    <>
      <Leave>Cancel</Leave>
      <Button look="primary" refusal={refusal} onClick={submit}>
        Unlock and connect
      </Button>
    </>,
  )
}

const hasKeychain = (place: Asked<SecretsPlace>): boolean =>
  place.at === 'known' && place.value.place === 'keychain'

interface KeepingProps {
  readonly place: Asked<SecretsPlace>
  readonly isKept: boolean
  readonly onChange: (isKept: boolean) => void
}

/** Where it goes. A choice only where there is a keychain that deserves the name. */
function Keeping({ place, isKept, onChange }: KeepingProps) {
  if (place.at === 'waiting') return <p className="mt-3 text-dense text-t3">Looking for a keychain…</p>
  if (!hasKeychain(place)) {
    const why = place.at === 'known' && place.value.detail !== '' ? ` ${sentence(place.value.detail)}` : ''
    return (
      <p className="mt-3 text-dense text-t2">
        It is kept in memory until Drydock ends, and nowhere else.<span className="text-t3">{why}</span>
      </p>
    )
  }
  const detail = place.at === 'known' ? place.value.detail : ''
  return (
    <label className="mt-3 flex min-h-6 items-center gap-2.5">
      <input type="checkbox" checked={isKept} onChange={event => onChange(event.target.checked)} />
      Keep it in the keychain
      <span className="text-dense text-t3">{detail}</span>
    </label>
  )
}
