import { type RefObject, useEffect, useId, useImperativeHandle, useRef } from 'react'

/** A secret while it is typed. */
export interface Secret {
  /** What was typed; the field is empty afterwards. */
  take(): string
}

interface SecretFieldProps {
  readonly label: string
  readonly secret: RefObject<Secret | null>
  readonly onTyped: (hasText: boolean) => void
  readonly onEnter: () => void
  /** Not a secret after all: drawn as it is typed. */
  readonly isShown?: boolean
}

/**
 * A password field. Its text stays in the field alone: never in a component's state, and gone when it was taken or the
 * field goes away. It is in no form, so nothing offers to keep it.
 */
export function SecretField({ label, secret, onTyped, onEnter, isShown = false }: SecretFieldProps) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  useImperativeHandle(
    secret,
    () => ({
      take() {
        const text = field.current?.value ?? ''
        if (field.current !== null) field.current.value = ''
        onTyped(false)
        return text
      },
    }),
    [onTyped],
  )
  useEffect(() => {
    const drawn = field.current
    return () => {
      if (drawn !== null) drawn.value = ''
    }
  }, [])
  return (
    <div className="join-field">
      <label htmlFor={id}>{label}</label>
      <input
        ref={field}
        id={id}
        type={isShown ? 'text' : 'password'}
        className="field font-mono"
        data-first=""
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={event => onTyped(event.target.value !== '')}
        onKeyDown={event => {
          if (event.key === 'Enter') onEnter()
        }}
      />
    </div>
  )
}
