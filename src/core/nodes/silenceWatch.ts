// ssh2 asks for a sign of life once a second, so a live link is never silent for longer than that and a round trip.
// 2.4 s keep the promise to notice a dead link within 2.5 s.
const MIN_LIMIT_MS = 2400
const MAX_LIMIT_MS = 10_000
// The timer came this late: this process slept or was stopped, and cannot tell the link's silence from its own.
const LATE_MS = 500

/**
 * Ends a link that says nothing. Any byte is a sign of life, so a link that is full of data, where the answer to a
 * keepalive has to queue, is not taken for dead; a slow link (`roundTripMs`) is given more time.
 */
export function watchSilence(
  roundTripMs: number,
  onData: (listener: () => void) => void,
  onSilence: (silentMs: number) => void,
): { stop(): void; silentMs(): number } {
  const limitMs = Math.min(MAX_LIMIT_MS, Math.max(MIN_LIMIT_MS, 1000 + 4 * roundTripMs))
  let lastMs = performance.now()
  let dueMs = lastMs + limitMs
  let timer = setTimeout(check, limitMs)
  onData(() => {
    lastMs = performance.now()
  })

  function check(): void {
    const nowMs = performance.now()
    if (nowMs - dueMs > LATE_MS) lastMs = nowMs
    const silentMs = nowMs - lastMs
    if (silentMs >= limitMs) return onSilence(silentMs)
    dueMs = lastMs + limitMs
    timer = setTimeout(check, dueMs - nowMs)
  }

  return { stop: () => clearTimeout(timer), silentMs: () => performance.now() - lastMs }
}
