import { ChartNoAxesCombined, ChevronDown, ChevronUp } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { WorkerId } from '../../contract/ids'
import type { ResultRow, Run } from '../../contract/runs'
import { EmptyState, Panel } from '../components/Panel'
import { useFleet } from '../state/fleetStore'
import { isActive } from './nodeWork'
import { type Cell, cellOf, columnsOf, nextSort, type ResultColumn, type ResultSort } from './resultColumns'
import { type PlacedRow, placeResults } from './resultRows'
import { useScreen } from './screenStore'

/** What the workers of a run printed as results. */
export function ResultsPanel() {
  const results = useFleet(state => state.results)
  const runs = useFleet(state => state.runs)
  const selected = useScreen(state => state.run)
  const run = shownRun(runs, results, selected)
  const rows = useMemo(() => results.filter(row => row.run === run?.id), [results, run?.id])
  const hasEnded = run !== null && !isActive(run.state)
  return (
    <Panel title="Results" note={run === null ? null : noteOf(run)}>
      {rows.length === 0 ? (
        <EmptyState
          icon={<ChartNoAxesCombined size={20} strokeWidth={1.75} aria-hidden />}
          title={hasEnded ? 'No results' : 'No results yet'}
        >
          {run === null
            ? 'They arrive while a run goes on.'
            : `${run.plan} ${hasEnded ? 'printed none.' : 'has printed none so far.'}`}
        </EmptyState>
      ) : (
        <ResultsTable rows={rows} run={run} />
      )}
    </Panel>
  )
}

/** The selected run; else the newest that has results; else the newest. */
function shownRun(
  runs: readonly Run[],
  results: readonly ResultRow[],
  selected: Run['id'] | null,
): Run | null {
  const withResults = new Set(results.map(row => row.run))
  return runs.find(run => run.id === selected) ?? runs.find(run => withResults.has(run.id)) ?? runs[0] ?? null
}

const noteOf = (run: Run): string => `${run.plan} · ${isActive(run.state) ? 'arriving' : run.state}`

function ResultsTable({ rows, run }: { rows: readonly ResultRow[]; run: Run | null }) {
  const [sort, setSort] = useState<ResultSort | null>(null)
  const columns = useMemo(() => columnsOf(rows), [rows])
  const numbers = useMemo(() => workerNumbers(run), [run])
  const press = (key: string): void => setSort(nextSort(sort, key))
  return (
    <table className="data-table results-table" aria-label="Results">
      <thead>
        <tr>
          <SortHead name="Name" sortKey="name" sort={sort} onPress={press} />
          {columns.map(column => (
            <SortHead
              key={column.key}
              name={column.heading}
              sortKey={column.key}
              sort={sort}
              onPress={press}
              isNumber
            />
          ))}
        </tr>
      </thead>
      <tbody>
        {placeResults(rows, sort, [...numbers.keys()]).map(({ row, place }) => (
          <tr key={`${row.worker} ${row.name}`} data-place={place}>
            <ResultName row={row} place={place} workerNumber={numbers.get(row.worker) ?? row.worker} />
            {columns.map(column => (
              <ResultCell key={column.key} column={column} value={row.values[column.key]} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** `w1`: as logs and runs count the workers of a node. */
const workerNumbers = (run: Run | null): ReadonlyMap<WorkerId, string> =>
  new Map(run?.workers.map(worker => [worker.id, `w${worker.nodeIndex}`]))

/** What was measured, and by whom: `SPX kelly 0.50`, `pc2 w1`. The name is drawn once over all who reported it. */
function ResultName({ row, place, workerNumber }: PlacedRow & { workerNumber: string }) {
  return (
    <td>
      <span className={place === 'next' ? 'sr-only' : 'result-name'} data-tip={row.name}>
        <span>{row.name}</span>
      </span>{' '}
      {place === 'only' ? null : (
        <span className="result-worker" data-tip={`${row.node} ${row.worker}`}>
          <span className="truncate">{row.node}</span> <span>{workerNumber}</span>
        </span>
      )}
    </td>
  )
}

interface SortHeadProps {
  readonly name: string
  readonly sortKey: string
  readonly sort: ResultSort | null
  readonly onPress: (key: string) => void
  readonly isNumber?: boolean
}

function SortHead({ name, sortKey, sort, onPress, isNumber = false }: SortHeadProps) {
  const isSorted = sort?.key === sortKey
  const order = sort?.isDescending === true ? 'descending' : 'ascending'
  const Shape = order === 'descending' ? ChevronDown : ChevronUp
  return (
    <th scope="col" aria-sort={isSorted ? order : undefined} className={isNumber ? 'num' : undefined}>
      <button type="button" className="sort-button" onClick={() => onPress(sortKey)}>
        {name}
        {isSorted ? <Shape size={12} strokeWidth={1.75} aria-hidden /> : null}
      </button>
    </th>
  )
}

function ResultCell({ column, value }: { column: ResultColumn; value: number | null | undefined }) {
  const cell = cellOf(column, value)
  return (
    <td className="num" data-trend={cell.trend}>
      <Arrow trend={cell.trend} />
      {cell.text}
    </td>
  )
}

/** Up is gain, down is loss: a shape beside the sign, so that the colour is never alone. */
function Arrow({ trend }: { trend: Cell['trend'] }) {
  if (trend === null) return null
  return (
    <svg className="trend-arrow" width="9" height="8" viewBox="0 0 9 8" aria-hidden>
      <path d={trend === 'gain' ? 'M4.5 0 9 8H0z' : 'M4.5 8 0 0h9z'} fill="currentColor" />
    </svg>
  )
}
