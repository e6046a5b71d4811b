import { memo } from 'react'
import { count } from '../format'
import type { LogFilter } from '../state/logFilter'
import type { LogLine, LogSkip, LostBytes } from '../state/logEntry'
import { toneOf } from '../state/lineTone'
import { gapWords } from './gapWords'
import { LineText } from './LineText'
import { LogMark } from './LogMark'
import type { TimeZoneChoice } from './logPanelStore'
import { fullTime, lineTime } from './logTimes'

interface LogRowProps {
  readonly entry: LogLine
  /** null: times are not shown. */
  readonly zone: TimeZoneChoice | null
  /** What is marked in it. */
  readonly filter: LogFilter
  /** The match that was gone to last. */
  readonly isCurrent: boolean
}

/** One line: when it came, from whom, what it says. */
export const LogRow = memo(function LogRow({ entry, zone, filter, isCurrent }: LogRowProps) {
  return (
    <div className="log-line" data-tone={toneOf(entry.text)} data-current={isCurrent ? '' : undefined}>
      <LogMark colour={entry.source.colour} />
      {zone === null ? null : <Time atMs={entry.atMs} zone={zone} />}
      <span className="log-source" title={entry.source.label}>
        <span className="truncate">{entry.source.node}</span>
        <span className="log-source-end">{entry.source.label.slice(entry.source.node.length)}</span>
      </span>
      <span className="log-text">
        <LineText raw={entry.text} filter={filter} />
      </span>
    </div>
  )
})

/** Lines that are not here: pressing it reads them. */
export function SkipRow({ skip, onRead }: { skip: LogSkip; onRead: (skip: LogSkip) => void }) {
  const lines = skip.missing === 1 ? '1 line' : `${count(skip.missing)} lines`
  return (
    <button type="button" className="log-skip" onClick={() => onRead(skip)}>
      <LogMark colour={skip.source.colour} />
      {lines} of {skip.source.label} did not reach this screen. Read {skip.missing === 1 ? 'it' : 'them'} from
      the file
    </button>
  )
}

/** Bytes that nobody can read any more: said in words. */
export const GapRow = ({ gap }: { gap: LostBytes }) => (
  <p className="log-gap">
    <LogMark colour={gap.source.colour} />
    <span className="log-gap-words">
      Gap in {gap.source.label}: {gapWords(gap)}
    </span>
  </p>
)

function Time({ atMs, zone }: { atMs: number; zone: TimeZoneChoice }) {
  return (
    <time className="log-time" dateTime={new Date(atMs).toISOString()} title={fullTime(atMs, zone)}>
      {lineTime(atMs, zone)}
    </time>
  )
}
