import { memo } from 'react'
import type { NodeView } from '../../contract/nodes'
import { StateIcon, type StateName } from '../components/StateIcon'
import { useFleet } from '../state/fleetStore'
import { LinkButton } from './LinkButton'
import { LinkStatus } from './LinkStatus'
import { nodeSubtitle } from './linkWords'
import { NodeFoot } from './NodeFoot'
import { CompactGauges, FullGauges, WideGauges } from './NodeGauges'
import { NodeMarks } from './NodeMarks'
import { NodeMenu } from './NodeMenu'
import { isSameWork, type NodeWork } from './nodeWork'
import { useReadingsAge } from './useNodeReadings'
import { nodeStop } from './walkNodes'

export interface NodeCardProps {
  readonly node: NodeView
  readonly layout: 'wide' | 'full' | 'compact'
  readonly work: NodeWork | undefined
  readonly isInTrouble: boolean
  readonly hint: string
}

/** One machine: its state, its gauges, what it works for. Drawn again only when one of these changed. */
export const NodeCard = memo(function NodeCard(props: NodeCardProps) {
  const { node, layout, work, isInTrouble, hint } = props
  const isOnline = node.link.state === 'online'
  const Gauges = { wide: WideGauges, full: FullGauges, compact: CompactGauges }[layout]
  return (
    <section
      className="card"
      aria-label={node.name}
      data-layout={layout}
      data-link={node.link.state}
      {...nodeStop('card', node.name)}
    >
      <header className="card-head">
        <StateIcon state={nodeState(node, isInTrouble)} />
        <h2 className="card-name" data-tip={node.name} data-opens="">
          {node.name}
        </h2>
        <NodeMarks node={node} />
        <CardSubtitle node={node} layout={layout} />
        {isOnline ? <LinkStatus node={node} /> : <LastValues node={node} />}
        <NodeMenu node={node} size="s" />
      </header>
      {isOnline || layout === 'compact' ? null : <LinkRow node={node} />}
      <div className="card-gauges">
        <Gauges node={node} isAssigned={work?.state === 'running'} />
      </div>
      {isOnline || layout !== 'compact' ? (
        <NodeFoot node={node} work={work} hint={hint} />
      ) : (
        <LinkRow node={node} />
      )}
    </section>
  )
}, isSameCard)

function isSameCard(one: NodeCardProps, other: NodeCardProps): boolean {
  return (
    one.node === other.node &&
    one.layout === other.layout &&
    one.isInTrouble === other.isInTrouble &&
    one.hint === other.hint &&
    isSameWork(one.work, other.work)
  )
}

/** The shape at a node's name: its link's, and a triangle when something about it needs a look. */
export const nodeState = (node: NodeView, isInTrouble: boolean): StateName =>
  node.link.state === 'online' && isInTrouble ? 'warn' : node.link.state

function CardSubtitle({ node, layout }: { node: NodeView; layout: NodeCardProps['layout'] }) {
  const models = useFleet(state => gpuModels(state.gpus[node.name]?.gpus))
  const { inventory } = node
  if (layout === 'compact') return null
  const threads = inventory?.cpuThreads ?? null
  const memTotalMiB = inventory?.memTotalMiB ?? null
  const words =
    layout === 'full'
      ? nodeSubtitle(node)
      : [
          nodeSubtitle(node),
          threads === null ? '' : `${threads} threads`,
          memTotalMiB === null ? '' : `${Math.round(memTotalMiB / 1024)}\u2009GiB`,
          models,
        ]
          .filter(word => word !== '')
          .join(' · ')
  return (
    <span className="min-w-0 truncate text-dense text-t3" data-tip={words}>
      {words}
    </span>
  )
}

const gpuModels = (gpus: readonly { name: string | null }[] = []): string =>
  [...new Set(gpus.flatMap(gpu => gpu.name ?? []))]
    .map(name => name.replace(/^(NVIDIA )?(GeForce )?/, ''))
    .join(', ')

/** Why the card below is dim, and what to do about it. */
function LinkRow({ node }: { node: NodeView }) {
  return (
    <div className="link-row">
      <LinkStatus node={node} />
      <LinkButton node={node} />
    </div>
  )
}

/** When the dimmed values came. */
function LastValues({ node }: { node: NodeView }) {
  const age = useReadingsAge(node)
  return age === null ? null : <span className="card-age">values {age}</span>
}
