import { createStore, useStore } from 'zustand'
import { fleetStore } from '../state/fleetStore'
import type { LineChoice } from '../state/logFilter'
import type { LogTab } from './logTab'

export type TimeZoneChoice = 'utc' | 'local'

/** How the person likes the log panel, on this computer, and what of it is open now. */
export interface LogPanelState extends LineChoice {
  readonly tab: LogTab
  /** null until somebody decided: then it is open unless the fleet needs the room. */
  readonly isDockOpen: boolean | null
  /** null until somebody dragged the edge: then it follows the window. */
  readonly heightPx: number | null
  readonly isWrapping: boolean
  readonly showsTime: boolean
  /** Whose clock times are told by. */
  readonly zone: TimeZoneChoice
  /** Marks what matches. */
  readonly highlights: boolean
  /** Goes up when the panel is to take the keyboard. */
  readonly focusAsked: number
}

export const LEAST_HEIGHT_PX = 112

const KEY = 'drydock.logPanel'
const REMEMBERED = [
  'isDockOpen',
  'heightPx',
  'isWrapping',
  'showsTime',
  'zone',
  'showsReports',
  'level',
  'onlyMatches',
  'highlights',
] as const
type Remembered = Pick<LogPanelState, (typeof REMEMBERED)[number]>

/** As nobody has chosen it. */
export const PLAIN_PANEL: LogPanelState = {
  tab: 'all',
  isDockOpen: null,
  heightPx: null,
  isWrapping: false,
  showsTime: true,
  zone: 'utc',
  showsReports: false,
  level: 'all',
  onlyMatches: true,
  highlights: true,
  focusAsked: 0,
}

/** The panel's state, read from `storage` and written back when it changes. */
export function createLogPanelStore(storage: Pick<Storage, 'getItem' | 'setItem'>) {
  const store = createStore<LogPanelState>(() => ({
    ...PLAIN_PANEL,
    ...readRemembered(storage.getItem(KEY)),
  }))
  store.subscribe((now, before) => {
    if (REMEMBERED.some(name => now[name] !== before[name])) {
      storage.setItem(KEY, JSON.stringify(now, [...REMEMBERED]))
    }
  })
  return store
}

const FLAGS = ['isDockOpen', 'isWrapping', 'showsTime', 'showsReports', 'onlyMatches', 'highlights'] as const

/** What was stored, as far as it is what it should be. Nothing of it is worth an error. */
function readRemembered(text: string | null): Partial<Remembered> {
  const stored = parse(text)
  const flags = FLAGS.filter(name => typeof stored[name] === 'boolean').map(name => [name, stored[name]])
  const { heightPx: height, zone, level } = stored
  return {
    ...Object.fromEntries(flags),
    ...(typeof height === 'number' && height >= LEAST_HEIGHT_PX && height < 10_000
      ? { heightPx: height }
      : {}),
    ...(zone === 'utc' || zone === 'local' ? { zone } : {}),
    ...(level === 'all' || level === 'warn' || level === 'error' ? { level } : {}),
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

/** How times are told is the same in every window: what one of them stores the others take. Returns its own end. */
export function followOtherWindows(): () => void {
  const onStorage = ({ key, newValue }: StorageEvent): void => {
    if (key !== KEY) return
    const { zone, showsTime, isWrapping } = readRemembered(newValue)
    logPanelStore.setState({
      ...(zone === undefined ? {} : { zone }),
      ...(showsTime === undefined ? {} : { showsTime }),
      ...(isWrapping === undefined ? {} : { isWrapping }),
    })
  }
  window.addEventListener('storage', onStorage)
  return () => window.removeEventListener('storage', onStorage)
}

/** With more nodes than this the fleet is a table, and has the whole screen until somebody wants the dock. */
const MOST_NODES_WITH_DOCK = 12

export const isDockShown = (isDockOpen: boolean | null, nodeCount: number): boolean =>
  isDockOpen ?? nodeCount <= MOST_NODES_WITH_DOCK

export function toggleDock(): void {
  const { isDockOpen } = logPanelStore.getState()
  logPanelStore.setState({ isDockOpen: !isDockShown(isDockOpen, fleetStore.getState().nodes.length) })
}
