import { type ComponentProps, type MouseEvent, useId } from 'react'

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled' | 'type'> {
  readonly look?: 'primary' | 'stop' | 'quiet' | 'bare'
  readonly size?: 'm' | 's'
  /** Why it cannot be pressed now; null when it can. It stays focusable, so that the reason can be heard. */
  readonly refusal?: string | null
}

export function Button({ look = 'quiet', size = 'm', refusal = null, onClick, ...rest }: ButtonProps) {
  const reasonId = useId()
  const press = (event: MouseEvent<HTMLButtonElement>): void => {
    if (refusal === null) onClick?.(event)
    else event.preventDefault()
  }
  return (
    <>
      <button
        data-tip={refusal ?? undefined}
        {...rest}
        type="button"
        className={`button ${rest.className ?? ''}`}
        data-look={look}
        data-size={size}
        aria-disabled={refusal === null ? undefined : true}
        aria-describedby={refusal === null ? rest['aria-describedby'] : reasonId}
        onClick={press}
      />
      {refusal === null ? null : (
        <span id={reasonId} hidden>
          {refusal}
        </span>
      )}
    </>
  )
}

export interface IconButtonProps extends Omit<ButtonProps, 'look' | 'aria-label'> {
  /** Its accessible name, and what the tooltip says. */
  readonly name: string
}

/** A square button that shows only an icon. */
export function IconButton({ name, refusal = null, ...rest }: IconButtonProps) {
  return (
    <Button
      {...rest}
      refusal={refusal}
      look="bare"
      aria-label={name}
      data-tip={refusal === null ? name : `${name}: ${refusal}`}
    />
  )
}
