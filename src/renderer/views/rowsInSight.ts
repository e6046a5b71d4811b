/** Rows are drawn this far out of sight: a strip that opens above them shifts them by as much before anybody scrolls. */
const OVERSCAN = 10

/** From and up to, the latter not included. */
export type RowSpan = readonly [first: number, end: number]

/**
 * Which rows of fixed height are in sight, or nearly so. Scrolling asks it; what happens in a row never does, so that
 * no reading has to wait for the layout of a page.
 */
export function createRowsInSight(rowPx: number) {
  const listeners = new Set<() => void>()
  let span: RowSpan = [0, 2 * OVERSCAN]

  return {
    span: (): RowSpan => span,

    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    /** Watches the element that scrolls around the list. Returns what ends it. */
    attach(list: HTMLElement | null): () => void {
      const scroller = list?.closest<HTMLElement>('.screen') ?? null
      if (list === null || scroller === null) return () => {}
      const look = (): void => {
        const next = spanOf(scroller.scrollTop - list.offsetTop, scroller.clientHeight, rowPx)
        if (next[0] === span[0] && next[1] === span[1]) return
        span = next
        listeners.forEach(listener => listener())
      }
      const sizes = new ResizeObserver(look)
      sizes.observe(scroller)
      scroller.addEventListener('scroll', look, { passive: true })
      look()
      return () => {
        sizes.disconnect()
        scroller.removeEventListener('scroll', look)
      }
    },
  }
}

/** Steps of half the overscan, so that a turn of the wheel does not draw anew for every row. */
export function spanOf(hiddenPx: number, heightPx: number, rowPx: number): RowSpan {
  const step = OVERSCAN / 2
  const first = Math.floor(Math.max(0, hiddenPx) / rowPx / step) * step
  const end = Math.ceil(Math.max(0, hiddenPx + heightPx) / rowPx / step) * step
  return [Math.max(0, first - OVERSCAN), end + OVERSCAN]
}
