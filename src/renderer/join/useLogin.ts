import { useEffect, useState } from 'react'
import type { NodeName } from '../../contract/ids'
import { problemOf } from '../views/attempt'
import { joinStore, type LoginPhase } from './joinStore'

export type Tried = 'none' | 'under way' | 'answered'

/**
 * What a login dialog does, one thing at a time. Closing the dialog gives up what is under way. `sinceMs` is that of the
 * node's link: `tried` is `none` until something was tried, `under way` until the link says something new, and then
 * `answered`.
 */
export function useLogin(node: NodeName, sinceMs: number) {
  const [gone] = useState(() => new AbortController())
  const [triedAtMs, setTriedAtMs] = useState<number | null>(null)
  useEffect(() => () => gone.abort(), [gone])

  async function run(
    words: string,
    work: (signal: AbortSignal) => Promise<void>,
    done: string | null,
  ): Promise<void> {
    tell(node, { at: 'working', words })
    setTriedAtMs(sinceMs)
    try {
      await work(gone.signal)
      if (!gone.signal.aborted) tell(node, done === null ? { at: 'ask' } : { at: 'done', words: done })
    } catch (error) {
      if (!gone.signal.aborted) tell(node, { at: 'refused', problem: problemOf(error) })
    }
  }
  const tried: Tried = triedAtMs === null ? 'none' : triedAtMs === sinceMs ? 'under way' : 'answered'
  return { run, tried }
}

/** Only while the dialog is still about this node. */
function tell(node: NodeName, phase: LoginPhase): void {
  joinStore.setState(({ dialog }) =>
    dialog?.kind === 'login' && dialog.node === node ? { dialog: { ...dialog, phase } } : {},
  )
}
