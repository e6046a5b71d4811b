import { X } from 'lucide-react'
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { LogId, NodeName } from '../../contract/ids'
import type { Run } from '../../contract/runs'
import { Button, IconButton } from '../components/Button'
import { ProgressBar } from '../components/ProgressBar'
import { byteSize, count, plural } from '../format'
import { createFilter, type LogFilter } from '../state/logFilter'
import type { LogHit, LogSearch, LogSearches } from '../state/logSearch'
import { spanOf } from '../views/rowsInSight'
import { LogMark } from './LogMark'
import { useLogPanel } from './logPanelStore'
import { LineText } from './LineText'
import { fullTime, lineTime } from './logTimes'
import { coloursOf, logsOf } from './shownLogs'

const ROW_PX = 20

export interface LogHitsProps {
  readonly searches: LogSearches
  readonly search: LogSearch
  readonly run: Run
  readonly fleet: readonly NodeName[]
  readonly onJump: (hit: LogHit) => void
}

/** What a search over the whole logs has found. */
export function LogHits({ searches, search, run, fleet, onJump }: LogHitsProps) {
  return (
    <section className="log-hits" aria-label="Search of whole logs">
      <header className="log-hits-head">
        <Words search={search} />
        {search.status === 'running' ? (
          <>
            <ProgressBar name="Searched" step={search.bytesDone} total={search.bytesTotal} />
            <Button size="s" onClick={() => searches.cancel()}>
              Cancel
            </Button>
          </>
        ) : null}
        <span className="log-hits-close">
          <IconButton name="Close the search" size="s" onClick={() => searches.clear()}>
            <X size={14} strokeWidth={1.75} aria-hidden />
          </IconButton>
        </span>
      </header>
      {search.hits.length === 0 ? null : <HitList {...{ search, run, fleet, onJump }} />}
    </section>
  )
}

function Words({ search }: { search: LogSearch }) {
  const { status, query, matched, hits, bytesDone, bytesTotal, problem } = search
  const found = `${plural(matched, 'line')} ${matched === 1 ? 'has' : 'have'} “${query.text}”`
  const most =
    matched > hits.length && status !== 'running' ? `, the first ${count(hits.length)} are listed` : ''
  const far = bytesTotal === null ? '' : `${byteSize(bytesDone)} of ${byteSize(bytesTotal)}`
  if (status === 'failed') return <output className="log-hits-words text-err">{problem}</output>
  return (
    <>
      {/* The counts change many times a second: only the end is worth being read aloud. */}
      <output className="log-hits-words" aria-live={status === 'running' ? 'off' : 'polite'}>
        {found}
        {most}
      </output>
      <span className="log-hits-note">
        {status === 'cancelled'
          ? `cancelled after ${far}`
          : status === 'done'
            ? `all ${far.split(' of ').at(-1) ?? ''} searched`
            : far}
      </span>
    </>
  )
}

type HitListProps = Omit<LogHitsProps, 'searches'>

/** Arrow keys go from hit to hit; Enter or a click goes there. Only rows in sight are drawn. */
function HitList({ search, run, fleet, onJump }: HitListProps) {
  const list = useRef<HTMLDivElement>(null)
  const [chosen, setChosen] = useState(0)
  const [[first, end], setSpan] = useState(() => spanOf(0, 400, ROW_PX))
  const { hits } = search
  const looks = useMemo(() => looksOf(run, fleet), [run, fleet])
  const filter = useMemo(() => createFilter(search.query), [search.query])

  // One of those that are drawn can always be reached.
  const reachable = chosen >= first && chosen < end ? chosen : first

  function look(): void {
    const { scrollTop, clientHeight } = list.current ?? { scrollTop: 0, clientHeight: 0 }
    const next = spanOf(scrollTop, clientHeight, ROW_PX)
    if (next[0] !== first || next[1] !== end) setSpan(next)
  }
  function onKeyDown(event: KeyboardEvent): void {
    const to = placeAfter(event.key, chosen, hits.length, list.current?.clientHeight ?? ROW_PX)
    if (to === null) return
    event.preventDefault()
    // Drawn before it can have the keyboard: it may be far out of sight.
    flushSync(() => {
      setChosen(to)
      scrollTo(list.current, to)
      look()
    })
    list.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true })
  }
  return (
    <div ref={list} className="log-hit-list" onScroll={look}>
      <ul aria-label="Search hits" className="log-rows" style={{ height: hits.length * ROW_PX }}>
        {hits.slice(first, end).map((hit, at) => (
          <li
            key={first + at}
            className="log-row"
            style={{ transform: `translateY(${(first + at) * ROW_PX}px)` }}
          >
            <button
              type="button"
              className="log-hit"
              aria-current={first + at === chosen ? true : undefined}
              tabIndex={first + at === reachable ? 0 : -1}
              onKeyDown={onKeyDown}
              onClick={() => {
                setChosen(first + at)
                onJump(hit)
              }}
            >
              <HitRow hit={hit} look={looks.get(hit.log)} filter={filter} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Where a key leads from one hit; null: it leads nowhere. */
function placeAfter(key: string, from: number, hitCount: number, heightPx: number): number | null {
  const page = Math.max(1, Math.floor(heightPx / ROW_PX) - 1)
  const to: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + page,
    PageUp: from - page,
    Home: 0,
    End: hitCount - 1,
  }
  const place = to[key]
  return place === undefined ? null : Math.max(0, Math.min(hitCount - 1, place))
}

function scrollTo(list: HTMLElement | null, index: number): void {
  if (list === null) return
  const [topPx, bottomPx] = [index * ROW_PX, (index + 1) * ROW_PX - list.clientHeight]
  if (topPx < list.scrollTop) list.scrollTop = topPx
  else if (bottomPx > list.scrollTop) list.scrollTop = bottomPx
}

interface HitLook {
  readonly label: string
  readonly colour: number
}

function looksOf(run: Run, fleet: readonly NodeName[]): ReadonlyMap<LogId, HitLook> {
  const colour = coloursOf(run, fleet)
  return new Map(logsOf(run).map(log => [log.id, { label: log.label, colour: colour(log) }]))
}

interface HitRowProps {
  readonly hit: LogHit
  readonly look: HitLook | undefined
  readonly filter: LogFilter
}

function HitRow({ hit, look, filter }: HitRowProps) {
  const zone = useLogPanel(state => state.zone)
  return (
    <span className="log-line">
      <LogMark colour={look?.colour ?? 0} />
      <time className="log-time" dateTime={new Date(hit.atMs).toISOString()} title={fullTime(hit.atMs, zone)}>
        {lineTime(hit.atMs, zone)}
      </time>
      <span className="log-source">
        <span className="truncate">{look?.label ?? hit.log}</span>
      </span>
      <span className="log-text">
        <LineText raw={hit.text} filter={filter} />
      </span>
    </span>
  )
}
