import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { NodeName } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import { count, percent } from '../format'
import { type FleetState, fleetStore } from '../state/fleetStore'
import { percentOf } from '../state/history'
import { useClock } from './clock'
import { workByNode } from './nodeWork'

/** `all`, `attention`, or a role. */
export type FleetFilterName = string

export interface FleetFilterProps {
  readonly nodes: readonly NodeView[]
  readonly troubled: ReadonlySet<NodeName>
  readonly filter: FleetFilterName
  readonly onFilter: (filter: FleetFilterName) => void
}

/** Which of many nodes are shown, and what all of them together do. */
export function FleetFilter({ nodes, troubled, filter, onFilter }: FleetFilterProps) {
  const roles = [...new Set(nodes.flatMap(node => node.roles))]
  const chip = (name: FleetFilterName, children: ReactNode): ReactNode => (
    <button
      key={name}
      type="button"
      className="chip"
      aria-pressed={filter === name}
      onClick={() => onFilter(filter === name ? 'all' : name)}
    >
      {children}
    </button>
  )
  return (
    <div className="flex flex-wrap items-center gap-2">
      {chip('all', `All ${count(nodes.length)}`)}
      {chip(
        'attention',
        <>
          <TriangleAlert size={12} strokeWidth={1.75} aria-hidden className="text-warn" />
          Needs attention {troubled.size}
        </>,
      )}
      {roles.map(role =>
        chip(`role ${role}`, `${role} ${nodes.filter(node => node.roles.includes(role)).length}`),
      )}
      <FleetTotals />
    </div>
  )
}

export function filtered(
  nodes: readonly NodeView[],
  filter: FleetFilterName,
  troubled: ReadonlySet<NodeName>,
): readonly NodeView[] {
  if (filter === 'all') return nodes
  if (filter === 'attention') return nodes.filter(node => troubled.has(node.name))
  return nodes.filter(node => node.roles.some(role => `role ${role}` === filter))
}

/** Averages over what is online, once a second and not with every sample. */
function FleetTotals() {
  const words = useClock(() => totalsOf(fleetStore.getState()).join('\n'))
  return (
    <span className="fleet-totals">
      {words.split('\n').map(total => {
        const [name, ...value] = total.split(' ')
        return (
          <span key={name}>
            {name} <b className="font-semibold text-t1">{value.join(' ')}</b>
          </span>
        )
      })}
    </span>
  )
}

/** `GPU 74 %`, `VRAM 64 %`, `CPU 75 %`, `workers 98`. Absent: what no node reports is left out. */
function totalsOf(state: FleetState): readonly string[] {
  const online = state.nodes.filter(node => node.link.state === 'online').map(node => node.name)
  const gpus = online.flatMap(name => state.gpus[name]?.gpus ?? [])
  const averages: readonly (readonly [string, number | null])[] = [
    ['GPU', average(gpus.map(gpu => gpu.utilPct))],
    ['VRAM', average(gpus.map(gpu => percentOf(gpu.memUsedMiB, gpu.memTotalMiB)))],
    ['CPU', average(online.map(name => state.samples[name]?.cpuPct ?? null))],
  ]
  const workers = [...workByNode(state.runs).values()].reduce((sum, work) => sum + work.workers, 0)
  return [
    ...averages.flatMap(([name, value]) => (value === null ? [] : [`${name} ${percent(value)}`])),
    `workers ${count(workers)}`,
  ]
}

function average(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}
