import { failureOf, type GpuFailure } from './gpuFailures'
import { GPU_FIELDS, isLoopRefused, rejectedField, type GpuField } from './nvidiaSmi'

/** How nvidia-smi is asked: one process that prints every second, or one call a second. */
export interface GpuPlan {
  readonly mode: 'loop' | 'once'
  readonly fields: readonly GpuField[]
}

export const FIRST_PLAN: GpuPlan = { mode: 'loop', fields: GPU_FIELDS }

/** What nvidia-smi did from its start to its end. */
export interface GpuRun {
  readonly code: number
  /** How many times it began to print its rows. */
  readonly cycles: number
  /** Its lines that are no rows. */
  readonly said: readonly string[]
  /** Whether a card was missing, which alone can end a loop that prints the others. */
  readonly isOneLost: boolean
}

export type GpuNext =
  /** Ask again on this channel: at once, or when the next reading is due. */
  | { readonly do: 'ask'; readonly plan: GpuPlan; readonly when: 'now' | 'due' }
  /** It worked and ended without a reason that we know: start over, with back-off. */
  | { readonly do: 'restart' }
  | { readonly do: 'give-up'; readonly failure: GpuFailure }

/** What follows when nvidia-smi has ended. */
export function planAfter(plan: GpuPlan, run: GpuRun): GpuNext {
  const rejected = rejectedField(run.said)
  const fields = plan.fields.filter(field => field !== rejected)
  if (rejected !== null && rejected !== 'index' && fields.length < plan.fields.length) {
    return { do: 'ask', plan: { ...plan, fields }, when: 'now' }
  }
  if (plan.mode === 'loop') {
    if (isLoopRefused(run.said)) return { do: 'ask', plan: { ...plan, mode: 'once' }, when: 'now' }
    // A loop that ends well after one turn is none: this nvidia-smi does not know how to loop.
    const isNoLoop = run.cycles === 1 && (run.code === 0 || run.isOneLost)
    if (isNoLoop) return { do: 'ask', plan: { ...plan, mode: 'once' }, when: 'due' }
    if (run.cycles > 0) return { do: 'restart' }
  }
  if (run.cycles > 0) return { do: 'ask', plan, when: 'due' }
  return { do: 'give-up', failure: failureOf(run.code, run.said) }
}
