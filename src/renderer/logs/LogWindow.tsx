import { CSPProvider } from '@base-ui/react/csp-provider'
import { useEffect, useState } from 'react'
import type { LogWindowPlace } from '../../contract/logWindow'
import { Notice } from '../components/Notice'
import { TipLayer } from '../components/TipLayer'
import { CrashGuard } from '../settings/CrashGuard'
import { useFleet } from '../state/fleetStore'
import type { LogStore } from '../state/logStore'
import { LastProblem } from '../views/LastProblem'
import { screenStore } from '../views/screenStore'
import { useTheme } from '../views/useTheme'
import { LogPanel } from './LogPanel'
import { logPanelStore } from './logPanelStore'
import { useLogPlace } from './useLogPlace'

interface LogWindowProps {
  /** What it shows first; everything can be chosen anew here. null: what is chosen already. */
  readonly place: LogWindowPlace | null
  readonly logs: LogStore
}

/** A window of its own that is all logs. */
export function LogWindow({ place, logs }: LogWindowProps) {
  useTheme()
  // Before the panel is drawn for the first time: it would follow other logs first.
  useState(() => {
    if (place === null) return
    screenStore.setState({ run: place.run })
    logPanelStore.setState({ tab: place.shown })
  })
  useTitle()
  return (
    <CSPProvider disableStyleElements>
      <CrashGuard>
        <main className="log-window">
          <h1 className="sr-only">Logs</h1>
          <div className="shell-news">
            <Lost />
            <LastProblem />
          </div>
          <LogPanel store={logs} layout="window" />
          <TipLayer />
        </main>
      </CrashGuard>
    </CSPProvider>
  )
}

/** What to do about it stands in the main window. */
function Lost() {
  const isLost = useFleet(state => state.engine === 'lost')
  if (!isLost) return null
  return (
    <Notice
      severity="err"
      what="Lines stand still"
      cause="The engine stopped answering. Runs go on: they live on their nodes."
      fix="Start Drydock again to see what they print."
    />
  )
}

function useTitle(): void {
  const { run } = useLogPlace()
  const isLive = useFleet(state => state.engine === 'live')
  const plan = isLive ? run?.plan : undefined
  useEffect(() => {
    if (plan !== undefined) document.title = `${plan}: logs · Drydock`
  }, [plan])
}
