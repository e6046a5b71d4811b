import type { NodeName } from '../../contract/ids'

/** A node's card or row: the one on the screen, or null when this screen has none. */
export const nodeElement = (node: NodeName): HTMLElement | null =>
  document.querySelector<HTMLElement>(`section[data-link][aria-label="${CSS.escape(node)}"]`)

/** Who gets the keyboard when what opened a dialog about a node is gone: its menu, else its card, else the screen. */
export function backToNode(node: NodeName): HTMLElement | null {
  const card = nodeElement(node)
  return card?.querySelector<HTMLElement>('.node-menu') ?? card ?? mainElement()
}

/** The screen's first thing that can have the keyboard. */
export const mainElement = (): HTMLElement | null =>
  document.querySelector<HTMLElement>('main :is(button, a[href], [tabindex="0"])')
