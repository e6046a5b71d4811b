import { type KeyboardEvent, type RefObject, useId, useState } from 'react'
import { Button } from '../components/Button'
import { Toggle } from '../components/Toggle'
import { useFleet } from '../state/fleetStore'
import type { LogStore } from '../state/logStore'
import type { Run } from '../../contract/runs'
import { problemOf } from '../views/attempt'
import { useTime } from '../views/clock'
import { LogFilterField } from './LogFilterField'
import { logPanelStore, type LogPanelState, useLogPanel } from './logPanelStore'
import type { LogTab } from './logTab'
import { parseTypedTime } from './logTimes'
import { useLogs } from './useLogs'

interface LogFindBarProps {
  readonly store: LogStore
  readonly run: Run | null
  readonly tab: LogTab
  readonly filterRef: RefObject<HTMLInputElement | null>
  readonly onFind: (step: 1 | -1) => void
}

/** The line below the tabs: what is looked for, what of it is shown, and where to jump. */
export function LogFindBar(props: LogFindBarProps) {
  const { store, filterRef, onFind, run } = props
  const onlyMatches = useLogPanel(state => state.onlyMatches)
  const highlights = useLogPanel(state => state.highlights)
  return (
    <div className="log-bar log-find-bar">
      <LogFilterField store={store} inputRef={filterRef} onFind={onFind} />
      <Toggle
        name="Only matches"
        isOn={onlyMatches}
        onAsk={isOn => logPanelStore.setState({ onlyMatches: isOn })}
        tip="Off: every line stays, and F3 goes from match to match."
      />
      <Toggle
        name="Highlight"
        isOn={highlights}
        onAsk={isOn => logPanelStore.setState({ highlights: isOn })}
        tip="Mark what matches."
      />
      <LevelChoice />
      <SearchAllButton {...props} />
      <JumpToTime
        store={store}
        lastMs={run?.endedAtMs ?? null}
        refusal={run === null ? 'No run has a log yet.' : null}
      />
    </div>
  )
}

const LEVELS: readonly (readonly [LogPanelState['level'], string])[] = [
  ['all', 'All levels'],
  ['warn', 'Warnings and errors'],
  ['error', 'Errors'],
]

function LevelChoice() {
  const level = useLogPanel(state => state.level)
  return (
    <select
      className="log-select"
      aria-label="Level"
      value={level}
      data-chosen={level === 'all' ? undefined : ''}
      onChange={({ target }) => {
        const chosen = LEVELS.find(([name]) => name === target.value)?.[0]
        if (chosen !== undefined) logPanelStore.setState({ level: chosen })
      }}
    >
      {LEVELS.map(([name, words]) => (
        <option key={name} value={name}>
          {words}
        </option>
      ))}
    </select>
  )
}

/** Over the whole logs on disk: what is in memory is only their end. */
function SearchAllButton({ store, run, tab }: LogFindBarProps) {
  const isAsked = useLogs(store, snapshot => snapshot.input.text !== '')
  const problem = useLogs(store, ({ filter }) => (filter.kind === 'unusable' ? filter.problem : null))
  const isLive = useFleet(state => state.engine === 'live')
  const refusal = searchRefusal(run, isAsked, problem, isLive)
  const search = (): void => {
    const client = store.client()
    if (run === null || client === null) return
    const logs = tab === 'all' ? null : store.shown().map(({ log }) => log)
    void store.searches.start(client, { run: run.id, logs, query: store.getSnapshot().input })
  }
  return (
    <Button size="s" refusal={refusal} onClick={search} data-tip={refusal ?? 'Search the whole logs on disk'}>
      Search all of it
    </Button>
  )
}

function searchRefusal(
  run: Run | null,
  isAsked: boolean,
  problem: string | null,
  isLive: boolean,
): string | null {
  if (run === null) return 'No run has a log yet.'
  if (!isAsked) return 'Type what to look for first.'
  return problem ?? (isLive ? null : 'The engine does not answer at the moment.')
}

interface JumpToTimeProps {
  readonly store: LogStore
  /** When the run ended; null while it has not. */
  readonly lastMs: number | null
  readonly refusal: string | null
}

/** `14:02:09`, or with a date before it: Enter goes there. */
function JumpToTime({ store, lastMs, refusal }: JumpToTimeProps) {
  const problemId = useId()
  const zone = useLogPanel(state => state.zone)
  const nowMs = useTime()
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const jump = async (): Promise<void> => {
    const atMs = parseTypedTime(text, zone, lastMs ?? nowMs())
    if (atMs === null) return setProblem('Not a time. Type 14:02:09, or 2026-09-24 14:02.')
    if (refusal !== null) return setProblem(refusal)
    try {
      setProblem((await store.jump({ atMs })) ? null : 'No line came then.')
    } catch (error) {
      setProblem(problemOf(error).what)
    }
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') void jump()
    if (event.key !== 'Escape' || text === '') return
    event.stopPropagation()
    setText('')
    setProblem(null)
  }
  return (
    <div className="log-jump" data-bad={problem === null ? undefined : ''}>
      <input
        aria-label="Jump to time"
        placeholder={`Jump to time, ${zone === 'utc' ? 'UTC' : 'local'}`}
        spellCheck={false}
        autoComplete="off"
        value={text}
        aria-invalid={problem === null ? undefined : true}
        aria-describedby={problem === null ? undefined : problemId}
        onChange={event => {
          setText(event.target.value)
          setProblem(null)
        }}
        onKeyDown={onKeyDown}
      />
      {problem === null ? null : (
        <output id={problemId} className="log-filter-problem">
          {problem}
        </output>
      )}
    </div>
  )
}
