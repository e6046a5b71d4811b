import { useMemo } from 'react'
import type { NodeName } from '../../contract/ids'
import type { Run } from '../../contract/runs'
import { useFleet } from '../state/fleetStore'
import { useScreen } from '../views/screenStore'
import { useLogPanel } from './logPanelStore'
import type { LogTab } from './logTab'
import { shownRun, validTab } from './shownLogs'

export interface LogPlace {
  readonly run: Run | null
  readonly tab: LogTab
  readonly fleet: readonly NodeName[]
}

/** Whose logs the panel shows. */
export function useLogPlace(): LogPlace {
  const chosen = useScreen(state => state.run)
  const run = useFleet(state => shownRun(state.runs, chosen))
  const fleet = useFleetNames()
  const wanted = useLogPanel(state => state.tab)
  const tab = validTab(run, wanted)
  return { run, tab, fleet }
}

/** Names alone: readings and links change every second, they do not. */
function useFleetNames(): readonly NodeName[] {
  const key = useFleet(state => state.nodes.map(node => node.name).join('\n'))
  return useMemo(() => (key === '' ? [] : (key.split('\n') as NodeName[])), [key])
}
