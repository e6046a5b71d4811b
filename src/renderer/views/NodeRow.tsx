import { memo } from 'react'
import type { NodeView } from '../../contract/nodes'
import { StateIcon } from '../components/StateIcon'
import { plural } from '../format'
import { LinkButton } from './LinkButton'
import { LinkStatus } from './LinkStatus'
import { isLoud } from './modeWords'
import { nodeState } from './NodeCard'
import { WorkEnd } from './NodeFoot'
import { GpuGauge, OneGauge } from './NodeGauges'
import { NodeMarks } from './NodeMarks'
import { NodeMenu } from './NodeMenu'
import { isSameWork, type NodeWork } from './nodeWork'
import { useNodeReadings, useReadingsAge } from './useNodeReadings'
import { nodeStop } from './walkNodes'

export interface NodeRowProps {
  readonly node: NodeView
  readonly work: NodeWork | undefined
  readonly isInTrouble: boolean
}

/** One node in a line. Drawn again only when one of these changed. */
export const NodeRow = memo(
  function NodeRow({ node, work, isInTrouble }: NodeRowProps) {
    const isOnline = node.link.state === 'online'
    return (
      <section
        className="node-row"
        aria-label={node.name}
        data-link={node.link.state}
        {...nodeStop('row', node.name)}
      >
        <span className="node-row-name">
          <StateIcon state={nodeState(node, isInTrouble)} size={14} />
          <b className="truncate font-medium" data-opens="">
            {node.name}
          </b>
          <NodeMarks node={node} />
          <RowNote node={node} />
        </span>
        <RowGauges node={node} />
        <span className="node-row-work">
          <LinkStatus node={node} className={isOnline ? 'sr-only' : ''} />
          {isOnline ? null : <LinkButton node={node} />}
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

/** Its roles, or how old what the row shows is. */
function RowNote({ node }: { node: NodeView }) {
  const age = useReadingsAge(node)
  if (age === null) return <span className="truncate text-t3">{node.roles.join(', ')}</span>
  return <span className="row-age">{age}</span>
}

/** The part of a row that changes every second. */
function RowGauges({ node }: { node: NodeView }) {
  const { cpu, ram, disk, gpus, staleAge, gpuStaleAge } = useNodeReadings(node)
  const shared = { node: node.name, size: 'cell' as const }
  return (
    <>
      <OneGauge {...shared} reading={cpu} staleAge={staleAge} />
      <GpuGauge node={node} gpus={gpus} kind="util" size="cell" staleAge={gpuStaleAge} />
      <GpuGauge node={node} gpus={gpus} kind="vram" size="cell" staleAge={gpuStaleAge} />
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
