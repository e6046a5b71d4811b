import { useFleet } from '../state/fleetStore'
import { AttentionStrip } from './AttentionStrip'
import { changedKeyOf, HostKeyChanged } from './HostKeyChanged'
import { useProblems } from './useProblems'

/** What is wrong with the fleet, on top of every screen that is about it. */
export function FleetNews({ isBrief = false }: { isBrief?: boolean }) {
  const nodes = useFleet(state => state.nodes)
  const problems = useProblems()
  const changed = nodes.flatMap(node => {
    const reason = changedKeyOf(node)
    return reason === null ? [] : [<HostKeyChanged key={node.name} node={node} reason={reason} />]
  })
  return (
    <>
      {isBrief && changed.length > 1 ? <div className="attention-list">{changed}</div> : changed}
      <AttentionStrip problems={problems} isBrief={isBrief} />
    </>
  )
}
