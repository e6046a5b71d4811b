import { useEffect } from 'react'
import type { Settings } from '../contract/events'
import { CurrentScreen } from './CurrentScreen'
import { CrashGuard } from './settings/CrashGuard'
import { LogDock } from './logs/LogDock'
import { toggleDock } from './logs/logPanelStore'
import { CommandPalette } from './palette/CommandPalette'
import { openPalette } from './palette/paletteStore'
import { ShortcutSheet } from './palette/ShortcutSheet'
import { matchesShortcut } from './shortcuts'
import type { LogStore } from './state/logStore'
import type { FleetActions } from './views/actions'
import { hashOf, placeOf } from './views/hashRoute'
import { type Screen, screenStore, useScreen } from './views/screenStore'
import { Shell } from './views/Shell'

export interface AppProps {
  readonly actions: FleetActions
  readonly logs: LogStore
  readonly setTheme: (theme: Settings['theme']) => Promise<void>
}

/** The whole window. Views that break leave the header, and with it STOP, standing. */
export function App({ actions, logs, setTheme }: AppProps) {
  const screen = useScreen(state => state.screen)
  useHashRoute()
  useGlobalShortcuts()
  return (
    <CrashGuard>
      <Shell
        actions={actions}
        onOpenPalette={openPalette}
        dock={WITHOUT_DOCK.includes(screen) ? null : <Dock logs={logs} />}
      >
        <CrashGuard key={screen}>
          <CurrentScreen screen={screen} logs={logs} setTheme={setTheme} />
        </CrashGuard>
        <CommandPalette setTheme={setTheme} />
        <ShortcutSheet />
      </Shell>
    </CrashGuard>
  )
}

/** Screens that are all logs, or need the whole height. */
const WITHOUT_DOCK: readonly Screen[] = ['logs', 'plan', 'settings']

const Dock = ({ logs }: { logs: LogStore }) => (
  <CrashGuard>
    <LogDock store={logs} />
  </CrashGuard>
)

/** `#runs` and the screen, `#node/pc2` and a node's screen, are the same thing: either follows the other. */
function useHashRoute(): void {
  useEffect(() => {
    const fromHash = (): void => {
      const place = placeOf(window.location.hash)
      if (place !== null) screenStore.setState(place)
    }
    const toHash = (): void => {
      const hash = hashOf(screenStore.getState())
      if (window.location.hash !== hash) window.location.hash = hash
    }
    fromHash()
    toHash()
    const unsubscribe = screenStore.subscribe(toHash)
    window.addEventListener('hashchange', fromHash)
    return () => {
      unsubscribe()
      window.removeEventListener('hashchange', fromHash)
    }
  }, [])
}

function useGlobalShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (matchesShortcut(event, 'palette')) openPalette()
      else if (matchesShortcut(event, 'toggleDock')) toggleDock()
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}
