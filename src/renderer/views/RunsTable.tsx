import { ChevronDown, ChevronRight, TriangleAlert } from 'lucide-react'
import { type MouseEvent, useState } from 'react'
import type { RunId } from '../../contract/ids'
import type { Run } from '../../contract/runs'
import { IconButton } from '../components/Button'
import { ProgressBar } from '../components/ProgressBar'
import { StateIcon, stateWord } from '../components/StateIcon'
import { count, duration, etaMs, plural, span, startTime } from '../format'
import { useClock } from './clock'
import { RunDetail } from './RunDetail'
import { screenStore, useScreen } from './screenStore'

const COLUMNS = ['Plan', 'Nodes', 'State', 'Progress', 'Started', 'Duration', 'Mode'] as const
const NUMBERS: readonly string[] = ['Started', 'Duration']

/** A row a run, newest first. A row opens to its workers; pressing it selects the run for results and logs. */
export function RunsTable({ runs }: { runs: readonly Run[] }) {
  const [open, setOpen] = useState<ReadonlySet<RunId>>(new Set())
  const toggle = (run: RunId): void => {
    const next = new Set(open)
    if (!next.delete(run)) next.add(run)
    setOpen(next)
  }
  return (
    <table className="data-table runs-table" aria-label="Runs">
      <thead>
        <tr>
          {COLUMNS.map(column => (
            <th key={column} scope="col" className={NUMBERS.includes(column) ? 'num' : undefined}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {runs.map(run => (
          <RunRow key={run.id} run={run} isOpen={open.has(run.id)} onToggle={() => toggle(run.id)} />
        ))}
      </tbody>
    </table>
  )
}

function RunRow({ run, isOpen, onToggle }: { run: Run; isOpen: boolean; onToggle: () => void }) {
  const isSelected = useScreen(state => state.run === run.id)
  const select = (): void => screenStore.setState({ run: isSelected ? null : run.id })
  const pressRow = (event: MouseEvent<HTMLTableRowElement>): void => {
    // Buttons in the row have their own meaning, and marking text is not pressing.
    const isButton = event.target instanceof Element && event.target.closest('button') !== null
    if (!isButton && window.getSelection()?.isCollapsed !== false) select()
  }
  return (
    <>
      <tr className="run-row" data-selected={isSelected ? '' : undefined} onClick={pressRow}>
        <td>
          <RunName run={run} isOpen={isOpen} isSelected={isSelected} onToggle={onToggle} onSelect={select} />
        </td>
        <td className="text-t2">
          <span className="run-nodes" data-tip={nodesTip(run)}>
            {nodesWords(run)}
          </span>
        </td>
        <td>
          <RunState run={run} />
        </td>
        <td>
          <RunProgress run={run} />
        </td>
        <StartedCell run={run} />
        <DurationCell run={run} />
        <td>
          <RunModeWord run={run} />
        </td>
      </tr>
      {isOpen ? (
        <tr className="run-detail-row" id={detailIdOf(run)}>
          <td colSpan={COLUMNS.length}>
            <RunDetail run={run} />
          </td>
        </tr>
      ) : null}
    </>
  )
}

const detailIdOf = (run: Run): string => `detail-${run.id}`

interface RunNameProps {
  readonly run: Run
  readonly isOpen: boolean
  readonly isSelected: boolean
  readonly onToggle: () => void
  readonly onSelect: () => void
}

function RunName({ run, isOpen, isSelected, onToggle, onSelect }: RunNameProps) {
  const Chevron = isOpen ? ChevronDown : ChevronRight
  return (
    <span className="flex min-w-0 items-center gap-1">
      <IconButton
        name={isOpen ? `Hide the workers of ${run.id}` : `Show the workers of ${run.id}`}
        size="s"
        aria-expanded={isOpen}
        aria-controls={isOpen ? detailIdOf(run) : undefined}
        onClick={onToggle}
      >
        <Chevron size={14} strokeWidth={1.75} aria-hidden />
      </IconButton>
      <button
        type="button"
        className="run-name"
        aria-pressed={isSelected}
        data-tip={`${run.plan}\n${run.id}`}
        onClick={onSelect}
      >
        {run.plan}
      </button>
      {run.owner === null ? null : (
        <span
          className="truncate text-label text-t3"
          data-tip={`Started by ${run.owner.name}; shown, not touched`}
        >
          of {run.owner.name}
        </span>
      )}
    </span>
  )
}

const nodesTip = (run: Run): string => [...new Set(run.workers.map(worker => worker.node))].join(', ')

function nodesWords(run: Run): string {
  const nodes = [...new Set(run.workers.map(worker => worker.node))]
  const [only] = nodes
  return nodes.length === 1 && only !== undefined
    ? `${only}${run.workers.length > 1 ? ` · ${count(run.workers.length)} w` : ''}`
    : `${plural(nodes.length, 'node')} · ${count(run.workers.length)} w`
}

function RunState({ run }: { run: Run }) {
  return (
    <span className="flex items-center gap-1.5">
      <StateIcon state={run.state} size={14} />
      {stateWord(run.state)}
      <span className="run-state-detail" data-tip={run.detail ?? undefined}>
        {run.detail ?? (run.state === 'stopped' && run.stop?.outcome === 'proved' ? 'proved' : '')}
      </span>
    </span>
  )
}

function RunProgress({ run }: { run: Run }) {
  const { progress } = run
  if (progress === null) return <span className="text-t3">—</span>
  const { step, total } = progress
  const eta = run.state === 'running' ? etaMs(progress) : null
  return (
    <span className="run-progress flex items-center gap-2">
      <ProgressBar name={`${run.id} progress`} step={step} total={total} />
      <span>
        {total === null ? `step ${count(step)}` : `${count(step)}/${count(total)}`}
        {eta === null ? null : <span className="run-left ml-1.5 text-t3">{span(eta)}</span>}
      </span>
    </span>
  )
}

function StartedCell({ run }: { run: Run }) {
  const words = useClock(nowMs => startTime(run.startedAtMs, nowMs))
  return (
    <td
      className="num text-t2"
      data-tip={`${new Date(run.startedAtMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`}
    >
      {words}
    </td>
  )
}

function DurationCell({ run }: { run: Run }) {
  const words = useClock(nowMs => duration((run.endedAtMs ?? nowMs) - run.startedAtMs))
  return <td className="num">{words}</td>
}

function RunModeWord({ run }: { run: Run }) {
  if (run.mode !== 'LIVE' && run.mode !== 'MIXED') return <span className="text-t2">{run.mode}</span>
  return (
    <span className="flex items-center gap-1.5 font-semibold text-live">
      <TriangleAlert size={14} strokeWidth={1.75} aria-hidden />
      {run.mode}
    </span>
  )
}
