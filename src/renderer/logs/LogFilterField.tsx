import { Search } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useId, useState } from 'react'
import type { FilterInput } from '../state/logFilter'
import type { LogSnapshot, LogStore } from '../state/logStore'

interface LogFilterFieldProps {
  readonly store: LogStore
  readonly snapshot: LogSnapshot
  readonly inputRef: RefObject<HTMLInputElement | null>
}

/** Shows only the lines that match, and how many of how many do. Escape empties it. */
export function LogFilterField({ store, snapshot, inputRef }: LogFilterFieldProps) {
  const problemId = useId()
  // Typed letters must show at once; the store's answer comes with the next frame.
  const [input, setInput] = useState<FilterInput>(snapshot.input)
  const problem = snapshot.filter.kind === 'unusable' ? snapshot.filter.problem : null
  const set = (next: FilterInput): void => {
    setInput(next)
    store.setFilter(next)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || input.text === '') return
    event.stopPropagation()
    set({ ...input, text: '' })
  }
  return (
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
      <Count snapshot={snapshot} />
      <button
        type="button"
        className="log-regex"
        aria-label="Regular expression"
        aria-pressed={input.isRegex}
        data-tip="Regular expression"
        onClick={() => set({ ...input, isRegex: !input.isRegex })}
      >
        .*
      </button>
      {problem === null ? null : (
        <output id={problemId} className="log-filter-problem">
          {problem} Every line is shown.
        </output>
      )}
    </div>
  )
}

function Count({ snapshot: { filter, rows, lineCount, isFiltering } }: { snapshot: LogSnapshot }) {
  if (filter.kind !== 'matching') return null
  const [matching, all] = [rows.length.toLocaleString('en-US'), lineCount.toLocaleString('en-US')]
  return (
    <span className="log-count" data-tip={`${matching} of the ${all} lines in memory match`}>
      {isFiltering ? '…' : matching}/{all}
    </span>
  )
}
