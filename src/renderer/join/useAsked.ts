import { useCallback, useEffect, useRef, useState } from 'react'
import { problemOf } from '../views/attempt'
import type { ActionProblem } from '../views/screenStore'

/** Something that was asked of the engine for as long as it is looked at. */
export type Asked<T> =
  | { readonly at: 'waiting' }
  | { readonly at: 'known'; readonly value: T }
  | { readonly at: 'failed'; readonly problem: ActionProblem }

/** Asks once when it is drawn, and again on `again`. `ask` must stay the same function. */
export function useAsked<T>(ask: (signal: AbortSignal) => Promise<T>): {
  readonly asked: Asked<T>
  readonly again: () => void
} {
  const [asked, setAsked] = useState<Asked<T>>({ at: 'waiting' })
  const underWay = useRef<AbortController | null>(null)
  const begin = useCallback((): AbortController => {
    underWay.current?.abort()
    const gone = new AbortController()
    underWay.current = gone
    const tell = (next: Asked<T>): void => (gone.signal.aborted ? undefined : setAsked(next))
    ask(gone.signal).then(
      value => tell({ at: 'known', value }),
      (error: unknown) => tell({ at: 'failed', problem: problemOf(error) }),
    )
    return gone
  }, [ask])
  useEffect(() => {
    begin()
    return () => underWay.current?.abort()
  }, [begin])
  const again = useCallback(() => {
    setAsked({ at: 'waiting' })
    begin()
  }, [begin])
  return { asked, again }
}
