import { useState } from 'react'
import type { Run } from '../../contract/runs'
import { Button } from '../components/Button'
import { byteSize } from '../format'
import { useActions } from './actions'
import { useAttempt } from './attempt'

/** What is to be known of a run beyond its workers: whose it is, and where bytes of its logs are missing. */
export function RunNotes({ run }: { run: Run }) {
  if (run.owner === null && run.gaps.length === 0) return null
  return (
    <div className="flex flex-col gap-2 px-3 py-2 text-dense text-t2">
      {run.owner === null ? null : <OwnerNote run={run} name={run.owner.name} />}
      {run.gaps.length === 0 ? null : <Gaps run={run} />}
    </div>
  )
}

/** Asks once more: whoever started the run can then no longer stop it. */
function OwnerNote({ run, name }: { run: Run; name: string }) {
  const actions = useActions()
  const [isAsking, setIsAsking] = useState(false)
  const { problem, isBusy, run: tryTo } = useAttempt()
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span>
        Belongs to <b className="font-semibold text-t1">{name}</b>: it is shown here and not touched.
      </span>
      {isAsking ? (
        <>
          <span>
            {problem === null ? `${name} can then only look at it.` : `${problem.what} ${problem.fix ?? ''}`}
          </span>
          <Button
            size="s"
            refusal={isBusy ? 'It is being taken over.' : null}
            onClick={() => void tryTo(() => actions.takeOver(run.id))}
          >
            Yes, take it over
          </Button>
          <Button size="s" onClick={() => setIsAsking(false)}>
            Leave it
          </Button>
        </>
      ) : (
        <Button size="s" onClick={() => setIsAsking(true)}>
          Take over
        </Button>
      )}
    </div>
  )
}

function Gaps({ run }: { run: Run }) {
  return (
    <ul aria-label={`Gaps in the logs of ${run.id}`}>
      {run.gaps.map(({ log, gap }) => (
        <li key={`${log} ${gap.atMs} ${gap.beforeLine}`}>
          <span className="font-mono text-label">{log}</span> {gap.reason}
          {gap.lostBytes === null ? '' : `: at most ${byteSize(gap.lostBytes)} are missing`}
        </li>
      ))}
    </ul>
  )
}
