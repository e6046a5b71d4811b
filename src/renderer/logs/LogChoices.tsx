import { Menu } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import type { LogId, NodeName } from '../../contract/ids'
import type { Run } from '../../contract/runs'
import { LogMark } from './LogMark'
import { logPanelStore } from './logPanelStore'
import type { LogTab } from './logTab'
import { coloursOf, logsIn, logsOf, type RunLog } from './shownLogs'

export interface LogChooserProps {
  readonly run: Run
  readonly fleet: readonly NodeName[]
  readonly tab: LogTab
}

/** What the menu of all logs holds: read in when it is opened for the first time. */
export function LogChoices({ run, fleet, tab }: LogChooserProps) {
  const all = logsOf(run)
  const colour = coloursOf(run, fleet)
  const chosen = new Set(logsIn(run, tab).map(({ id }) => id))
  const group = (title: string, logs: readonly RunLog[]): ReactNode =>
    logs.length === 0 ? null : (
      <Menu.Group>
        <Menu.GroupLabel className="log-menu-title">{title}</Menu.GroupLabel>
        {logs.map(log => (
          <Menu.CheckboxItem
            key={log.id}
            className="menu-item log-menu-item"
            checked={chosen.has(log.id)}
            // The last one stays: nothing at all is no choice.
            disabled={chosen.size === 1 && chosen.has(log.id)}
            closeOnClick={false}
            onCheckedChange={isOn => choose(all, chosen, log.id, isOn)}
          >
            <Tick />
            <LogMark colour={colour(log)} />
            <span className="log-menu-name">{log.label}</span>
            <span className="log-menu-note">{log.path ?? log.track}</span>
          </Menu.CheckboxItem>
        ))}
      </Menu.Group>
    )
  return (
    <>
      {group(
        'Workers',
        all.filter(({ path }) => path === null),
      )}
      {group(
        'Files',
        all.filter(({ path }) => path !== null),
      )}
    </>
  )
}

/** What stands before a checked item of a menu. */
const Tick = () => (
  <span className="log-tick" aria-hidden>
    <Check size={14} strokeWidth={1.75} />
  </span>
)

function choose(all: readonly RunLog[], chosen: ReadonlySet<LogId>, log: LogId, isOn: boolean): void {
  const logs = all.map(({ id }) => id).filter(id => (id === log ? isOn : chosen.has(id)))
  logPanelStore.setState({ tab: logs.length === all.length ? 'all' : { logs } })
}
