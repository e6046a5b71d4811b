import type { KeyboardEvent, MouseEvent } from 'react'
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

/** Makes a card or a row focusable; Enter and a double click open its screen, arrow keys walk its gauges. */
export const nodeKeys = (node: NodeName) => ({
  'data-node': node,
  tabIndex: 0,
  onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.key === 'Enter' && event.target === event.currentTarget) openNode(node)
    else moveAmongGauges(event)
  },
  onDoubleClick({ target }: MouseEvent<HTMLElement>): void {
    if (target instanceof Element && target.closest('button, a') === null) openNode(node)
  },
})

/** So that their tooltips need no mouse. */
function moveAmongGauges(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
  if (step === undefined || event.altKey || !(event.target instanceof HTMLElement)) return
  const isHere = event.target === event.currentTarget || event.target.matches('[data-gauge]')
  if (!isHere) return
  const gauges = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-gauge]')]
  const next = gauges.indexOf(event.target) + step
  event.preventDefault()
  ;(next < 0 ? event.currentTarget : (gauges[next] ?? gauges.at(-1)))?.focus()
}
