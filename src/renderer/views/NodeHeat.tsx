import { memo } from 'react'
import type { NodeName } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import { StateIcon } from '../components/StateIcon'
import { type HeatGauge, useFleetLook } from './fleetLook'
import { LinkStatus } from './LinkStatus'
import { nodeState } from './NodeCard'
import { GpuGauge, OneGauge } from './NodeGauges'
import type { NodeGroup } from './nodeGroups'
import { NodeMarks } from './NodeMarks'
import { GroupRow } from './NodeTable'
import { useNodeReadings } from './useNodeReadings'
import { nodeStop, nodeWalk } from './walkNodes'

export interface NodeHeatProps {
  readonly groups: readonly NodeGroup[]
  readonly troubled: ReadonlySet<NodeName>
}

/** Every node as a labelled cell with one gauge: the whole fleet in one look, always in its order. */
export function NodeHeat({ groups, troubled }: NodeHeatProps) {
  const folded = useFleetLook(look => look.folded)
  const gauge = useFleetLook(look => look.heat)
  return (
    <div className="heat" {...nodeWalk}>
      {groups.map(({ name, nodes }) => {
        const isFolded = name !== null && folded.includes(name)
        return (
          <div key={name ?? ''} className="heat-group">
            {name === null ? null : <GroupRow name={name} nodes={nodes} isFolded={isFolded} />}
            {isFolded ? null : (
              <div className="heat-cells">
                {nodes.map(node => (
                  <HeatCell key={node.name} node={node} gauge={gauge} isInTrouble={troubled.has(node.name)} />
                ))}
              </div>
            )}
          </div>
        )
      })}
    </div>
  )
}

interface HeatCellProps {
  readonly node: NodeView
  readonly gauge: HeatGauge
  readonly isInTrouble: boolean
}

const HeatCell = memo(function HeatCell({ node, gauge, isInTrouble }: HeatCellProps) {
  return (
    <section
      className="heat-cell"
      aria-label={node.name}
      data-link={node.link.state}
      {...nodeStop('cell', node.name)}
    >
      <HeatReading node={node} gauge={gauge} />
      <span className="heat-name">
        <StateIcon state={nodeState(node, isInTrouble)} size={12} />
        <b className="truncate font-medium" data-opens="" data-tip={node.name}>
          {node.name}
        </b>
        <NodeMarks node={node} />
      </span>
      <LinkStatus node={node} className="sr-only" />
    </section>
  )
})

function HeatReading({ node, gauge }: { node: NodeView; gauge: HeatGauge }) {
  const { cpu, ram, disk, gpus, staleAge, gpuStaleAge } = useNodeReadings(node)
  switch (gauge) {
    case 'CPU':
      return <OneGauge node={node.name} size="heat" reading={cpu} staleAge={staleAge} />
    case 'RAM':
      return <OneGauge node={node.name} size="heat" reading={ram} staleAge={staleAge} />
    case 'Disk':
      return <OneGauge node={node.name} size="heat" reading={disk} staleAge={staleAge} />
    case 'GPU':
      return <GpuGauge node={node} gpus={gpus} kind="util" size="heat" staleAge={gpuStaleAge} />
    case 'VRAM':
      return <GpuGauge node={node} gpus={gpus} kind="vram" size="heat" staleAge={gpuStaleAge} />
    default:
      return gauge satisfies never
  }
}
