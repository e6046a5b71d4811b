import { createStore, useStore } from 'zustand'
import type { NodeName } from '../../contract/ids'
import { fleetStore } from '../state/fleetStore'

/** Which workers: all of the run, or those of one node. */
export type LogTab = 'all' | { readonly node: NodeName }

/** How the person likes the log panel, on this computer, and what of it is open now. */
export interface LogPanelState {
  readonly tab: LogTab
  /** null until somebody decided: then it is open unless the fleet needs the room. */
  readonly isDockOpen: boolean | null
  /** null until somebody dragged the edge: then it follows the window. */
  readonly heightPx: number | null
  readonly isWrapping: boolean
  readonly showsTime: boolean
  /** Lines of the line protocol among the others. */
  readonly showsReports: boolean
  /** Goes up when the panel is to take the keyboard. */
  readonly focusAsked: number
}

export const LEAST_HEIGHT_PX = 112

const KEY = 'drydock.logPanel'
const REMEMBERED = ['isDockOpen', 'heightPx', 'isWrapping', 'showsTime', 'showsReports'] as const
type Remembered = Pick<LogPanelState, (typeof REMEMBERED)[number]>

/** The panel's state, read from `storage` and written back when it changes. */
export function createLogPanelStore(storage: Pick<Storage, 'getItem' | 'setItem'>) {
  const store = createStore<LogPanelState>(() => ({
    tab: 'all',
    isDockOpen: null,
    heightPx: null,
    isWrapping: false,
    showsTime: true,
    showsReports: false,
    focusAsked: 0,
    ...readRemembered(storage.getItem(KEY)),
  }))
  store.subscribe((now, before) => {
    if (REMEMBERED.some(name => now[name] !== before[name])) {
      storage.setItem(KEY, JSON.stringify(now, [...REMEMBERED]))
    }
  })
  return store
}

/** What was stored, as far as it is what it should be. Nothing of it is worth an error. */
function readRemembered(text: string | null): Partial<Remembered> {
  const stored = parse(text)
  const flag = (name: keyof Remembered): object =>
    typeof stored[name] === 'boolean' ? { [name]: stored[name] } : {}
  const height = stored['heightPx']
  return {
    ...flag('isDockOpen'),
    ...flag('isWrapping'),
    ...flag('showsTime'),
    ...flag('showsReports'),
    ...(typeof height === 'number' && height >= LEAST_HEIGHT_PX && height < 10_000
      ? { heightPx: height }
      : {}),
  }
}

function parse(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

export const logPanelStore = createLogPanelStore(localStorage)
export const useLogPanel = <T>(select: (state: LogPanelState) => T): T => useStore(logPanelStore, select)

/** With more nodes than this the fleet is a table, and has the whole screen until somebody wants the dock. */
const MOST_NODES_WITH_DOCK = 12

export const isDockShown = (isDockOpen: boolean | null, nodeCount: number): boolean =>
  isDockOpen ?? nodeCount <= MOST_NODES_WITH_DOCK

export function toggleDock(): void {
  const { isDockOpen } = logPanelStore.getState()
  logPanelStore.setState({ isDockOpen: !isDockShown(isDockOpen, fleetStore.getState().nodes.length) })
}
