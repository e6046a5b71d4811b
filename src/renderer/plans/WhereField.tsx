import { useId, useMemo } from 'react'
import type { TrackDraft } from '../../contract/plans'
import { useFleet } from '../state/fleetStore'
import { Radios } from './choices'
import { useEditor, useFieldProblem } from './editor'
import type { FieldPath } from './planEdit'

type Way = 'all' | 'nodes' | 'role'

const WAYS: readonly (readonly [Way, string])[] = [
  ['all', 'All nodes'],
  ['nodes', 'Chosen nodes'],
  ['role', 'Nodes with a role'],
]

/** Which nodes a track goes to. */
export function WhereField({ path, on }: { path: FieldPath; on: TrackDraft['on'] }) {
  const { set } = useEditor()
  const roles = useRoles()
  const way: Way = on === 'all' ? 'all' : Array.isArray(on) ? 'nodes' : 'role'
  const choose = (next: Way): void => {
    if (next === way) return
    set(path, next === 'all' ? 'all' : next === 'nodes' ? [] : { role: roles[0] ?? '' })
  }
  return (
    <Radios path={path} label="Goes to" value={way} options={WAYS} onChoose={choose}>
      {Array.isArray(on) ? <ChosenNodes path={path} chosen={on} /> : null}
      {way === 'role' && on !== 'all' && !Array.isArray(on) ? <RoleField path={path} role={on.role} /> : null}
    </Radios>
  )
}

/** Chips of every node, and of those that are named but not in the fleet. */
function ChosenNodes({ path, chosen }: { path: FieldPath; chosen: readonly string[] }) {
  const { set } = useEditor()
  const nodes = useFleet(state => state.nodes)
  const known = new Set<string>(nodes.map(node => node.name))
  const names = [...nodes.map(node => node.name), ...chosen.filter(name => !known.has(name))]
  const toggle = (name: string): void => {
    const next = names.filter(one => (one === name ? !chosen.includes(one) : chosen.includes(one)))
    set(path, next)
  }
  return (
    <fieldset className="plan-chips" aria-label="Chosen nodes">
      {names.map(name => (
        <button
          key={name}
          type="button"
          className="chip"
          aria-pressed={chosen.includes(name)}
          data-gone={known.has(name) ? undefined : ''}
          data-tip={known.has(name) ? undefined : `${name} is not in the fleet`}
          onClick={() => toggle(name)}
        >
          <span className="truncate">{name}</span>
        </button>
      ))}
    </fieldset>
  )
}

function RoleField({ path, role }: { path: FieldPath; role: string }) {
  const { set } = useEditor()
  const [id, listId] = [useId(), useId()]
  const roles = useRoles()
  const problem = useFieldProblem(path)
  const nodes = useFleet(state => state.nodes.filter(node => node.roles.includes(role)).length)
  return (
    <span className="plan-role">
      <label htmlFor={id} className="sr-only">
        Role
      </label>
      <input
        id={id}
        type="text"
        className="field"
        list={listId}
        autoComplete="off"
        spellCheck={false}
        placeholder="gpu"
        value={role}
        aria-invalid={problem === null ? undefined : true}
        onChange={event => set(path, { role: event.target.value })}
      />
      <datalist id={listId}>
        {roles.map(one => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </datalist>
      <span className="num text-dense text-t3">
        {nodes === 0
          ? 'no node has it now'
          : nodes === 1
            ? '1 node has it now'
            : `${nodes} nodes have it now`}
      </span>
    </span>
  )
}

function useRoles(): readonly string[] {
  const nodes = useFleet(state => state.nodes)
  return useMemo(() => [...new Set(nodes.flatMap(node => node.roles))], [nodes])
}
