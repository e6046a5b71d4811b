import { createStore, useStore } from 'zustand'

/** `auto`: roomy while there are few nodes, dense from five on. */
export type Density = 'auto' | 'comfortable' | 'compact'
/** How many nodes are drawn. */
type FleetLayout = 'table' | 'heat'
export type HeatGauge = 'CPU' | 'GPU' | 'VRAM' | 'RAM' | 'Disk'

/** How the person likes to see the fleet, on this computer. */
export interface FleetLook {
  readonly density: Density
  readonly layout: FleetLayout
  /** What a cell of the heat strip shows. */
  readonly heat: HeatGauge
  /** Nodes stand together by their first role (0), their second (1), …; null: not at all. */
  readonly groupBy: number | null
  /** Names of the groups that are folded. */
  readonly folded: readonly string[]
}

export const DENSITIES: readonly Density[] = ['auto', 'comfortable', 'compact']
export const HEAT_GAUGES: readonly HeatGauge[] = ['CPU', 'GPU', 'VRAM', 'RAM', 'Disk']

const KEY = 'drydock.fleetLook'
export const PLAIN_LOOK: FleetLook = {
  density: 'auto',
  layout: 'table',
  heat: 'CPU',
  groupBy: null,
  folded: [],
}

/** Read from `storage` and written back when it changes. */
export function createFleetLook(storage: Pick<Storage, 'getItem' | 'setItem'>) {
  const store = createStore<FleetLook>(() => ({ ...PLAIN_LOOK, ...remembered(storage.getItem(KEY)) }))
  store.subscribe(look => storage.setItem(KEY, JSON.stringify(look)))
  return store
}

/** What was stored, as far as it is what it should be. Nothing of it is worth an error. */
function remembered(text: string | null): Partial<FleetLook> {
  const { density, layout, heat, groupBy, folded } = parse(text)
  const isIndex = typeof groupBy === 'number' && Number.isInteger(groupBy) && groupBy >= 0
  return {
    ...(isOneOf(DENSITIES, density) && { density }),
    ...(isOneOf(['table', 'heat'] as const, layout) && { layout }),
    ...(isOneOf(HEAT_GAUGES, heat) && { heat }),
    ...(isIndex && { groupBy }),
    ...(Array.isArray(folded) && { folded: folded.filter(name => typeof name === 'string') }),
  }
}

const isOneOf = <T>(all: readonly T[], value: unknown): value is T => all.some(one => one === value)

function parse(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

export const fleetLook = createFleetLook(localStorage)
export const useFleetLook = <T>(select: (look: FleetLook) => T): T => useStore(fleetLook, select)

export function foldGroup(name: string): void {
  fleetLook.setState(({ folded }) => ({
    folded: folded.includes(name) ? folded.filter(one => one !== name) : [...folded, name],
  }))
}
