import type { ReactNode } from 'react'
import type { LogFilter } from '../state/logFilter'
import { plainText } from '../state/plainText'
import { type Segment, segmentsOf } from './ansi'

interface LineTextProps {
  /** As it was printed. */
  readonly raw: string
  /** What is marked in it. */
  readonly filter: LogFilter
}

/** A raw line with its colours and, in a `<mark>`, what matches. */
export function LineText({ raw, filter }: LineTextProps): ReactNode {
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
