import { useEffect, useState } from 'react'
import type { HistorySpan, NodeHistory } from '../../contract/history'
import type { NodeName } from '../../contract/ids'
import { sleep } from '../state/pageFrames'
import { useActions } from './actions'
import { problemOf } from './attempt'
import type { ActionProblem } from './screenStore'

/** As often as a step ends; of a day, often enough that its last step is seen to grow. */
const READ_EVERY_MS: Readonly<Record<HistorySpan, number>> = { hour: 10_000, day: 30_000 }

export interface ReadHistory {
  /** null until it was read. */
  readonly history: NodeHistory | null
  /** Why the newest attempt failed; what was read before stays. */
  readonly problem: ActionProblem | null
}

const NOTHING: ReadHistory = { history: null, problem: null }

/** What the engine remembers of a node, read again and again for as long as somebody looks; `span` null reads nothing. */
export function useNodeHistory(node: NodeName, span: HistorySpan | null): ReadHistory {
  const actions = useActions()
  const [read, setRead] = useState<ReadHistory & { readonly span: HistorySpan | null }>({ ...NOTHING, span })
  useEffect(() => {
    if (span === null) return undefined
    const left = new AbortController()
    const readOn = async (): Promise<void> => {
      while (!left.signal.aborted) {
        const next = await actions.readHistory(node, span).then(
          history => () => ({ history, problem: null, span }),
          (error: unknown) => (before: ReadHistory & { readonly span: HistorySpan | null }) => ({
            history: before.span === span ? before.history : null,
            problem: problemOf(error),
            span,
          }),
        )
        if (left.signal.aborted) return
        setRead(next)
        await sleep(READ_EVERY_MS[span], left.signal)
      }
    }
    void readOn()
    return () => left.abort()
  }, [actions, node, span])
  return read.span === span ? read : NOTHING
}
