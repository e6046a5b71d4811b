import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/react-virtual'

/** What a row is high until it was measured. */
const ROW_PX = 53
const OVERSCAN = 6

/** Which rows of a long list are in sight, and where they stand. Rows may be of any height. */
export function createRowWindow() {
  const listeners = new Set<() => void>()
  let version = 0
  let element: HTMLElement | null = null
  let keys: readonly string[] = []
  const onChange = (): void => {
    version += 1
    listeners.forEach(listener => listener())
  }
  const options = () => ({
    count: keys.length,
    getScrollElement: (): HTMLElement | null => element,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    getItemKey: (index: number) => keys[index] ?? index,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange,
  })
  const virtualizer = new Virtualizer<HTMLElement, HTMLElement>(options())

  return {
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    version: (): number => version,
    /** The rows to draw of a list with these keys, one a row and each once. */
    arrange(next: readonly string[]): { readonly items: readonly VirtualItem[]; readonly heightPx: number } {
      keys = next
      virtualizer.setOptions(options())
      return { items: virtualizer.getVirtualItems(), heightPx: virtualizer.getTotalSize() }
    },
    /** The element that scrolls, which is in the document. Returns what ends it. */
    attach(scroller: HTMLElement | null): () => void {
      element = scroller
      virtualizer['_willUpdate']()
      return () => {
        // The pair of calls that the library's own React hook makes; this is its clean-up.
        virtualizer['_didMount']()()
        element = null
      }
    },
    /** After the rows are in the document. */
    settle: (): void => virtualizer['_willUpdate'](),
    measure: (row: HTMLElement | null): void => virtualizer.measureElement(row),
  }
}
