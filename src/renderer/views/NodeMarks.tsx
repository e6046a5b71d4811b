import { Info } from 'lucide-react'
import type { NodeView } from '../../contract/nodes'

/** That something about a node is worth a look, and no alarm: what it is stands in the tooltip and in the strip. */
export function NodeMarks({ node }: { node: NodeView }) {
  if (node.notices.length === 0) return null
  const words = node.notices.map(({ message, hint }) => `${message}\n${hint}`).join('\n')
  return (
    <span className="node-mark" data-tip={words}>
      <Info size={14} strokeWidth={1.75} aria-hidden />
      <span className="sr-only">Note: {words}</span>
    </span>
  )
}
