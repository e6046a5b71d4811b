import { type ClipboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import type { LogStore } from '../state/logStore'

/**
 * Selecting with the mouse: lines stand still from the press on, and stay so when something was selected. Without that
 * a line that is being selected would be gone before the button is released.
 */
export function useLogSelection(scroller: RefObject<HTMLElement | null>, store: LogStore) {
  const [isSelecting, setSelecting] = useState(false)
  const wasFollowing = useRef(false)

  useEffect(() => {
    if (!isSelecting) return undefined
    const stop = new AbortController()
    const release = (): void => {
      const hasSelected = selectionIn(scroller.current) !== null
      if (wasFollowing.current && !hasSelected) store.setFollowing(true)
      wasFollowing.current = false
      if (!hasSelected) setSelecting(false)
    }
    // The selection may live on after the button is released; its rows are kept until it is gone.
    const change = (): void => {
      if (!wasFollowing.current && selectionIn(scroller.current) === null) setSelecting(false)
    }
    window.addEventListener('pointerup', release, { signal: stop.signal })
    window.addEventListener('pointercancel', release, { signal: stop.signal })
    document.addEventListener('selectionchange', change, { signal: stop.signal })
    return () => stop.abort()
  }, [isSelecting, scroller, store])

  return {
    isSelecting,
    begin(): void {
      wasFollowing.current = store.getSnapshot().isFollowing
      if (wasFollowing.current) store.setFollowing(false)
      setSelecting(true)
    },
    copy(this: void, event: ClipboardEvent): void {
      const text = selectedLines(scroller.current)
      if (text === null) return
      event.preventDefault()
      event.clipboardData.setData('text/plain', text)
    },
  }
}

function selectionIn(element: HTMLElement | null): Selection | null {
  const selection = document.getSelection()
  if (element === null || selection === null || selection.isCollapsed) return null
  return element.contains(selection.anchorNode) ? selection : null
}

/** Whole lines when the selection goes over several, with the columns that are shown; null for a part of one line. */
function selectedLines(element: HTMLElement | null): string | null {
  const selection = selectionIn(element)
  if (element === null || selection === null) return null
  const rows = [...element.querySelectorAll<HTMLElement>('.log-row')]
    .filter(row => selection.containsNode(row, true))
    .sort((left, right) => Number(left.dataset['index']) - Number(right.dataset['index']))
  if (rows.length < 2) return null
  return rows.map(lineOf).join('\n')
}

function lineOf(row: HTMLElement): string {
  const columns = [...row.querySelectorAll('.log-time, .log-source, .log-text')]
  return columns.length === 0 ? row.textContent : columns.map(column => column.textContent).join('  ')
}
