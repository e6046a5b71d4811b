import { Select } from '@base-ui/react/select'
import { Check, ChevronDown, ChevronRight } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { useFieldProblem, useProblemCount } from './editor'
import { FieldNote } from './fields'
import type { FieldPath } from './planEdit'

interface ChoiceProps<T extends string> {
  readonly path: FieldPath
  readonly label: string
  readonly note?: string
  readonly value: T
  readonly options: readonly (readonly [T, string])[]
  readonly onChoose: (value: T) => void
}

/** One of a list that opens. */
export function ChoiceField<T extends string>(props: ChoiceProps<T>) {
  const { path, label, note, value, options, onChoose } = props
  const [labelId, noteId] = [useId(), useId()]
  const problem = useFieldProblem(path)
  const words = problem ?? note
  const known = options.some(([one]) => one === value)
  const all = known ? options : [[value, value] as const, ...options]
  return (
    <div className="join-field">
      <span id={labelId} className="plan-label">
        {label}
      </span>
      <Select.Root
        value={value}
        onValueChange={(next: T | null) => next !== null && onChoose(next)}
        modal={false}
      >
        <Select.Trigger
          className="field plan-choice"
          data-path={path.join('.')}
          aria-labelledby={labelId}
          aria-invalid={problem === null ? undefined : true}
          aria-describedby={words === undefined ? undefined : noteId}
        >
          <Select.Value className="truncate">{all.find(([one]) => one === value)?.[1] ?? value}</Select.Value>
          <Select.Icon className="ml-auto text-t3">
            <ChevronDown size={14} strokeWidth={1.75} aria-hidden />
          </Select.Icon>
        </Select.Trigger>
        <Select.Portal>
          <Select.Positioner className="z-50" sideOffset={4} align="start" alignItemWithTrigger={false}>
            <Select.Popup className="menu">
              <Select.List>
                {all.map(([one, text]) => (
                  <Select.Item key={one} value={one} className="menu-item">
                    <Select.ItemIndicator className="menu-check" keepMounted>
                      <Check size={14} strokeWidth={1.75} aria-hidden />
                    </Select.ItemIndicator>
                    <Select.ItemText>{text}</Select.ItemText>
                  </Select.Item>
                ))}
              </Select.List>
            </Select.Popup>
          </Select.Positioner>
        </Select.Portal>
      </Select.Root>
      <FieldNote id={noteId} words={words} isWrong={problem !== null} />
    </div>
  )
}

/** One of a few that all stand there. */
export function Radios<T extends string>(props: ChoiceProps<T> & { readonly children?: ReactNode }) {
  const { path, label, note, value, options, onChoose, children } = props
  const [name, noteId] = [useId(), useId()]
  const problem = useFieldProblem(path)
  const words = problem ?? note
  return (
    <fieldset className="plan-group" aria-describedby={words === undefined ? undefined : noteId}>
      <legend>{label}</legend>
      <span className="plan-radios">
        {options.map(([one, text]) => (
          <label key={one}>
            <input
              type="radio"
              name={name}
              // The one that has the keyboard when a problem leads here.
              data-path={one === value ? path.join('.') : undefined}
              checked={one === value}
              onChange={() => onChoose(one)}
            />
            {text}
          </label>
        ))}
      </span>
      {children}
      <FieldNote id={noteId} words={words} isWrong={problem !== null} />
    </fieldset>
  )
}

interface FoldProps {
  readonly title: string
  /** What is in it, in a few words; null when it holds nothing but defaults. */
  readonly holds: string | null
  /** A fold with a problem in it stays open. */
  readonly paths: readonly FieldPath[]
  readonly children: ReactNode
}

/** Fields that most plans do without. */
export function Fold({ title, holds, paths, children }: FoldProps) {
  const id = useId()
  const [isChosen, setChosen] = useState(holds !== null)
  const isOpen = useProblemCount(paths) > 0 || isChosen
  return (
    <div className="plan-fold" data-open={isOpen ? '' : undefined}>
      <button
        type="button"
        className="plan-fold-head"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setChosen(!isOpen)}
      >
        <ChevronRight size={14} strokeWidth={1.75} aria-hidden className="plan-chevron" />
        <span>{title}</span>
        <span className="plan-fold-holds">{isOpen ? '' : (holds ?? '')}</span>
      </button>
      {isOpen ? (
        <div id={id} className="plan-fold-body">
          {children}
        </div>
      ) : null}
    </div>
  )
}
