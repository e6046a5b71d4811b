import { useEffect, useState } from 'react'
import type { NodeName } from '../../contract/ids'
import { problemOf } from '../views/attempt'
import { joinStore, type LoginPhase } from './joinStore'

/** What a login dialog does, one thing at a time. Closing the dialog gives up what is under way. */
export function useLogin(node: NodeName) {
  const [gone] = useState(() => new AbortController())
  // Tried once: what the link says from now on is the answer to that.
  const [isTried, setTried] = useState(false)
  useEffect(() => () => gone.abort(), [gone])

  async function run(
    words: string,
    work: (signal: AbortSignal) => Promise<void>,
    done: string | null,
  ): Promise<void> {
    tell(node, { at: 'working', words })
    setTried(true)
    try {
      await work(gone.signal)
      if (!gone.signal.aborted) tell(node, done === null ? { at: 'ask' } : { at: 'done', words: done })
    } catch (error) {
      if (!gone.signal.aborted) tell(node, { at: 'refused', problem: problemOf(error) })
    }
  }
  return { run, isTried }
}

/** Only while the dialog is still about this node. */
function tell(node: NodeName, phase: LoginPhase): void {
  joinStore.setState(({ dialog }) =>
    dialog?.kind === 'login' && dialog.node === node ? { dialog: { ...dialog, phase } } : {},
  )
}
