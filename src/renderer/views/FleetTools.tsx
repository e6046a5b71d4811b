import { LayoutGrid, Rows3, Search, TriangleAlert } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react'
import type { NodeName } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import { StateIcon, stateWord } from '../components/StateIcon'
import { count, plural } from '../format'
import { EVERY_NODE, type FleetFilter, isEveryNode, rolesOf, unusualStates } from './fleetFilter'
import { fleetLook, HEAT_GAUGES, useFleetLook } from './fleetLook'
import { groupings } from './nodeGroups'
import { TotalsOf } from './TotalsOf'

export interface FleetToolsProps {
  readonly nodes: readonly NodeView[]
  /** Those that pass the filter. */
  readonly shown: readonly NodeView[]
  readonly attention: ReadonlySet<NodeName>
  readonly filter: FleetFilter
  readonly onFilter: (filter: FleetFilter) => void
}

/** Which of many nodes are shown and how, and what those do together. */
export function FleetTools(props: FleetToolsProps) {
  return (
    <section className="fleet-tools" aria-label="Which nodes are shown">
      <div className="fleet-line">
        <Chips {...props} />
        <TotalsOf nodes={props.shown} className="fleet-totals" />
      </div>
      <div className="fleet-line">
        <FilterField {...props} />
        <Shown nodes={props.nodes} shown={props.shown} />
        <Grouping nodes={props.nodes} />
        <LayoutSwitch />
      </div>
    </section>
  )
}

function Chips({ nodes, attention, filter, onFilter }: FleetToolsProps) {
  return (
    <>
      <Chip isOn={isEveryNode(filter)} onPress={() => onFilter(EVERY_NODE)}>
        All {count(nodes.length)}
      </Chip>
      <Chip
        isOn={filter.needsAttention}
        onPress={() => onFilter({ ...filter, needsAttention: !filter.needsAttention })}
      >
        <TriangleAlert size={12} strokeWidth={1.75} aria-hidden className="text-warn" />
        Needs attention {attention.size}
      </Chip>
      {unusualStates(nodes).map(({ name, count: nodesSo }) => (
        <Chip
          key={name}
          isOn={filter.state === name}
          onPress={() => onFilter({ ...filter, state: filter.state === name ? null : name })}
        >
          <StateIcon state={name} size={12} />
          {stateWord(name)} {nodesSo}
        </Chip>
      ))}
      {rolesOf(nodes).map(({ name, count: nodesSo }) => (
        <Chip
          key={`role ${name}`}
          isOn={filter.role === name}
          onPress={() => onFilter({ ...filter, role: filter.role === name ? null : name })}
        >
          {name} {nodesSo}
        </Chip>
      ))}
    </>
  )
}

function Chip({ isOn, onPress, children }: { isOn: boolean; onPress: () => void; children: ReactNode }) {
  return (
    <button type="button" className="chip" aria-pressed={isOn} onClick={onPress}>
      {children}
    </button>
  )
}

/** `/` gives it the keyboard, Escape empties it. */
function FilterField({ filter, onFilter }: FleetToolsProps) {
  const field = useRef<HTMLInputElement>(null)
  useSlash(field)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || filter.text === '') return
    event.stopPropagation()
    onFilter({ ...filter, text: '' })
  }
  return (
    <span className="fleet-search">
      <Search size={12} strokeWidth={1.75} aria-hidden />
      <input
        ref={field}
        type="search"
        aria-label="Filter nodes"
        aria-keyshortcuts="/"
        placeholder="Filter nodes"
        spellCheck={false}
        autoComplete="off"
        value={filter.text}
        onChange={event => onFilter({ ...filter, text: event.target.value })}
        onKeyDown={onKeyDown}
      />
      <kbd className="kbd" aria-hidden>
        /
      </kbd>
    </span>
  )
}

/** How many pass, when not all of them do: said aloud too, because rows come and go without a sound. */
function Shown({ nodes, shown }: Pick<FleetToolsProps, 'nodes' | 'shown'>) {
  const words =
    shown.length === nodes.length ? '' : `${count(shown.length)} of ${plural(nodes.length, 'node')}`
  return <output className="fleet-shown">{words}</output>
}

/** Only while the keyboard is on the nodes or nowhere: elsewhere a slash is a letter. */
function useSlash(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent): void => {
      const hasModifier = event.ctrlKey || event.metaKey || event.altKey
      if (event.key !== '/' || hasModifier || event.defaultPrevented) return
      const { target } = event
      const isHere =
        target instanceof Element && (target === document.body || target.closest('.screen') !== null)
      if (!isHere || target.matches('input, textarea, select')) return
      event.preventDefault()
      field.current?.focus()
      field.current?.select()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [field])
}

function Grouping({ nodes }: { nodes: readonly NodeView[] }) {
  const groupBy = useFleetLook(look => look.groupBy)
  const offered = groupings(nodes)
  if (offered.length === 0) return null
  const chosen = offered.some(one => one.groupBy === groupBy) ? String(groupBy) : ''
  return (
    <select
      className="fleet-select"
      aria-label="Group nodes"
      value={chosen}
      onChange={({ target }) =>
        fleetLook.setState({ groupBy: target.value === '' ? null : Number(target.value) })
      }
    >
      <option value="">No groups</option>
      {offered.map(({ groupBy: by, words }) => (
        <option key={by} value={by}>
          By {words}
        </option>
      ))}
    </select>
  )
}

function LayoutSwitch() {
  const layout = useFleetLook(look => look.layout)
  const heat = useFleetLook(look => look.heat)
  return (
    <>
      {layout === 'heat' ? (
        <select
          className="fleet-select"
          aria-label="What cells show"
          value={heat}
          onChange={({ target }) =>
            fleetLook.setState({ heat: HEAT_GAUGES.find(name => name === target.value) ?? 'CPU' })
          }
        >
          {HEAT_GAUGES.map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      ) : null}
      <fieldset className="fleet-layouts" aria-label="How nodes are drawn">
        <LayoutButton
          name="Table"
          isOn={layout === 'table'}
          onPress={() => fleetLook.setState({ layout: 'table' })}
        >
          <Rows3 size={14} strokeWidth={1.75} aria-hidden />
        </LayoutButton>
        <LayoutButton
          name="Heat strip"
          isOn={layout === 'heat'}
          onPress={() => fleetLook.setState({ layout: 'heat' })}
        >
          <LayoutGrid size={14} strokeWidth={1.75} aria-hidden />
        </LayoutButton>
      </fieldset>
    </>
  )
}

interface LayoutButtonProps {
  readonly name: string
  readonly isOn: boolean
  readonly onPress: () => void
  readonly children: ReactNode
}

const LayoutButton = ({ name, isOn, onPress, children }: LayoutButtonProps) => (
  <button type="button" aria-label={name} data-tip={name} aria-pressed={isOn} onClick={onPress}>
    {children}
  </button>
)
