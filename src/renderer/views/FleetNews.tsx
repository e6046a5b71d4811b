import { useFleet } from '../state/fleetStore'
import { AttentionStrip } from './AttentionStrip'
import { changedKeyOf, HostKeyChanged } from './HostKeyChanged'
import { useProblems } from './useProblems'

/** What is wrong with the fleet, on top of every screen that is about it. */
export function FleetNews({ isBrief = false }: { isBrief?: boolean }) {
  const nodes = useFleet(state => state.nodes)
  const problems = useProblems()
  return (
    <>
      {nodes.map(node => {
        const reason = changedKeyOf(node)
        return reason === null ? null : <HostKeyChanged key={node.name} node={node} reason={reason} />
      })}
      <AttentionStrip problems={problems} isBrief={isBrief} />
    </>
  )
}
