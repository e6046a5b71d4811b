import type { NodeView } from '../../contract/nodes'
import type { Run } from '../../contract/runs'
import { NOW_MS } from './builders'
import { threeNodeRuns, threeNodes } from './fleets'

const linked = (name: string, link: NodeView['link']): readonly NodeView[] =>
  threeNodes.nodes.map(node => (node.name === name ? { ...node, link } : node))
export const offered = {
  type: 'ssh-ed25519',
  fingerprint: 'SHA256:9kVY0cQmT0mLw5iQ9ZbDqk1mHf3vXo8yPj2nUe4sR6A',
}
export const known = [
  { type: 'ssh-ed25519', fingerprint: 'SHA256:Xo8yPj2nUe4sR6A9kVY0cQmT0mLw5iQ9ZbDqk1mHf3v' },
]
export const blocked = (
  reason: Extract<NodeView['link'], { state: 'blocked' }>['reason'],
): readonly NodeView[] => linked('pc2', { state: 'blocked', sinceMs: NOW_MS - 9_000, reason })
export const offline = linked('pc2', {
  state: 'unreachable',
  sinceMs: NOW_MS - 130_000,
  nextTryAtMs: NOW_MS + 7_600,
  message: 'No answer for 2.5 s',
  hint: 'Check its power and its network.',
})
/** The runs as they are while the second node is not seen. */
export const unseen = (): readonly Run[] =>
  threeNodeRuns().map(run => ({
    ...run,
    workers: run.workers.map(worker =>
      worker.node === 'pc2' && worker.state === 'running' ? { ...worker, state: 'unknown' as const } : worker,
    ),
  }))
