import type { Settings } from '../contract/events'
import { LogPanel } from './logs/LogPanel'
import { PlanEditorScreen } from './plans/LazyPlans'
import { SettingsView } from './settings/SettingsView'
import type { LogStore } from './state/logStore'
import { FleetView } from './views/FleetView'
import { NodeScreen } from './views/NodeScreen'
import { ResultsView } from './views/ResultsView'
import { RunsView } from './views/RunsView'
import type { Screen } from './views/screenStore'

export interface CurrentScreenProps {
  readonly screen: Screen
  readonly logs: LogStore
  readonly setTheme: (theme: Settings['theme']) => Promise<void>
}

/** What stands between header and log dock. */
export function CurrentScreen({ screen, logs, setTheme }: CurrentScreenProps) {
  switch (screen) {
    case 'fleet':
      return <FleetView />
    case 'node':
      return <NodeScreen />
    case 'runs':
      return <RunsView />
    case 'plan':
      return <PlanEditorScreen />
    case 'results':
      return <ResultsView />
    case 'logs':
      return (
        <>
          <h1 className="sr-only">Logs</h1>
          <LogPanel store={logs} layout="screen" />
        </>
      )
    case 'settings':
      return <SettingsView setTheme={setTheme} />
    default:
      return screen satisfies never
  }
}
