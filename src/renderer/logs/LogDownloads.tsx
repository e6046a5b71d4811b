import { Menu } from '@base-ui/react/menu'
import { Download } from 'lucide-react'
import type { Run } from '../../contract/runs'
import { IconButton } from '../components/Button'
import type { LogStore } from '../state/logStore'
import { saveText } from '../state/saveText'
import { downloadLogs } from './downloadLogs'
import { logPanelStore } from './logPanelStore'
import type { LogTab } from './logTab'
import { logsIn } from './shownLogs'
import { shownText } from './shownText'

interface LogDownloadsProps {
  readonly store: LogStore
  readonly run: Run | null
  readonly tab: LogTab
}

const ICON = <Download size={16} strokeWidth={1.75} aria-hidden />

/** The lines on the screen as a text, or the whole logs from disk. */
export function LogDownloads({ store, run, tab }: LogDownloadsProps) {
  if (run === null) {
    return (
      <IconButton name="Download logs" size="s" refusal="No run has a log yet.">
        {ICON}
      </IconButton>
    )
  }
  const saveShown = (): void => {
    const { rows } = store.getSnapshot()
    saveText(`${run.plan}-${run.id}-shown.log`, shownText(rows, logPanelStore.getState().zone), 'text/plain')
  }
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger
        className="button"
        data-look="bare"
        data-size="s"
        aria-label="Download logs"
        data-tip="Download logs"
      >
        {ICON}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="z-50" sideOffset={4} align="end">
          <Menu.Popup className="menu">
            <Menu.Item className="menu-item" onClick={saveShown}>
              What is shown
            </Menu.Item>
            <Menu.Item
              className="menu-item"
              onClick={() => downloadLogs(run.id, tab === 'all' ? null : logsIn(run, tab))}
            >
              All, from disk
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
