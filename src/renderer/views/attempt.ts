import { useCallback, useState } from 'react'
import { type ActionProblem, screenStore } from './screenStore'

/** Does it, and shows a refusal under the header. For buttons that have no room of their own for it. */
export function attempt(work: () => Promise<void>): void {
  screenStore.setState({ problem: null })
  work().catch((error: unknown) => screenStore.setState({ problem: problemOf(error) }))
}

/** The same for dialogs, which show the refusal themselves and wait meanwhile. */
export function useAttempt() {
  const [problem, setProblem] = useState<ActionProblem | null>(null)
  const [isBusy, setBusy] = useState(false)
  const run = useCallback(async (work: () => Promise<void>): Promise<boolean> => {
    setProblem(null)
    setBusy(true)
    try {
      await work()
      return true
    } catch (error) {
      setProblem(problemOf(error))
      return false
    } finally {
      setBusy(false)
    }
  }, [])
  return { problem, isBusy, run }
}

/** Shape: an Error whose message is a sentence; `data.hint` names the fix. Anything else is told as it is. */
export function problemOf(error: unknown): ActionProblem {
  if (!(error instanceof Error)) return { what: String(error), fix: null }
  const data: unknown = 'data' in error ? error.data : null
  const hint = typeof data === 'object' && data !== null && 'hint' in data ? data.hint : null
  return { what: error.message, fix: typeof hint === 'string' ? hint : null }
}
