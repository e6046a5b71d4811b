import { ArrowDown, ArrowUp, Search } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useId, useState } from 'react'
import { IconButton } from '../components/Button'
import { count } from '../format'
import type { FilterInput } from '../state/logFilter'
import type { LogStore } from '../state/logStore'
import { useLogs } from './useLogs'

interface LogFilterFieldProps {
  readonly store: LogStore
  readonly inputRef: RefObject<HTMLInputElement | null>
  /** To the next match (1), or back (-1). */
  readonly onFind: (step: 1 | -1) => void
}

/** What is looked for, and where in its matches one is. Enter goes on, with Shift back; Escape empties it. */
export function LogFilterField({ store, inputRef, onFind }: LogFilterFieldProps) {
  const problemId = useId()
  // Typed letters must show at once; the store's answer comes with the next frame.
  const known = useLogs(store, snapshot => snapshot.input)
  const [input, setInput] = useState<FilterInput>(known)
  const [published, setPublished] = useState(known)
  if (published !== known) {
    setPublished(known)
    setInput(known)
  }
  const problem = useLogs(store, ({ filter }) => (filter.kind === 'unusable' ? filter.problem : null))
  const set = (next: FilterInput): void => {
    setInput(next)
    store.setFilter(next)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      onFind(event.shiftKey ? -1 : 1)
    }
    if (event.key !== 'Escape' || input.text === '') return
    event.stopPropagation()
    set({ ...input, text: '' })
  }
  return (
    <div className="log-find">
      <div className="log-filter" data-bad={problem === null ? undefined : ''}>
        <Search size={12} strokeWidth={1.75} aria-hidden />
        <input
          ref={inputRef}
          type="search"
          aria-label="Filter logs"
          placeholder="Filter logs"
          spellCheck={false}
          autoComplete="off"
          value={input.text}
          aria-invalid={problem === null ? undefined : true}
          aria-describedby={problem === null ? undefined : problemId}
          onChange={event => set({ ...input, text: event.target.value })}
          onKeyDown={onKeyDown}
        />
        <Count store={store} />
        <Flags input={input} onSet={set} />
        {problem === null ? null : (
          <output id={problemId} className="log-filter-problem">
            {problem} Every line is shown.
          </output>
        )}
      </div>
      <FindButtons store={store} onFind={onFind} />
    </div>
  )
}

function FindButtons({ store, onFind }: Pick<LogFilterFieldProps, 'store' | 'onFind'>) {
  const refusal = useLogs(store, ({ hitCount }) => (hitCount === 0 ? 'Nothing matches.' : null))
  return (
    <>
      <IconButton name="Previous match (Shift F3)" size="s" refusal={refusal} onClick={() => onFind(-1)}>
        <ArrowUp size={14} strokeWidth={1.75} aria-hidden />
      </IconButton>
      <IconButton name="Next match (F3)" size="s" refusal={refusal} onClick={() => onFind(1)}>
        <ArrowDown size={14} strokeWidth={1.75} aria-hidden />
      </IconButton>
    </>
  )
}

interface FlagsProps {
  readonly input: FilterInput
  readonly onSet: (input: FilterInput) => void
}

const Flags = ({ input, onSet }: FlagsProps) => (
  <>
    <Flag
      name="Match case"
      sign="Aa"
      isOn={input.isCaseSensitive}
      onPress={() => onSet({ ...input, isCaseSensitive: !input.isCaseSensitive })}
    />
    <Flag
      name="Regular expression"
      sign=".*"
      isOn={input.isRegex}
      onPress={() => onSet({ ...input, isRegex: !input.isRegex })}
    />
  </>
)

interface FlagProps {
  readonly name: string
  readonly sign: string
  readonly isOn: boolean
  readonly onPress: () => void
}

const Flag = ({ name, sign, isOn, onPress }: FlagProps) => (
  <button
    type="button"
    className="log-flag"
    aria-label={name}
    aria-pressed={isOn}
    data-tip={name}
    onClick={onPress}
  >
    {sign}
  </button>
)

/** `12/340`: the match that was gone to, of all that match. */
function Count({ store }: { store: LogStore }) {
  const isMatching = useLogs(store, ({ filter }) => filter.kind === 'matching')
  return isMatching ? <CountOfMatches store={store} /> : null
}

function CountOfMatches({ store }: { store: LogStore }) {
  const { hitIndex, hitCount, lineCount, isFiltering } = useLogs(store, snapshot => snapshot)
  const all = isFiltering ? '…' : count(hitCount)
  return (
    <span
      className="log-count"
      data-tip={`${count(hitCount)} of the ${count(lineCount)} lines in memory match`}
    >
      {count(hitIndex + 1)}/{all}
    </span>
  )
}
