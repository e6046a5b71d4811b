import { ArrowDown } from 'lucide-react'
import { useLayoutEffect, useRef, useSyncExternalStore } from 'react'
import { count } from '../format'
import type { LogEntry } from '../state/logEntry'
import type { LogFilter } from '../state/logFilter'
import type { LogSnapshot, LogStore } from '../state/logStore'
import { attempt } from '../views/attempt'
import { useLogPanel } from './logPanelStore'
import { GapRow, LogRow, SkipRow } from './LogRow'
import type { LogScroller } from './logScroller'
import { useLogSelection } from './useLogSelection'

interface LogListProps {
  readonly store: LogStore
  readonly scroller: LogScroller
}

/** The lines: only those in sight are drawn. */
export function LogList({ store, scroller }: LogListProps) {
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot)
  const element = useRef<HTMLDivElement>(null)
  const isWrapping = useLogPanel(state => state.isWrapping)
  const selection = useLogSelection(element, store)
  useSyncExternalStore(scroller.subscribe, scroller.version)
  const { items, heightPx } = scroller.arrange({ snapshot, isWrapping, isSelecting: selection.isSelecting })
  useLayoutEffect(() => scroller.attach(element.current), [scroller])
  useLayoutEffect(() => scroller.settle())
  return (
    <div className="log-frame">
      <div
        ref={element}
        className="log-scroller"
        data-wrap={isWrapping ? '' : undefined}
        role="log"
        aria-label="Logs"
        // A flood read aloud helps nobody, and rows that come into sight by scrolling are no news.
        aria-live={snapshot.isFollowing && !snapshot.isFlooding ? 'polite' : 'off'}
        onPointerDown={event => (event.button === 0 && isOnRow(event.target) ? selection.begin() : undefined)}
        onCopy={selection.copy}
      >
        <div className="log-rows" style={{ height: heightPx }}>
          {items.map(({ index, start }) => (
            <Row key={snapshot.rows[index]?.id ?? -index} {...{ store, snapshot, scroller, index, start }} />
          ))}
        </div>
      </div>
      <ListNews store={store} snapshot={snapshot} />
    </div>
  )
}

interface RowProps {
  readonly store: LogStore
  readonly snapshot: LogSnapshot
  readonly index: number
  readonly start: number
  readonly scroller: LogScroller
}

const NOTHING_MARKED: LogFilter = { kind: 'everything' }

function Row({ store, snapshot, index, start, scroller }: RowProps) {
  const isWrapping = useLogPanel(state => state.isWrapping)
  const zone = useLogPanel(state => (state.showsTime ? state.zone : null))
  const highlights = useLogPanel(state => state.highlights)
  const entry = snapshot.rows[index]
  if (entry === undefined) return null
  const filter = highlights ? snapshot.filter : NOTHING_MARKED
  return (
    <div
      ref={isWrapping ? scroller.measure : undefined}
      className="log-row"
      data-index={index}
      style={{ transform: `translateY(${start}px)` }}
    >
      <Entry {...{ store, entry, zone, filter }} isCurrent={entry === snapshot.current} />
    </div>
  )
}

type EntryProps = Pick<RowProps, 'store'> &
  Omit<Parameters<typeof LogRow>[0], 'entry'> & { readonly entry: LogEntry }

function Entry({ store, entry, ...rest }: EntryProps) {
  switch (entry.kind) {
    case 'line':
      return <LogRow entry={entry} {...rest} />
    case 'skip':
      return <SkipRow skip={entry} onRead={skip => attempt(() => store.readSkip(skip))} />
    case 'gap':
      return <GapRow gap={entry} />
    default:
      return entry satisfies never
  }
}

/** What floats over the list: older lines are being read, and how many new ones wait below. */
function ListNews({ store, snapshot }: { store: LogStore; snapshot: LogSnapshot }) {
  return (
    <>
      {snapshot.isReading ? (
        <p className="log-pill" data-place="top">
          Reading from disk…
        </p>
      ) : null}
      {snapshot.newCount > 0 || snapshot.isExcerpt ? (
        <button
          type="button"
          className="log-pill"
          data-place="bottom"
          onClick={() => store.setFollowing(true)}
        >
          {snapshot.newCount > 0 ? `${count(snapshot.newCount)} new` : 'Newest lines'}
          <ArrowDown size={14} strokeWidth={1.75} aria-hidden />
        </button>
      ) : null}
    </>
  )
}

const isOnRow = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('.log-line') !== null
