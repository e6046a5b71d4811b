import { useEffect, useId, useState } from 'react'

const HOVER_DELAY_MS = 450
const EDGE_PX = 8
const WIDEST_PX = 320

interface Tip {
  readonly text: string
  readonly left: number
  readonly top: number
  readonly isAbove: boolean
}

/**
 * The one tooltip of the window: whatever carries `data-tip` shows it on hover and on keyboard focus; Escape hides it.
 * One listener for all, because a hundred nodes have six hundred gauges.
 */
export function TipLayer() {
  const id = useId()
  const [tip, setTip] = useState<Tip | null>(null)
  useEffect(() => watchTips(id, setTip), [id])
  if (tip === null) return null
  return (
    <div
      id={id}
      role="tooltip"
      className="tip"
      data-above={tip.isAbove ? '' : undefined}
      style={{ left: tip.left, top: tip.top }}
    >
      {tip.text}
    </div>
  )
}

/** Listens until the returned function is called. */
function watchTips(id: string, setTip: (tip: Tip | null) => void): () => void {
  let anchor: HTMLElement | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let isTold = false
  const hide = (): void => {
    clearTimeout(timer)
    isTold = false
    if (anchor === null) return
    unlink(anchor, id)
    anchor = null
    setTip(null)
  }
  const show = (next: HTMLElement, delayMs: number): void => {
    if (next === anchor) return
    hide()
    anchor = next
    timer = setTimeout(() => {
      isTold = true
      link(next, id)
      setTip(tipFor(next))
    }, delayMs)
  }
  const stop = new AbortController()
  const on = <K extends keyof DocumentEventMap>(
    type: K,
    listener: (event: DocumentEventMap[K]) => void,
  ): void => document.addEventListener(type, listener, { signal: stop.signal, capture: true })
  on('pointerover', ({ target }) => {
    // The pointer may rest on the tooltip itself.
    if (target instanceof Element && target.closest('.tip') !== null) return
    const next = anchorOf(target)
    if (next !== null) show(next, HOVER_DELAY_MS)
    else if (anchor?.matches(':focus-visible') !== true) hide()
  })
  on('focusin', ({ target }) => {
    const next = anchorOf(target)
    if (next !== null && next === target && next.matches(':focus-visible')) show(next, 0)
    else hide()
  })
  on('keydown', event => {
    if (event.key !== 'Escape') return
    // The key has done its work then: what lies under the tooltip stays as it is.
    if (isTold) event.preventDefault()
    hide()
  })
  for (const type of ['pointerdown', 'focusout', 'scroll'] as const) on(type, hide)
  return () => {
    stop.abort()
    clearTimeout(timer)
  }
}

function tipFor(anchor: HTMLElement): Tip {
  const box = anchor.getBoundingClientRect()
  const isAbove = box.bottom > window.innerHeight - 96
  return {
    text: anchor.dataset['tip'] ?? '',
    left: Math.min(Math.max(box.left, EDGE_PX), window.innerWidth - WIDEST_PX - EDGE_PX),
    top: isAbove ? box.top - EDGE_PX : box.bottom + EDGE_PX,
    isAbove,
  }
}

/** The nearest thing with a tooltip, unless all that it would say can be read there already. */
function anchorOf(target: EventTarget | null): HTMLElement | null {
  const anchor = target instanceof Element ? target.closest<HTMLElement>('[data-tip]') : null
  const text = anchor?.dataset['tip'] ?? ''
  return text === '' || isShown(anchor, text) ? null : anchor
}

/** A name whose element is clipped away is not seen, though its text is there. */
function isShown(anchor: HTMLElement | null, text: string): boolean {
  const words = anchor?.querySelector<HTMLElement>('.nav-word') ?? anchor
  return words?.innerText === text && getComputedStyle(words).position !== 'absolute'
}

/** A description that is there already says more than the tooltip does. */
function link(anchor: HTMLElement, id: string): void {
  if (!anchor.hasAttribute('aria-describedby')) anchor.setAttribute('aria-describedby', id)
}
function unlink(anchor: HTMLElement, id: string): void {
  if (anchor.getAttribute('aria-describedby') === id) anchor.removeAttribute('aria-describedby')
}
