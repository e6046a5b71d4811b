import type { ReactNode } from 'react'
import { StateIcon } from './StateIcon'

export interface NoticeProps {
  readonly severity: 'warn' | 'err'
  /** Its accessible name, when the sentence alone would not tell it apart. */
  readonly name?: string
  readonly what: string
  readonly cause?: string | null
  readonly fix?: string | null
  /** The buttons. */
  readonly children?: ReactNode
}

/** Something is wrong: what happened, the likely cause, the fix, and its button. */
export function Notice({ severity, name, what, cause = null, fix = null, children }: NoticeProps) {
  return (
    <div className="notice" role="alert" aria-label={name} data-severity={severity}>
      <StateIcon state={severity} />
      <p className="min-w-0 flex-1">
        <strong className="font-semibold">{what}</strong>
        {cause === null ? null : <span className="ml-2.5 text-t2">{cause}</span>}
        {fix === null ? null : <span className="ml-2.5 text-t2">{fix}</span>}
      </p>
      {children === undefined ? null : (
        <span className="flex flex-none flex-wrap items-center gap-2">{children}</span>
      )}
    </div>
  )
}
