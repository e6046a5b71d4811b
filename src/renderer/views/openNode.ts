import type { NodeName } from '../../contract/ids'
import { nextFrame } from '../state/pageFrames'
import { type NodeTab, screenStore } from './screenStore'

/** Opens a node's own screen. */
export function openNode(node: NodeName, nodeTab: NodeTab = 'overview'): void {
  screenStore.setState({ screen: 'node', node, nodeTab })
}

/** Back to the fleet, with the keyboard on the card or row that was left. */
export function leaveNode(): void {
  const { node } = screenStore.getState()
  screenStore.setState({ screen: 'fleet' })
  nextFrame(() => document.querySelector<HTMLElement>(`[data-node="${node}"]`)?.focus())
}
