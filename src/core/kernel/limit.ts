import type { Clock } from './clock'

/**
 * Gives `work` a signal that aborts with `parent` or after `ms`, and returns what it gives. (What AbortSignal.timeout
 * and AbortSignal.any make together may be collected before it fires, and stays with a long-lived parent.)
 */
export async function withLimit<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController()
  const over = new AbortController()
  const end = (): void => limit.abort()
  parent.addEventListener('abort', end, { once: true })
  if (parent.aborted) end()
  const timer = clock.sleep(ms, over.signal).then(end)
  try {
    return await work(limit.signal)
  } finally {
    parent.removeEventListener('abort', end)
    over.abort()
    await timer
  }
}
