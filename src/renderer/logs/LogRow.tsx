import { memo, type ReactNode } from 'react'
import type { LogFilter } from '../state/logFilter'
import type { LogGap, LogLine } from '../state/logEntry'
import { plainText } from '../state/plainText'
import { type Segment, segmentsOf } from './ansi'
import { toneOf } from './lineTone'

interface LogRowProps {
  readonly entry: LogLine
  readonly showsTime: boolean
  readonly filter: LogFilter
}

/** One line: when it came (UTC), from whom, what it says. */
export const LogRow = memo(function LogRow({ entry, showsTime, filter }: LogRowProps) {
  return (
    <div className="log-line" data-tone={toneOf(entry.text)}>
      {showsTime ? <Time atMs={entry.atMs} /> : null}
      <span className="log-source">
        <NodeSquare colour={entry.source.colour} />
        <span className="flex min-w-0">
          <span className="truncate">{entry.source.node}</span>
          <span className="flex-none">{entry.source.label.slice(entry.source.node.length)}</span>
        </span>
      </span>
      <span className="log-text">{drawText(entry.text, filter)}</span>
    </div>
  )
})

/** Lines that are not here: pressing it reads them. */
export function GapRow({ gap, onRead }: { gap: LogGap; onRead: (gap: LogGap) => void }) {
  const lines = gap.missing === 1 ? '1 line' : `${gap.missing.toLocaleString('en-US')} lines`
  return (
    <button type="button" className="log-gap" onClick={() => onRead(gap)}>
      {lines} of {gap.source.label} did not reach this screen. Read {gap.missing === 1 ? 'it' : 'them'} from
      the file
    </button>
  )
}

export const NodeSquare = ({ colour }: { colour: number }) => (
  <span className="node-square" data-colour={colour} aria-hidden />
)

function Time({ atMs }: { atMs: number }) {
  const iso = new Date(atMs).toISOString()
  return (
    <time className="log-time" dateTime={iso} title={`${iso.slice(0, 10)} ${iso.slice(11, 23)} UTC`}>
      {iso.slice(11, 23)}
    </time>
  )
}

function drawText(raw: string, filter: LogFilter): ReactNode {
  const ranges = filter.kind === 'matching' ? filter.rangesIn(plainText(raw)) : []
  let at = 0
  return segmentsOf(raw).map(segment => {
    const from = at
    at += segment.text.length
    const inside = ranges.filter(([start, end]) => start < at && end > from)
    const text = inside.length === 0 ? segment.text : withMarks(segment.text, from, inside)
    const look = lookOf(segment)
    // The place in the line is what tells segments apart; two lines are never drawn into one row.
    return look === '' ? (
      <span key={from}>{text}</span>
    ) : (
      <span key={from} className={look}>
        {text}
      </span>
    )
  })
}

function withMarks(text: string, from: number, ranges: readonly (readonly [number, number])[]): ReactNode[] {
  const parts: ReactNode[] = []
  let at = 0
  for (const [start, end] of ranges) {
    const [markFrom, markTo] = [Math.max(0, start - from), Math.min(text.length, end - from)]
    parts.push(text.slice(at, markFrom), <mark key={markFrom}>{text.slice(markFrom, markTo)}</mark>)
    at = markTo
  }
  parts.push(text.slice(at))
  return parts
}

function lookOf({ colour, background, ...is }: Segment): string {
  return [
    // Text on a colour of its own is drawn in the page's text colour: only that is sure to be legible.
    background === null ? colour && `ansi-${colour}` : `ansi-on ansi-on-${background}`,
    is.isBold && 'ansi-bold',
    is.isDim && 'ansi-dim',
    is.isItalic && 'ansi-italic',
    is.isUnderlined && 'ansi-underlined',
    is.isStruck && 'ansi-struck',
  ]
    .filter(name => name !== null && name !== false)
    .join(' ')
}
