/** So near to an end of the list more of it is wanted. */
const NEAR_PX = 60

/** What somebody does by scrolling. */
export interface ScrollEvents {
  readonly onMove: (scrollTop: number, isFromEnd: boolean) => void
  /** A wheel turned up where there is something above: the smooth scrolling that follows may come too late. */
  readonly onWheelUp: () => void
  /** Upwards and nearly at the top, or still further up. */
  readonly onTop: () => void
  /** Downwards and nearly at the bottom. */
  readonly onBottom: () => void
}

/** Returns what ends it. */
export function listenToScroll(element: HTMLElement | null, events: ScrollEvents): () => void {
  if (element === null) return () => {}
  const stop = new AbortController()
  // What scrolls must be reachable without a mouse.
  element.tabIndex = 0
  let lastTop = element.scrollTop
  const onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = element
    const isUp = scrollTop < lastTop
    const isDown = scrollTop > lastTop
    lastTop = scrollTop
    events.onMove(scrollTop, scrollHeight - clientHeight - scrollTop > 1)
    if (isUp && scrollTop < NEAR_PX) events.onTop()
    if (isDown && scrollHeight - clientHeight - scrollTop < NEAR_PX) events.onBottom()
  }
  const onWheel = (event: WheelEvent): void => {
    if (event.deltaY >= 0) return
    if (element.scrollTop > 0) events.onWheelUp()
    else events.onTop()
  }
  element.addEventListener('scroll', onScroll, { passive: true, signal: stop.signal })
  element.addEventListener('wheel', onWheel, { passive: true, signal: stop.signal })
  return () => stop.abort()
}
