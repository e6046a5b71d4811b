import type { PlanDraft, PlanPreview } from '../../contract/plans'
import type { PlanName } from '../../contract/ids'

/** So long nothing must be typed before a draft is checked. */
const QUIET_MS = 250

export interface PlanCheckerDeps {
  readonly check: (draft: PlanDraft, replaces: PlanName | null) => Promise<PlanPreview>
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Told of the newest draft alone: what was asked about an older one is dropped. */
  readonly tell: (draft: PlanDraft, answer: PlanPreview | { readonly error: unknown }) => void
}

/** Checks drafts while they are typed: a quarter of a second after the last key, one at a time, the newest wins. */
export function createPlanChecker({ check, sleep, tell }: PlanCheckerDeps) {
  const gone = new AbortController()
  let wanted: { readonly draft: PlanDraft; readonly replaces: PlanName | null } | null = null
  let quiet: AbortController | null = null
  let isChecking = false

  async function next(): Promise<void> {
    if (isChecking || wanted === null || gone.signal.aborted) return
    const asked = wanted
    isChecking = true
    const answer = await check(asked.draft, asked.replaces).catch((error: unknown) => ({ error }))
    isChecking = false
    if (gone.signal.aborted) return
    if (wanted !== asked) return quiet === null ? next() : undefined
    wanted = null
    tell(asked.draft, answer)
  }

  return {
    ask(draft: PlanDraft, replaces: PlanName | null): void {
      wanted = { draft, replaces }
      quiet?.abort()
      const wait = new AbortController()
      quiet = wait
      void (async () => {
        await sleep(QUIET_MS, wait.signal)
        if (quiet !== wait) return
        quiet = null
        await next()
      })()
    },
    /** Nothing is told any more. */
    close(): void {
      gone.abort()
      quiet?.abort()
      quiet = null
    },
  }
}
