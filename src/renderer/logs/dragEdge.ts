interface Dragged {
  /** How high the box below the edge is now. */
  readonly heightPx: () => number
  readonly onResize: (heightPx: number) => void
  /** A double click. */
  readonly onReset: () => void
}

/** Makes `edge` the upper edge of a box that is as high as it is dragged. Returns what ends it. */
export function dragEdge(edge: HTMLElement, { heightPx, onResize, onReset }: Dragged): () => void {
  const stop = new AbortController()
  const { signal } = stop
  let begun: { readonly y: number; readonly heightPx: number } | null = null
  edge.addEventListener(
    'pointerdown',
    event => {
      if (event.button !== 0) return
      event.preventDefault()
      edge.setPointerCapture(event.pointerId)
      begun = { y: event.clientY, heightPx: heightPx() }
    },
    { signal },
  )
  edge.addEventListener(
    'pointermove',
    event => {
      if (begun !== null) onResize(begun.heightPx + begun.y - event.clientY)
    },
    { signal },
  )
  edge.addEventListener('lostpointercapture', () => (begun = null), { signal })
  edge.addEventListener('dblclick', onReset, { signal })
  return () => stop.abort()
}
