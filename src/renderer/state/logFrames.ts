/** At most one drawing a frame, then everybody is told; drawn again next frame while it is not done. */
export function createLogFrames<Snapshot>(
  nextFrame: (callback: () => void) => () => void,
  draw: () => { readonly snapshot: Snapshot; readonly isDone: boolean },
) {
  const listeners = new Set<() => void>()
  let snapshot: Snapshot | null = null
  let cancel: (() => void) | null = null
  let isClosed = false

  function ask(): void {
    if (!isClosed) cancel ??= nextFrame(frame)
  }

  function frame(): void {
    cancel = null
    const drawn = draw()
    snapshot = drawn.snapshot
    for (const listener of listeners) listener()
    if (!drawn.isDone) ask()
  }

  return {
    ask,
    snapshot: (): Snapshot => (snapshot ??= draw().snapshot),
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close(): void {
      isClosed = true
      cancel?.()
      listeners.clear()
    },
  }
}
