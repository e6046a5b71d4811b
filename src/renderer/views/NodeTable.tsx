import { memo } from 'react'
import type { NodeName } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import { StateIcon } from '../components/StateIcon'
import { plural } from '../format'
import { useFleet } from '../state/fleetStore'
import { LinkStatus } from './LinkStatus'
import { isLoud } from './modeWords'
import { nodeState } from './NodeCard'
import { WorkEnd } from './NodeFoot'
import { OneGauge } from './NodeGauges'
import { NodeMenu } from './NodeMenu'
import { mergeGpus, type Reading } from './nodeReadings'
import { isSameWork, type NodeWork } from './nodeWork'
import { nodeKeys } from './openNode'
import { useNodeReadings } from './useNodeReadings'

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

export interface NodeTableProps {
  readonly nodes: readonly NodeView[]
  readonly work: ReadonlyMap<NodeName, NodeWork>
  readonly troubled: ReadonlySet<NodeName>
}

/** Many nodes in 24-px rows, always in the fleet's order. */
export function NodeTable({ nodes, work, troubled }: NodeTableProps) {
  return (
    <div className="node-table">
      <div className="node-row node-table-head" aria-hidden>
        {COLUMNS.map(([column, className]) => (
          <span key={column} className={className}>
            {column}
          </span>
        ))}
      </div>
      {nodes.map(node => (
        <NodeRow
          key={node.name}
          node={node}
          work={work.get(node.name)}
          isInTrouble={troubled.has(node.name)}
        />
      ))}
    </div>
  )
}

interface NodeRowProps {
  readonly node: NodeView
  readonly work: NodeWork | undefined
  readonly isInTrouble: boolean
}

const NodeRow = memo(
  function NodeRow({ node, work, isInTrouble }: NodeRowProps) {
    const isOnline = node.link.state === 'online'
    return (
      <section
        className="node-row"
        aria-label={node.name}
        data-link={node.link.state}
        {...nodeKeys(node.name)}
      >
        <span className="node-row-name">
          <StateIcon state={nodeState(node, isInTrouble)} size={14} />
          <b className="truncate font-medium">{node.name}</b>
          <span className="truncate text-t3">{node.roles.join(', ')}</span>
        </span>
        <RowGauges node={node} />
        <span className="node-row-work">
          <LinkStatus node={node} className={isOnline ? 'sr-only' : ''} />
          {isOnline && work !== undefined ? `${work.plan} · ${plural(work.workers, 'worker')}` : null}
        </span>
        {isOnline ? <RowEnd work={work} /> : null}
        <RowMode work={work} isSeen={isOnline} />
        <NodeMenu node={node} size="s" />
      </section>
    )
  },
  (one, other) =>
    one.node === other.node && one.isInTrouble === other.isInTrouble && isSameWork(one.work, other.work),
)

/** The part of a row that changes every second. */
function RowGauges({ node }: { node: NodeView }) {
  const { cpu, ram, disk, gpus, staleAge, gpuStaleAge } = useNodeReadings(node)
  const shared = { node: node.name, size: 'cell' as const }
  return (
    <>
      <OneGauge {...shared} reading={cpu} staleAge={staleAge} />
      <GpuCell node={node} reading={mergeGpus(gpus, 'util')} kind="GPU" staleAge={gpuStaleAge} />
      <GpuCell node={node} reading={mergeGpus(gpus, 'vram')} kind="VRAM" staleAge={gpuStaleAge} />
      <OneGauge {...shared} reading={ram} staleAge={staleAge} />
      <OneGauge {...shared} reading={disk} staleAge={staleAge} />
    </>
  )
}

/** A node that is not seen has no mode that could be known. */
function RowMode({ work, isSeen }: { work: NodeWork | undefined; isSeen: boolean }) {
  if (work === undefined) return <span className="node-row-mode" />
  const mode = isSeen ? work.mode : 'UNKNOWN'
  const look = isSeen && isLoud(work.mode) ? 'font-semibold text-live' : 'text-t2'
  return <span className={`node-row-mode ${look}`}>{mode}</span>
}

const RowEnd = ({ work }: { work: NodeWork | undefined }) => (
  <span className="node-row-eta">{work === undefined ? null : <WorkEnd work={work} isSeen />}</span>
)

interface GpuCellProps {
  readonly node: NodeView
  readonly reading: Reading | null
  readonly kind: 'GPU' | 'VRAM'
  readonly staleAge: string | null
}

/** A machine without a GPU has no gauge for it; one whose GPU cannot be read has an empty one. */
function GpuCell({ node, reading, kind, staleAge }: GpuCellProps) {
  const hasNone = useFleet(state => state.gpus[node.name]?.state === 'none')
  if (hasNone) return <span className="no-gpu">—</span>
  const scale = { targetPct: node.target.gpu, tolerancePct: node.target.tolerance, limitPct: node.limit.gpu }
  const unread: Reading = {
    name: `${kind} 0`,
    label: kind,
    detail: null,
    valuePct: null,
    band: null,
    scale,
    tip: 'Not reported',
  }
  return <OneGauge node={node.name} reading={reading ?? unread} staleAge={staleAge} size="cell" />
}
