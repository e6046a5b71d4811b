export type ErrorCode =
  | 'refused' // the engine says no, and the hint says what to change
  | 'not-found'
  | 'unreachable'
  | 'blocked' // host key or authentication: never retried by itself
  | 'probe-unreadable'
  | 'launch-failed'
  | 'file-invalid'

/** A failure that was expected and can be explained. `message` and `hint` are for the trader, `cause` for the log. */
export class AppError extends Error {
  readonly code: ErrorCode
  /** The fix, in a sentence; null when there is none to offer. */
  readonly hint: string | null

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.hint = options.hint ?? null
  }
}

/** The sentence of any failure, for a place that needs one. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
