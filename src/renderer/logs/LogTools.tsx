import { Braces, ChevronDown, Clock, Download, Maximize2, Minimize2, WrapText } from 'lucide-react'
import type { RefObject } from 'react'
import type { Run } from '../../contract/runs'
import { IconButton } from '../components/Button'
import { Toggle } from '../components/Toggle'
import type { LogSnapshot, LogStore } from '../state/logStore'
import { screenStore } from '../views/screenStore'
import { downloadLogs } from './downloadLogs'
import { LogFilterField } from './LogFilterField'
import { logPanelStore, type LogTab, toggleDock, useLogPanel } from './logPanelStore'
import { workersIn } from './shownLogs'

export interface LogToolsProps {
  readonly store: LogStore
  readonly snapshot: LogSnapshot
  readonly run: Run | null
  readonly tab: LogTab
  readonly layout: 'dock' | 'screen'
  readonly filterRef: RefObject<HTMLInputElement | null>
}

const ICON = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

/** At the right end of the tabs' line. */
export function LogTools({ store, snapshot, run, tab, layout, filterRef }: LogToolsProps) {
  const isWrapping = useLogPanel(state => state.isWrapping)
  const showsTime = useLogPanel(state => state.showsTime)
  const showsReports = useLogPanel(state => state.showsReports)
  return (
    <div className="log-tools">
      <LogFilterField store={store} snapshot={snapshot} inputRef={filterRef} />
      <Toggle
        name="Follow"
        isOn={snapshot.isFollowing}
        onAsk={isOn => store.setFollowing(isOn)}
        tip="Keep the newest line in sight. Off: the list stands still, nothing is lost."
      />
      <span className="log-icons">
        <IconButton
          name="Wrap long lines"
          size="s"
          aria-pressed={isWrapping}
          onClick={() => logPanelStore.setState({ isWrapping: !isWrapping })}
        >
          <WrapText {...ICON} />
        </IconButton>
        <IconButton
          name="Show reports to Drydock (progress, metrics, results)"
          size="s"
          aria-pressed={showsReports}
          onClick={() => logPanelStore.setState({ showsReports: !showsReports })}
        >
          <Braces {...ICON} />
        </IconButton>
        <IconButton
          name="Show times (UTC)"
          size="s"
          aria-pressed={showsTime}
          onClick={() => logPanelStore.setState({ showsTime: !showsTime })}
        >
          <Clock {...ICON} />
        </IconButton>
        <IconButton
          name="Download logs"
          size="s"
          refusal={run === null ? 'No run has a log yet.' : null}
          onClick={() =>
            run === null ? undefined : downloadLogs(run.id, tab === 'all' ? null : workersIn(run, tab))
          }
        >
          <Download {...ICON} />
        </IconButton>
        <LayoutButtons layout={layout} />
      </span>
    </div>
  )
}

function LayoutButtons({ layout }: { layout: LogToolsProps['layout'] }) {
  if (layout === 'screen') {
    return (
      <IconButton name="Back to the fleet" size="s" onClick={() => screenStore.setState({ screen: 'fleet' })}>
        <Minimize2 {...ICON} />
      </IconButton>
    )
  }
  return (
    <>
      <IconButton
        name="Logs on the whole screen"
        size="s"
        onClick={() => screenStore.setState({ screen: 'logs' })}
      >
        <Maximize2 {...ICON} />
      </IconButton>
      <IconButton name="Hide the logs (Ctrl `)" size="s" onClick={toggleDock}>
        <ChevronDown {...ICON} />
      </IconButton>
    </>
  )
}
