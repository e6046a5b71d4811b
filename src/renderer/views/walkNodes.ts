import type { KeyboardEvent, MouseEvent } from 'react'
import type { NodeName } from '../../contract/ids'
import { openNode } from './openNode'

const STEPS: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
}

/**
 * Up and down go from node to node as they stand on the screen; left and right walk the gauges of one, so that their
 * tooltips need no mouse, or the cells of a heat strip. Enter, a press on its name, or two anywhere on it, open the node. One listener for
 * all nodes, on what holds them.
 */
export const nodeWalk = {
  onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    const { target, currentTarget } = event
    if (event.altKey || !(target instanceof HTMLElement) || !isStop(target)) return
    const name = target.closest<HTMLElement>('[data-node]')?.dataset['node']
    if (event.key === 'Enter' && name !== undefined) openNode(name as NodeName)
    else if (!walk(currentTarget, target, event.key)) return
    event.preventDefault()
  },
  onDoubleClick({ target }: MouseEvent<HTMLElement>): void {
    if (!(target instanceof Element) || target.closest('button, a') !== null) return
    const name = target.closest<HTMLElement>('[data-node]')?.dataset['node']
    if (name !== undefined) openNode(name as NodeName)
  },
  onClick({ target }: MouseEvent<HTMLElement>): void {
    const place = target instanceof Element ? target.closest('[data-opens]') : null
    const name = place?.closest<HTMLElement>('[data-node]')?.dataset['node']
    if (name !== undefined && window.getSelection()?.isCollapsed !== false) openNode(name as NodeName)
  },
}

/** Makes a card, a row or a cell a place where the keyboard can stand. */
export const nodeStop = (kind: 'card' | 'row' | 'cell', node: NodeName) => ({
  'data-node': node,
  'data-stop': kind,
  tabIndex: 0,
})

/** Arrow keys stay with menus, buttons and fields. */
const isStop = (element: HTMLElement): boolean => element.matches('[data-stop], [data-gauge]')

/** Whether the key goes anywhere from here. */
function walk(holder: HTMLElement, from: HTMLElement, key: string): boolean {
  const step = STEPS[key]
  if (step === undefined) return false
  const here = from.closest<HTMLElement>('[data-stop]') ?? from
  const [right, down] = step
  const next =
    right !== 0 && here.dataset['stop'] !== 'cell'
      ? gaugeBeside(here, from, right)
      : nearest(holder, here, right, down)
  const gauge = down === 0 ? undefined : from.dataset['gauge']
  const same =
    gauge === undefined ? null : next?.querySelector<HTMLElement>(`[data-gauge="${CSS.escape(gauge)}"]`)
  const to = same ?? next
  to?.focus()
  return true
}

/** Left of the first gauge is the node itself. */
function gaugeBeside(node: HTMLElement, from: HTMLElement, step: number): HTMLElement | undefined {
  const gauges = [...node.querySelectorAll<HTMLElement>('[data-gauge]')]
  const at = gauges.indexOf(from) + step
  return at < 0 ? node : (gauges[at] ?? gauges.at(-1))
}

/** The nearest stop in that direction, of those in the nearest line the one that is least to the side. */
function nearest(
  holder: HTMLElement,
  from: HTMLElement,
  right: number,
  down: number,
): HTMLElement | undefined {
  const stops = [...holder.querySelectorAll<HTMLElement>('[data-stop]')]
  const at = stops.indexOf(from)
  if (right !== 0) return stops[at + right]
  const box = from.getBoundingClientRect()
  const ahead = stops
    .slice(down > 0 ? at + 1 : 0, down > 0 ? undefined : Math.max(0, at))
    .map(stop => ({ stop, top: stop.getBoundingClientRect().top, left: stop.getBoundingClientRect().left }))
    .filter(({ top }) => (top - box.top) * down > box.height / 2)
  const line = down > 0 ? Math.min(...ahead.map(one => one.top)) : Math.max(...ahead.map(one => one.top))
  const inLine = ahead.filter(({ top }) => Math.abs(top - line) < box.height / 2)
  const away = (one: (typeof inLine)[number]): number => Math.abs(one.left - box.left)
  return inLine.sort((one, other) => away(one) - away(other))[0]?.stop
}
