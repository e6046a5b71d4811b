import { KeyRound, Plus, X } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { Button, IconButton } from '../components/Button'
import { StateIcon } from '../components/StateIcon'
import { useFleet } from '../state/fleetStore'
import { nextFrame } from '../state/pageFrames'
import { useEditor, useFieldProblem } from './editor'
import { FieldGroup, FieldNote } from './fields'
import type { FieldPath } from './planEdit'
import { usePlans } from './planStore'
import { SecretValue } from './SecretValue'

/** Names of secrets that every worker gets; their values are nowhere in the plan. */
export function SecretRows({ path, secrets }: { path: FieldPath; secrets: readonly string[] }) {
  const { set } = useEditor()
  const rows = useRef<HTMLDivElement>(null)
  const add = (): void => {
    set(path, [...secrets, ''])
    nextFrame(() =>
      rows.current?.querySelectorAll<HTMLInputElement>('input[type="text"]')[secrets.length]?.focus(),
    )
  }
  return (
    <FieldGroup path={path} label="Secrets" note="Variables whose values are not in fleet.yaml.">
      <div ref={rows} className="plan-rows">
        {secrets.map((name, at) => (
          <SecretRow
            // Two may be the same while they are typed: only the place tells one from the other.
            key={at}
            path={[...path, at]}
            name={name}
            at={at}
            onRemove={() =>
              set(
                path,
                secrets.filter((_, index) => index !== at),
              )
            }
          />
        ))}
      </div>
      <span>
        <Button size="s" onClick={add}>
          <Plus size={12} strokeWidth={1.75} aria-hidden />
          Add secret
        </Button>
      </span>
    </FieldGroup>
  )
}

interface SecretRowProps {
  readonly path: FieldPath
  readonly name: string
  readonly at: number
  readonly onRemove: () => void
}

function SecretRow({ path, name, at, onRemove }: SecretRowProps) {
  const { set } = useEditor()
  const noteId = useId()
  const problem = useFieldProblem(path)
  const isSet = useIsSet(name)
  const [isTyping, setTyping] = useState(false)
  const called = name === '' ? `secret ${at + 1}` : name
  return (
    <div className="plan-row">
      <span className="plan-secret">
        <input
          type="text"
          className="field font-mono"
          data-path={path.join('.')}
          aria-label={`Name of secret ${at + 1}`}
          aria-invalid={problem === null ? undefined : true}
          aria-describedby={problem === null ? undefined : noteId}
          autoComplete="off"
          spellCheck={false}
          placeholder="PGPASSWORD"
          value={name}
          onChange={event => set(path, event.target.value)}
        />
        {name === '' ? null : <SetBadge isSet={isSet} />}
        <Button
          size="s"
          aria-label={`${isSet === true ? 'Change' : 'Set'} value of ${called}`}
          aria-expanded={isTyping}
          refusal={name === '' ? 'Name it first.' : null}
          onClick={() => setTyping(!isTyping)}
        >
          <KeyRound size={12} strokeWidth={1.75} aria-hidden />
          {isSet === true ? 'Change value' : 'Set value'}
        </Button>
        <IconButton name={`Remove ${called}`} size="s" onClick={onRemove}>
          <X size={14} strokeWidth={1.75} aria-hidden />
        </IconButton>
      </span>
      <FieldNote id={noteId} words={problem ?? undefined} isWrong />
      {isTyping && name !== '' ? (
        <SecretValue key={name} name={name} isSet={isSet === true} onDone={() => setTyping(false)} />
      ) : null}
    </div>
  )
}

/** Whether a value is kept for it; null when no saved plan names it, so that nobody has said. */
function useIsSet(name: string): boolean | null {
  const here = usePlans(state => state.secrets[name] ?? null)
  const known = useFleet(state => {
    for (const plan of state.plans) for (const one of plan.secrets) if (one.name === name) return one.isSet
    return null
  })
  return here ?? known
}

function SetBadge({ isSet }: { isSet: boolean | null }) {
  const [state, words] =
    isSet === null
      ? (['unknown', 'known once saved'] as const)
      : isSet
        ? (['ok', 'value set'] as const)
        : (['warn', 'no value yet'] as const)
  return (
    <span className="plan-badge">
      <StateIcon state={state} size={12} isQuiet={isSet !== false} />
      {words}
    </span>
  )
}
