import { type ComponentProps, useId } from 'react'

interface FieldProps extends Omit<ComponentProps<'input'>, 'type' | 'onChange' | 'value'> {
  readonly label: string
  readonly value: string
  readonly onText: (text: string) => void
  /** Why it cannot stand, as a sentence; null when it can. */
  readonly problem?: string | null
  /** What it is for, shown while there is no problem. */
  readonly note?: string
  readonly isMono?: boolean
}

/** A line of text with its name above it and, below, what is wrong with it as it is typed. */
export function Field({ label, value, onText, problem = null, note, isMono = false, ...rest }: FieldProps) {
  const id = useId()
  const noteId = useId()
  const words = problem ?? note
  return (
    <div className="join-field">
      <label htmlFor={id}>{label}</label>
      <input
        {...rest}
        id={id}
        type="text"
        className={`field ${isMono ? 'font-mono' : ''}`}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={value}
        aria-invalid={problem === null ? undefined : true}
        aria-describedby={words === undefined ? undefined : noteId}
        onChange={event => onText(event.target.value)}
      />
      {words === undefined ? null : (
        <span
          id={noteId}
          className="join-field-note"
          data-wrong={problem === null ? undefined : ''}
          aria-live="polite"
        >
          {words}
        </span>
      )}
    </div>
  )
}
