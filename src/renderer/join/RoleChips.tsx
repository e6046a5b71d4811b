import { Plus, X } from 'lucide-react'
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react'
import { useFleet } from '../state/fleetStore'

/** The contract's own limits. */
const MOST_ROLES = 20
const LONGEST = 60
const USUAL = ['gpu', 'cpu']
const OFFERED = 4

interface RoleChipsProps {
  readonly roles: readonly string[]
  readonly onChange: (roles: readonly string[]) => void
  /** Whose they are, for who does not see where they stand. */
  readonly of: string
}

/** What a node is for: plans can go to a role. Typed, or taken from those that other nodes have. */
export function RoleChips({ roles, onChange, of }: RoleChipsProps) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState('')
  const offered = useOffered(roles)
  const add = (role: string): void => {
    const word = role.trim().slice(0, LONGEST)
    setTyped('')
    if (word !== '' && !roles.includes(word) && roles.length < MOST_ROLES) onChange([...roles, word])
  }
  const remove = (role: string): void => {
    onChange(roles.filter(one => one !== role))
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = roles.at(-1)
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault()
      add(typed)
    } else if (event.key === 'Backspace' && typed === '' && last !== undefined) remove(last)
  }
  return (
    <div className="join-field">
      <label htmlFor={id}>Roles</label>
      <span className="role-box">
        {roles.map(role => (
          <Chip key={role} role={role} name={`Remove role ${role} of ${of}`} onPress={() => remove(role)} />
        ))}
        <input
          ref={field}
          id={id}
          type="text"
          autoComplete="off"
          spellCheck={false}
          placeholder={roles.length === 0 ? 'type and press Enter' : ''}
          value={typed}
          onChange={event => setTyped(event.target.value)}
          onKeyDown={onKeyDown}
          onBlur={() => add(typed)}
        />
        {offered.map(role => (
          <Chip key={role} role={role} isOffer name={`Add role ${role} to ${of}`} onPress={() => add(role)} />
        ))}
      </span>
    </div>
  )
}

interface ChipProps {
  readonly role: string
  readonly name: string
  readonly onPress: () => void
  readonly isOffer?: boolean
}

function Chip({ role, name, onPress, isOffer = false }: ChipProps) {
  return (
    <button
      type="button"
      className="chip"
      data-offer={isOffer ? '' : undefined}
      aria-label={name}
      onClick={onPress}
    >
      {isOffer ? <Plus size={12} strokeWidth={1.75} aria-hidden /> : null}
      {role}
      {isOffer ? null : <X size={12} strokeWidth={1.75} aria-hidden />}
    </button>
  )
}

/** Roles that the fleet has already and this node has not. */
function useOffered(roles: readonly string[]): readonly string[] {
  const nodes = useFleet(state => state.nodes)
  return useMemo(() => {
    const known = new Set([...nodes.flatMap(node => node.roles), ...USUAL])
    return [...known].filter(role => !roles.includes(role)).slice(0, OFFERED)
  }, [nodes, roles])
}
