import type { NodeName, RunId, WorkerId } from '../../contract/ids'

/** The one button a problem comes with. */
export type ProblemButton =
  | { readonly does: 'reconnect'; readonly node: NodeName }
  | { readonly does: 'review-key'; readonly node: NodeName }
  | { readonly does: 'log-in'; readonly node: NodeName }
  | { readonly does: 'show-log'; readonly run: RunId; readonly worker: WorkerId | null }
  | { readonly does: 'back-to-safe' }
  | { readonly does: 'orders-off' }

/** Something that somebody should look at: what happened, the likely cause, the fix. */
export interface Problem {
  /** The same as long as it is the same trouble. */
  readonly id: string
  readonly severity: 'err' | 'warn'
  /** Worth a look and no alarm: the node keeps its usual shape. */
  readonly isNote?: true
  readonly node: NodeName | null
  readonly what: string
  /** The same in a few words, for the line that lists many. */
  readonly brief: string
  readonly cause: string | null
  readonly fix: string | null
  readonly buttons: readonly ProblemButton[]
  /** How it is put away: by the engine, on this screen only, or not at all while it lasts. */
  readonly closes: 'engine' | 'screen' | 'never'
}

/** Words from elsewhere, ended like a sentence. */
export const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`)

type Sketch = Pick<Problem, 'id' | 'severity' | 'what'> & Partial<Problem>
export const problem = (sketch: Sketch): Problem => ({
  node: null,
  brief: sketch.what,
  cause: null,
  fix: null,
  buttons: [],
  closes: 'never',
  ...sketch,
})
