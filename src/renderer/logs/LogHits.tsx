import { X } from 'lucide-react'
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
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

interface LogHitsProps {
  readonly searches: LogSearches
  readonly run: Run | null
  readonly fleet: readonly NodeName[]
  readonly onJump: (hit: LogHit) => void
}

/** What a search over the whole logs has found; nothing while there is none, or while another run is shown. */
export function LogHits({ searches, run, fleet, onJump }: LogHitsProps) {
  const search = useStore(searches.store, state => state.search)
  if (search === null || run === null || search.run !== run.id) return null
  return (
    <section className="log-hits" aria-label="Search of whole logs">
      <header className="log-hits-head">
        <Words search={search} />
        {search.status === 'running' ? (
          <>
            <ProgressBar name="Searched" step={search.bytesDone} total={search.bytesTotal} />
            <Button size="s" onClick={searches.cancel}>
              Cancel
            </Button>
          </>
        ) : null}
        <span className="log-hits-close">
          <IconButton name="Close the search" size="s" onClick={searches.clear}>
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

type HitListProps = Omit<LogHitsProps, 'searches' | 'run'> & {
  readonly search: LogSearch
  readonly run: Run
}

/** Arrow keys go from hit to hit; Enter or a click goes there. Only rows in sight are drawn. */
function HitList({ search, run, fleet, onJump }: HitListProps) {
  const listId = useId()
  const list = useRef<HTMLDivElement>(null)
  const [chosen, setChosen] = useState(0)
  const [[first, end], setSpan] = useState(() => spanOf(0, 400, ROW_PX))
  const { hits } = search

  function look(): void {
    const { scrollTop, clientHeight } = list.current ?? { scrollTop: 0, clientHeight: 0 }
    const next = spanOf(scrollTop, clientHeight, ROW_PX)
    if (next[0] !== first || next[1] !== end) setSpan(next)
  }
  function choose(index: number): void {
    const at = Math.max(0, Math.min(hits.length - 1, index))
    setChosen(at)
    const element = list.current
    if (element === null) return
    if (at * ROW_PX < element.scrollTop) element.scrollTop = at * ROW_PX
    const below = (at + 1) * ROW_PX - element.clientHeight
    if (below > element.scrollTop) element.scrollTop = below
  }
  function onKeyDown(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((list.current?.clientHeight ?? ROW_PX) / ROW_PX) - 1)
    const to: Readonly<Record<string, number>> = {
      ArrowDown: chosen + 1,
      ArrowUp: chosen - 1,
      PageDown: chosen + page,
      PageUp: chosen - page,
      Home: 0,
      End: hits.length - 1,
    }
    const index = to[event.key]
    const hit = hits[chosen]
    if (index !== undefined) choose(index)
    else if (event.key === 'Enter' && hit !== undefined) onJump(hit)
    else return
    event.preventDefault()
  }
  const rows = hits.slice(first, end).map((hit, at) => [first + at, hit] as const)
  const looks = useMemo(() => looksOf(run, fleet), [run, fleet])
  const filter = useMemo(() => createFilter(search.query), [search.query])
  return (
    <div
      ref={list}
      role="listbox"
      aria-label="Search hits"
      className="log-hit-list"
      tabIndex={0}
      aria-activedescendant={chosen >= first && chosen < end ? `${listId}-${chosen}` : undefined}
      onScroll={look}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className="log-rows" style={{ height: hits.length * ROW_PX }}>
        {rows.map(([index, hit]) => (
          <div
            key={index}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosen}
            aria-setsize={hits.length}
            aria-posinset={index + 1}
            className="log-row log-hit"
            style={{ transform: `translateY(${index * ROW_PX}px)` }}
            onClick={() => {
              setChosen(index)
              onJump(hit)
            }}
          >
            <HitRow hit={hit} look={looks.get(hit.log)} filter={filter} />
          </div>
        ))}
      </div>
    </div>
  )
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
    <div className="log-line">
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
    </div>
  )
}
