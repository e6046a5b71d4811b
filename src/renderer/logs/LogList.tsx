import { ArrowDown } from 'lucide-react'
import { useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { LogGap } from '../state/logEntry'
import type { LogSnapshot, LogStore } from '../state/logStore'
import { attempt } from '../views/attempt'
import { useLogPanel } from './logPanelStore'
import { GapRow, LogRow } from './LogRow'
import { createLogScroller, type LogScroller } from './logScroller'
import { useLogSelection } from './useLogSelection'

/** The lines: only those in sight are drawn. */
export function LogList({ store, snapshot }: { store: LogStore; snapshot: LogSnapshot }) {
  const [scroller] = useState(() => createLogScroller(store, () => readOlder(store)))
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

function readOlder(store: LogStore): void {
  if (!store.getSnapshot().isReading) attempt(() => store.readOlder())
}

interface RowProps {
  readonly store: LogStore
  readonly snapshot: LogSnapshot
  readonly index: number
  readonly start: number
  readonly scroller: LogScroller
}

function Row({ store, snapshot, index, start, scroller }: RowProps) {
  const isWrapping = useLogPanel(state => state.isWrapping)
  const showsTime = useLogPanel(state => state.showsTime)
  const entry = snapshot.rows[index]
  if (entry === undefined) return null
  return (
    <div
      ref={isWrapping ? scroller.measure : undefined}
      className="log-row"
      data-index={index}
      style={{ transform: `translateY(${start}px)` }}
    >
      {entry.kind === 'line' ? (
        <LogRow entry={entry} showsTime={showsTime} filter={snapshot.filter} />
      ) : (
        <GapRow gap={entry} onRead={(gap: LogGap) => attempt(() => store.readGap(gap))} />
      )}
    </div>
  )
}

/** What floats over the list: older lines are being read, and how many new ones wait below. */
function ListNews({ store, snapshot }: { store: LogStore; snapshot: LogSnapshot }) {
  return (
    <>
      {snapshot.isReading ? (
        <p className="log-pill" data-place="top">
          Reading older lines…
        </p>
      ) : null}
      {snapshot.newCount > 0 ? (
        <button
          type="button"
          className="log-pill"
          data-place="bottom"
          onClick={() => store.setFollowing(true)}
        >
          {snapshot.newCount.toLocaleString('en-US')} new
          <ArrowDown size={14} strokeWidth={1.75} aria-hidden />
        </button>
      ) : null}
    </>
  )
}

const isOnRow = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('.log-line') !== null
