import { ChevronDown, ChevronRight } from 'lucide-react'
import {
  type FocusEvent,
  Fragment,
  memo,
  type ReactNode,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { NodeName } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import { foldGroup, useFleetLook } from './fleetLook'
import { type NodeGroup, type TableRow, tableRows } from './nodeGroups'
import { NodeRow } from './NodeRow'
import type { NodeWork } from './nodeWork'
import { createRowsInSight } from './rowsInSight'
import { TotalsOf } from './TotalsOf'
import { nodeWalk } from './walkNodes'

const COLUMNS: readonly (readonly [string, string?])[] = [
  ['Node'],
  ['CPU %'],
  ['GPU % max'],
  ['VRAM % max'],
  ['RAM %'],
  ['Disk %'],
  ['Run'],
  ['ETA', 'node-row-eta'],
  ['Mode', 'node-row-mode'],
  [''],
]
/** With more rows than these only those in sight are drawn. */
const MOST_ROWS_DRAWN = 60
const ROW_PX = { compact: 24, comfortable: 32 } as const

export interface NodeTableProps {
  readonly groups: readonly NodeGroup[]
  readonly work: ReadonlyMap<NodeName, NodeWork>
  readonly troubled: ReadonlySet<NodeName>
}

/** Many nodes in rows, always in the fleet's order. */
export function NodeTable({ groups, work, troubled }: NodeTableProps) {
  const folded = useFleetLook(look => look.folded)
  const height = useFleetLook(look => (look.density === 'comfortable' ? 'comfortable' : 'compact'))
  const rows = tableRows(groups, folded)
  const draw = (row: TableRow): ReactNode =>
    row.kind === 'group' ? (
      <GroupRow {...row} />
    ) : (
      <NodeRow node={row.node} work={work.get(row.node.name)} isInTrouble={troubled.has(row.node.name)} />
    )
  return (
    <div className="node-table" data-rows={height} {...nodeWalk}>
      <div className="node-row node-table-head" aria-hidden>
        {COLUMNS.map(([column, className]) => (
          <span key={column} className={className}>
            {column}
          </span>
        ))}
      </div>
      {rows.length > MOST_ROWS_DRAWN ? (
        <RowsInSight key={height} rows={rows} draw={draw} rowPx={ROW_PX[height]} />
      ) : (
        rows.map(row => <Fragment key={keyOf(row)}>{draw(row)}</Fragment>)
      )}
    </div>
  )
}

const keyOf = (row: TableRow): string => (row.kind === 'group' ? `group ${row.name}` : row.node.name)

interface GroupRowProps {
  readonly name: string
  readonly nodes: readonly NodeView[]
  readonly isFolded: boolean
}

/** A group's name, which folds it, and what its nodes do together. */
export const GroupRow = memo(function GroupRow({ name, nodes, isFolded }: GroupRowProps) {
  const Arrow = isFolded ? ChevronRight : ChevronDown
  return (
    <div className="group-row">
      <button type="button" aria-expanded={!isFolded} data-stop="group" onClick={() => foldGroup(name)}>
        <Arrow size={14} strokeWidth={1.75} aria-hidden />
        {name}
      </button>
      <TotalsOf nodes={nodes} className="group-totals" />
    </div>
  )
})

interface RowsInSightProps {
  readonly rows: readonly TableRow[]
  readonly draw: (row: TableRow) => ReactNode
  readonly rowPx: number
}

/** The row with the keyboard stays drawn, wherever the others are scrolled to. */
function RowsInSight({ rows, draw, rowPx }: RowsInSightProps) {
  const list = useRef<HTMLDivElement>(null)
  const [inSight] = useState(() => createRowsInSight(rowPx))
  const [focused, setFocused] = useState<number | null>(null)
  const [first, end] = useSyncExternalStore(inSight.subscribe, inSight.span)
  useLayoutEffect(() => inSight.attach(list.current), [inSight])
  const rowOf = ({ target }: FocusEvent): number | null => {
    const row = target.closest<HTMLElement>('[data-at]')
    return row === null ? null : Number(row.dataset['at'])
  }
  const drawn = rows.flatMap((row, at) => ((at >= first && at < end) || at === focused ? [{ row, at }] : []))
  return (
    <div
      ref={list}
      className="rows-in-sight"
      style={{ height: rows.length * rowPx }}
      onFocus={event => setFocused(rowOf(event))}
      onBlur={() => setFocused(null)}
    >
      {drawn.map(({ row, at }) => (
        <div key={keyOf(row)} data-at={at} style={{ transform: `translateY(${at * rowPx}px)` }}>
          {draw(row)}
        </div>
      ))}
    </div>
  )
}
