import { Braces, ChevronDown, Clock, Maximize2, Minimize2, PictureInPicture2, WrapText } from 'lucide-react'
import type { Run } from '../../contract/runs'
import { logWindowHash } from '../../contract/logWindow'
import { IconButton } from '../components/Button'
import { Toggle } from '../components/Toggle'
import type { LogStore } from '../state/logStore'
import { screenStore } from '../views/screenStore'
import { LogDownloads } from './LogDownloads'
import { logPanelStore, toggleDock, useLogPanel } from './logPanelStore'
import type { LogTab } from './logTab'
import { useLogs } from './useLogs'

/** Where the panel is: at the foot of the window, all of it, or in a window of its own. */
export type LogLayout = 'dock' | 'screen' | 'window'

export interface LogToolsProps {
  readonly store: LogStore
  readonly run: Run | null
  readonly tab: LogTab
  readonly layout: LogLayout
}

const ICON = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

/** At the right end of the tabs' line. */
export function LogTools({ store, run, tab, layout }: LogToolsProps) {
  const isFollowing = useLogs(store, snapshot => snapshot.isFollowing)
  const isWrapping = useLogPanel(state => state.isWrapping)
  const showsReports = useLogPanel(state => state.showsReports)
  return (
    <div className="log-tools">
      <Toggle
        name="Follow"
        isOn={isFollowing}
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
        <TimeButtons />
        <LogDownloads {...{ store, run, tab }} />
        {layout === 'window' ? null : (
          <IconButton
            name="Open in a window"
            size="s"
            refusal={run === null ? 'No run has a log yet.' : null}
            onClick={() => (run === null ? undefined : openWindow(run, tab))}
          >
            <PictureInPicture2 {...ICON} />
          </IconButton>
        )}
        <LayoutButtons layout={layout} />
      </span>
    </div>
  )
}

/** Nothing is opened by the page itself: the app does, and only for an address of this form. */
function openWindow(run: Run, tab: LogTab): void {
  window.open(`${window.location.origin}/${logWindowHash({ run: run.id, shown: tab })}`)
}

function TimeButtons() {
  const showsTime = useLogPanel(state => state.showsTime)
  const zone = useLogPanel(state => state.zone)
  const isLocal = zone === 'local'
  return (
    <>
      <IconButton
        name="Show times"
        size="s"
        aria-pressed={showsTime}
        onClick={() => logPanelStore.setState({ showsTime: !showsTime })}
      >
        <Clock {...ICON} />
      </IconButton>
      <button
        type="button"
        className="log-flag log-zone"
        aria-label={isLocal ? 'Local times' : 'UTC times'}
        data-tip={isLocal ? 'Times are local. Press for UTC' : 'Times are UTC. Press for local ones'}
        onClick={() => logPanelStore.setState({ zone: isLocal ? 'utc' : 'local' })}
      >
        {isLocal ? 'Local' : 'UTC'}
      </button>
    </>
  )
}

function LayoutButtons({ layout }: { layout: LogLayout }) {
  if (layout === 'window') return null
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
