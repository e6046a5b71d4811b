/** A time limit that can stand still. */
export interface Deadline {
  /** Called once, when the time is over. */
  onOver(listener: () => void): void
  pause(): void
  resume(): void
  stop(): void
}

/** Runs from now on. */
export function createDeadline(limitMs: number): Deadline {
  let leftMs = limitMs
  let startedAtMs = performance.now()
  let tell = (): void => {}
  let timer: NodeJS.Timeout | null = setTimeout(() => tell(), leftMs)

  function halt(): void {
    if (timer === null) return
    clearTimeout(timer)
    timer = null
    leftMs = Math.max(0, leftMs - (performance.now() - startedAtMs))
  }

  return {
    onOver: listener => (tell = listener),
    pause: halt,
    stop: halt,
    resume() {
      if (timer !== null) return
      startedAtMs = performance.now()
      timer = setTimeout(() => tell(), leftMs)
    },
  }
}
