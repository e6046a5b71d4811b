import { Check } from 'lucide-react'
import { useEditor } from './editor'
import { FieldGroup } from './fields'
import type { FieldPath } from './planEdit'

interface AfterChipsProps {
  readonly path: FieldPath
  readonly after: readonly string[]
  /** Names of the other tracks, a line each. */
  readonly others: string
}

/** Which tracks must have succeeded before this one starts. */
export function AfterChips({ path, after, others }: AfterChipsProps) {
  const { set } = useEditor()
  const offered = others.split('\n').filter(name => name !== '')
  const names = [...new Set([...offered, ...after])]
  if (names.length === 0) return null
  const toggle = (name: string): void =>
    set(path, after.includes(name) ? after.filter(one => one !== name) : [...after, name])
  return (
    <FieldGroup
      isOne
      path={path}
      label="Starts after"
      note={
        after.length === 0
          ? 'It starts at once. Choose the tracks that must have succeeded before.'
          : 'It starts when all of these have succeeded on every node.'
      }
    >
      <span className="plan-chips">
        {names.map(name => (
          <button
            key={name}
            type="button"
            className="chip"
            aria-pressed={after.includes(name)}
            data-gone={offered.includes(name) ? undefined : ''}
            onClick={() => toggle(name)}
          >
            {after.includes(name) ? <Check size={12} strokeWidth={2} aria-hidden /> : null}
            <span className="truncate">{name}</span>
          </button>
        ))}
      </span>
    </FieldGroup>
  )
}
