import { Logs } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Run } from '../../contract/runs'
import { Button } from '../components/Button'
import { EmptyState } from '../components/Panel'
import { count } from '../format'
import { NO_FILTER } from '../state/logFilter'
import type { LogStore } from '../state/logStore'
import { logPanelStore } from './logPanelStore'
import type { LogTab } from './logTab'
import { emptyWords, logsIn } from './shownLogs'
import { useLogs } from './useLogs'

export interface NoLinesProps {
  readonly store: LogStore
  readonly run: Run | null
  readonly tab: LogTab
}

/** Why the list is empty, and the one button that changes that. */
export function NoLines(props: NoLinesProps) {
  const isEmpty = useLogs(props.store, ({ rows, isFiltering }) => rows.length === 0 && !isFiltering)
  return isEmpty ? <Reason {...props} /> : null
}

function Reason({ store, run, tab }: NoLinesProps) {
  const { filter, lineCount, input, choice } = useLogs(store, snapshot => snapshot)
  if (lineCount === 0) {
    const [title, sentence] = emptyWords(run, run === null ? [] : logsIn(run, tab))
    return <Empty title={title}>{sentence}</Empty>
  }
  if (filter.kind === 'matching' && choice.onlyMatches) {
    return (
      <Empty title={`No line matches “${input.text}”`}>
        {count(lineCount)} lines were searched{choice.showsReports ? '' : ', those for Drydock left out'}.{' '}
        <Button size="s" onClick={() => store.setFilter({ ...NO_FILTER, isRegex: input.isRegex })}>
          Show every line
        </Button>
      </Empty>
    )
  }
  if (choice.level !== 'all') {
    return (
      <Empty title={choice.level === 'error' ? 'No errors' : 'No warnings, no errors'}>
        None of {count(lineCount)} lines says so.{' '}
        <Button size="s" onClick={() => logPanelStore.setState({ level: 'all' })}>
          Show every level
        </Button>
      </Empty>
    )
  }
  if (choice.showsReports) return null
  return (
    <Empty title="Nothing printed for people yet">
      {count(lineCount)} lines told Drydock about progress, metrics and results.{' '}
      <Button size="s" onClick={() => logPanelStore.setState({ showsReports: true })}>
        Show them
      </Button>
    </Empty>
  )
}

const Empty = ({ title, children }: { title: string; children: ReactNode }) => (
  <div className="log-empty">
    <EmptyState icon={<Logs size={20} strokeWidth={1.75} aria-hidden />} title={title}>
      {children}
    </EmptyState>
  </div>
)
