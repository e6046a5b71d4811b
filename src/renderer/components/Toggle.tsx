import { Switch } from '@base-ui/react/switch'
import { useId } from 'react'

export interface ToggleProps {
  readonly name: string
  readonly isOn: boolean
  /** Asked for; the switch moves only when `isOn` does. */
  readonly onAsk: (isOn: boolean) => void
  readonly isMono?: boolean
  /** Why it cannot be moved now; null when it can. */
  readonly refusal?: string | null
  readonly tip?: string
}

/** A switch with its name beside it; the whole of it can be pressed. */
export function Toggle({ name, isOn, onAsk, isMono = false, refusal = null, tip }: ToggleProps) {
  const reasonId = useId()
  return (
    <>
      <Switch.Root
        className="toggle"
        aria-label={name}
        checked={isOn}
        readOnly={refusal !== null}
        onCheckedChange={next => onAsk(next)}
        aria-disabled={refusal === null ? undefined : true}
        aria-describedby={refusal === null ? undefined : reasonId}
        data-tip={refusal ?? tip}
      >
        <span className="toggle-track">
          <Switch.Thumb className="toggle-thumb" />
        </span>
        <span className={isMono ? 'font-mono text-label font-medium text-t2' : 'text-dense'}>{name}</span>
      </Switch.Root>
      {refusal === null ? null : (
        <span id={reasonId} hidden>
          {refusal}
        </span>
      )}
    </>
  )
}
