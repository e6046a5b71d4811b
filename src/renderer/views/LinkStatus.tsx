import type { NodeView } from '../../contract/nodes'
import { useFleet } from '../state/fleetStore'
import { useClock } from './clock'
import { linkDetail, linkWord } from './linkWords'

/** The state of a node's link in words. What counts up or down is shown but not read out every second. */
export function LinkStatus({ node, className = '' }: { node: NodeView; className?: string }) {
  const { link } = node
  // In whole ms, as it is shown: what differs by less is no reason to draw again, every second, for every node.
  const roundTripMs = useFleet(state => wholeMs(state.samples[node.name]?.roundTripMs ?? null))
  const detail = useClock(nowMs => linkDetail(link, roundTripMs, nowMs))
  return (
    <output aria-label={`${node.name} link`} className={`link-status ${className}`} data-state={link.state}>
      <span>{linkWord(link)}</span>
      <span aria-live="off">{detail}</span>
    </output>
  )
}

const wholeMs = (ms: number | null): number | null => (ms === null ? null : Math.round(ms))
