import { useEffect, useRef } from 'react'
import { ArrowLeft, RefreshCw } from 'lucide-react'
import type { NodeView } from '../../contract/nodes'
import { Button, IconButton } from '../components/Button'
import { StateIcon } from '../components/StateIcon'
import { useActions } from './actions'
import { attempt } from './attempt'
import { LinkStatus } from './LinkStatus'
import { nodeSubtitle } from './linkWords'
import { nodeState } from './NodeCard'
import { NodeMenu } from './NodeMenu'
import { leaveNode } from './openNode'

/** Who it is, how it is reached, and how the link to it is. */
export function NodeHead({ node, isInTrouble }: { node: NodeView; isInTrouble: boolean }) {
  const actions = useActions()
  const { link } = node
  const title = useRef<HTMLHeadingElement>(null)
  // The keyboard follows to the screen that was opened.
  useEffect(() => title.current?.focus(), [])
  return (
    <header className="node-head">
      <IconButton name="Back to the fleet (Escape)" onClick={leaveNode}>
        <ArrowLeft size={16} strokeWidth={1.75} aria-hidden />
      </IconButton>
      <StateIcon state={nodeState(node, isInTrouble)} size={20} />
      <h1 ref={title} className="node-title" tabIndex={-1} data-tip={node.name}>
        {node.name}
      </h1>
      <span className="min-w-0 truncate text-t2">{nodeSubtitle(node)}</span>
      <span className="node-address">{node.address ?? 'this PC'}</span>
      <LinkStatus node={node} />
      <Button
        size="s"
        refusal={link.state === 'disabled' ? `${node.name} is disabled in fleet.yaml.` : null}
        onClick={() => attempt(() => actions.reconnect(node.name))}
      >
        <RefreshCw size={12} strokeWidth={1.75} aria-hidden />
        Reconnect
      </Button>
      <NodeMenu node={node} size="s" />
    </header>
  )
}
