import type { NodeView } from '../../contract/nodes'
import { NodeDisks } from './NodeDisks'
import { NodeInventory } from './NodeInventory'
import { NodeTunnels } from './NodeTunnels'
import { VramHolders } from './VramHolders'

/** What a node is and holds, under its charts. */
export function NodePanels({ node }: { node: NodeView }) {
  return (
    <div className="node-panels">
      <div>
        <NodeInventory node={node} />
      </div>
      <div>
        <NodeDisks node={node} />
        <VramHolders node={node} />
        <NodeTunnels node={node} />
      </div>
    </div>
  )
}
