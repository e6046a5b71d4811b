import { type ReactNode, useId, useState } from 'react'
import { Field } from '../join/Field'
import { useEditor, useFieldProblem, useGroupProblem, useUnread } from './editor'
import type { FieldPath } from './planEdit'
import { formatList, formatNumber, parseList, parseNumber, type Reading } from './typedValues'

interface Named {
  readonly path: FieldPath
  readonly label: string
  readonly note?: string
}

const pathName = (path: FieldPath): string => path.join('.')

interface TextFieldProps extends Named {
  readonly value: string | null
  /** An empty field is null. */
  readonly isOptional?: boolean
  readonly isMono?: boolean
  readonly placeholder?: string
  /** Instead of setting the field. */
  readonly onText?: (text: string) => void
}

/** One line of text. */
export function TextField({ path, value, isOptional = false, onText, ...rest }: TextFieldProps) {
  const { set } = useEditor()
  const problem = useFieldProblem(path)
  return (
    <Field
      {...rest}
      data-path={pathName(path)}
      value={value ?? ''}
      problem={problem}
      onText={onText ?? (text => set(path, isOptional && text === '' ? null : text))}
    />
  )
}

interface NumberFieldProps<T> extends Named {
  readonly value: T
  readonly unit?: string
  readonly placeholder?: string
  readonly isOptional?: boolean
}

/** A number as it is typed; what cannot be read is kept and said, and the plan keeps the number it had. */
export function NumberField({ isOptional = false, ...props }: NumberFieldProps<number | null>) {
  return (
    <TypedField
      {...props}
      inputMode="decimal"
      format={formatNumber}
      parse={text => (text.trim() === '' ? (isOptional ? { value: null } : null) : parseNumber(text))}
    />
  )
}

interface TypedFieldProps<T> extends Named {
  readonly value: T
  readonly format: (value: T) => string
  readonly parse: (text: string) => Reading<T> | null
  readonly unit?: string
  readonly placeholder?: string
  readonly inputMode?: 'decimal' | 'text'
}

/** A value that is typed as text. */
export function TypedField<T>({ path, label, unit, value, format, parse, ...rest }: TypedFieldProps<T>) {
  const { set, keep } = useEditor()
  const problem = useFieldProblem(path)
  const unread = useUnread(path)
  const [typed, setTyped] = useState(() => format(value))
  const change = (text: string): void => {
    setTyped(text)
    const read = parse(text)
    if (read === null) keep(path, text)
    else set(path, read.value)
  }
  return (
    <Field
      {...rest}
      label={unit === undefined ? label : `${label} (${unit})`}
      data-path={pathName(path)}
      value={unread ?? shownText(typed, value, format, parse)}
      problem={problem}
      onText={change}
    />
  )
}

/** As it was typed while it means the same: `1.` stays `1.` until the next key. */
function shownText<T>(
  typed: string,
  value: T,
  format: (value: T) => string,
  parse: (text: string) => Reading<T> | null,
): string {
  const read = parse(typed)
  return read !== null && JSON.stringify(read.value) === JSON.stringify(value) ? typed : format(value)
}

interface AreaFieldProps extends Named {
  readonly value: string
  readonly onText: (text: string) => void
  readonly rows?: number
  readonly placeholder?: string
}

/** Several lines of text. */
export function AreaField({ path, label, note, value, onText, rows, placeholder }: AreaFieldProps) {
  const id = useId()
  const noteId = useId()
  const problem = useFieldProblem(path)
  const words = problem ?? note
  return (
    <div className="join-field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="field plan-area"
        data-path={pathName(path)}
        rows={rows ?? Math.min(8, Math.max(2, value.split('\n').length))}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        value={value}
        aria-invalid={problem === null ? undefined : true}
        aria-describedby={words === undefined ? undefined : noteId}
        onChange={event => onText(event.target.value)}
      />
      <FieldNote id={noteId} words={words} isWrong={problem !== null} />
    </div>
  )
}

/** A list, one thing a line. */
export function ListField({ value, ...props }: Named & { value: readonly string[]; placeholder?: string }) {
  const { set } = useEditor()
  const [typed, setTyped] = useState(() => formatList(value))
  const change = (text: string): void => {
    setTyped(text)
    set(props.path, parseList(text).value)
  }
  return <AreaField {...props} value={shownText(typed, value, formatList, parseList)} onText={change} />
}

/** What a field is for, or what is wrong with it. */
export function FieldNote({
  id,
  words,
  isWrong,
}: {
  id: string
  words: string | undefined
  isWrong: boolean
}) {
  if (words === undefined) return null
  return (
    <span id={id} className="join-field-note" data-wrong={isWrong ? '' : undefined} aria-live="polite">
      {words}
    </span>
  )
}

interface FieldGroupProps extends Named {
  /** Nothing in it tells its own problems: they are told here. */
  readonly isOne?: boolean
  readonly children: ReactNode
}

/** Fields that belong together, under one name. */
export function FieldGroup({ path, label, note, isOne = false, children }: FieldGroupProps) {
  const noteId = useId()
  const [within, own] = [useFieldProblem(path), useGroupProblem(path)]
  const problem = isOne ? within : own
  const words = problem ?? note
  return (
    <fieldset
      className="plan-group"
      data-path={pathName(path)}
      tabIndex={-1}
      aria-describedby={words === undefined ? undefined : noteId}
    >
      <legend>{label}</legend>
      {children}
      <FieldNote id={noteId} words={words} isWrong={problem !== null} />
    </fieldset>
  )
}
