import { useEffect, useRef } from 'react'
import type { NodeName } from '../../contract/ids'
import { asNodeName } from './names'
import { matchesShortcut } from '../shortcuts'
import { useFleet } from '../state/fleetStore'
import { useActions } from '../views/actions'
import { nodeElement } from './focusNode'
import { moveNode } from './joinCommands'
import { joinStore } from './joinStore'

/** Moves the node that has the keyboard by its keys, and lets it keep the keyboard in its new place. */
export function NodeKeys() {
  const actions = useActions()
  const order = useFleet(state => state.nodes.map(node => node.name).join(' '))
  const before = useRef(order)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const by = matchesShortcut(event, 'moveUp') ? -1 : matchesShortcut(event, 'moveDown') ? 1 : null
      const node = by === null ? null : nodeAround(event.target)
      if (by === null || node === null) return
      event.preventDefault()
      moveNode(actions, node, by)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [actions])
  useEffect(() => {
    if (before.current === order) return
    before.current = order
    const { moved } = joinStore.getState()
    joinStore.setState({ moved: null })
    // An element that is moved in the document loses the keyboard. Who left it for another keeps that.
    if (moved !== null && document.activeElement === document.body) nodeElement(moved)?.focus()
  })
  return null
}

/** The node in whose card or row this is; null when it is in none. */
function nodeAround(target: EventTarget | null): NodeName | null {
  if (!(target instanceof Element)) return null
  const name = target.closest('section[data-link][aria-label]')?.getAttribute('aria-label')
  return asNodeName(name)
}
