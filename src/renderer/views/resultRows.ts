import type { WorkerId } from '../../contract/ids'
import type { ResultRow } from '../../contract/runs'
import { type ResultSort, sorted } from './resultColumns'

/** A result and how its name and its worker are told. */
export interface PlacedRow {
  readonly row: ResultRow
  /**
   * `only`: nobody else reported anything, the name says it all. `first`: the name stands over the rows of all who
   * reported it. `next`: under such a name. `loose`: a row by itself with its name and its worker.
   */
  readonly place: 'only' | 'first' | 'next' | 'loose'
}

/** Rows of the same name together, in the order in which names came, workers in the run's order; unless sorted by a figure. */
export function placeResults(
  rows: readonly ResultRow[],
  sort: ResultSort | null,
  workers: readonly WorkerId[],
): readonly PlacedRow[] {
  const isShared = new Set(rows.map(row => row.worker)).size > 1
  if (!isShared) return sorted(rows, sort).map(row => ({ row, place: 'only' }))
  const names = new Set(sorted(rows, sort).map(row => row.name))
  const isByFigure = sort !== null && sort.key !== 'name'
  if (isByFigure || names.size === rows.length)
    return sorted(rows, sort).map(row => ({ row, place: 'loose' }))
  const turn = ({ worker }: ResultRow): number => workers.indexOf(worker)
  return [...names].flatMap(name =>
    rows
      .filter(row => row.name === name)
      .sort((one, other) => turn(one) - turn(other))
      .map((row, index): PlacedRow => ({ row, place: index === 0 ? 'first' : 'next' })),
  )
}
