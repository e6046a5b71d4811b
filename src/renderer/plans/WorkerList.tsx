import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import type { PreviewWorker } from '../../contract/plans'
import { Button } from '../components/Button'
import { count } from '../format'

/** So many are drawn at first, and more with each press. */
const FIRST = 12
const MORE = 50

/** Every worker as it would be started. */
export function WorkerList({ workers }: { workers: readonly PreviewWorker[] }) {
  const [shown, setShown] = useState(FIRST)
  const rest = workers.length - shown
  return (
    <>
      <ul className="plan-workers" aria-label="Workers that would start">
        {workers.slice(0, shown).map((worker, at) => (
          <WorkerLine
            key={`${worker.track} ${worker.node} ${worker.index}`}
            worker={worker}
            isFirst={at === 0}
          />
        ))}
      </ul>
      {rest > 0 ? (
        <span>
          <Button size="s" onClick={() => setShown(shown + MORE)}>
            Show {count(Math.min(rest, MORE))} more of {count(workers.length)}
          </Button>
        </span>
      ) : null}
    </>
  )
}

function WorkerLine({ worker, isFirst }: { worker: PreviewWorker; isFirst: boolean }) {
  const id = useId()
  const [isOpen, setOpen] = useState(isFirst)
  const { track, node, index, command, workdir, environment } = worker
  return (
    <li>
      <button
        type="button"
        className="plan-worker"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <ChevronRight size={14} strokeWidth={1.75} aria-hidden className="plan-chevron" />
        <span className="plan-worker-name">
          {track}-{index}
        </span>
        <span className="plan-worker-node">{node}</span>
        <code className="plan-worker-command">{isOpen ? '' : command}</code>
      </button>
      {isOpen ? (
        <div id={id} className="plan-worker-more">
          <pre className="plan-command">{command === '' ? 'the container’s own command' : command}</pre>
          <dl className="node-facts plan-worker-facts">
            <div>
              <dt>Work folder</dt>
              <dd className="font-mono">{workdir}</dd>
            </div>
            {environment.map(({ name, value, isSecret }) => (
              <div key={name}>
                <dt className="font-mono">{name}</dt>
                <dd className="font-mono">
                  {value}
                  {isSecret ? <span className="sr-only"> (secret)</span> : null}
                </dd>
              </div>
            ))}
          </dl>
        </div>
      ) : null}
    </li>
  )
}
