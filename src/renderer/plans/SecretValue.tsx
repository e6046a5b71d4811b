import { useRef, useState } from 'react'
import { Button } from '../components/Button'
import { Notice } from '../components/Notice'
import { type Secret, SecretField } from '../join/SecretField'
import { useAsked } from '../join/useAsked'
import { useActions } from '../views/actions'
import { useAttempt } from '../views/attempt'
import { planStore } from './planStore'

interface SecretValueProps {
  readonly name: string
  readonly isSet: boolean
  readonly onDone: () => void
}

const known = (name: string, isSet: boolean): void =>
  planStore.setState(({ secrets }) => ({ secrets: { ...secrets, [name]: isSet } }))

/** Takes the value of a secret, once, and says where it is kept. It comes out of there only into a worker. */
export function SecretValue({ name, isSet, onDone }: SecretValueProps) {
  const actions = useActions()
  const secret = useRef<Secret | null>(null)
  const [hasText, setHasText] = useState(false)
  const { problem, isBusy, run } = useAttempt()
  const { asked } = useAsked(actions.secretsPlace)
  const keep = async (): Promise<void> => {
    if (isBusy || !hasText) return
    const value = secret.current?.take() ?? ''
    const isKept = await run(() => actions.setSecret(name, value))
    if (!isKept) return
    known(name, true)
    onDone()
  }
  const forget = async (): Promise<void> => {
    if (!(await run(() => actions.removeSecret(name)))) return
    known(name, false)
    onDone()
  }
  return (
    <div className="plan-secret-value">
      <SecretField
        label={`Value of ${name}`}
        secret={secret}
        onTyped={setHasText}
        onEnter={() => void keep()}
      />
      <p className="join-field-note">{placeWords(asked.at === 'known' ? asked.value : null)}</p>
      {problem === null ? null : <Notice severity="err" what={problem.what} fix={problem.fix} />}
      <span className="flex flex-wrap gap-2">
        <Button
          size="s"
          look="primary"
          refusal={isBusy ? 'Keeping it.' : hasText ? null : 'Type the value first.'}
          onClick={() => void keep()}
        >
          Keep value
        </Button>
        {isSet ? (
          <Button size="s" refusal={isBusy ? 'Under way.' : null} onClick={() => void forget()}>
            Forget value
          </Button>
        ) : null}
        <Button size="s" onClick={onDone}>
          Cancel
        </Button>
      </span>
    </div>
  )
}

function placeWords(
  place: { readonly place: 'keychain' | 'memory'; readonly detail: string } | null,
): string {
  if (place === null) return 'Drydock is asking where it can be kept.'
  return place.place === 'keychain'
    ? `It is kept in ${place.detail}, and goes to a worker at its launch alone.`
    : `It is kept in memory until Drydock ends: ${place.detail}`
}
