import { useState } from 'react'
import type { NodeName, RunId } from '../../contract/ids'
import type { NodeStop, Run, Survivor } from '../../contract/runs'
import { Button } from '../components/Button'
import { StateIcon, type StateName } from '../components/StateIcon'
import { useActions } from './actions'
import { useAttempt } from './attempt'
import { useClock } from './clock'
import { stepEnd, stepWords, survivorsTip, survivorWords } from './stopWords'

const SHAPES: Readonly<Record<NodeStop['phase'], StateName>> = {
  queued: 'queued',
  sent: 'waiting',
  acknowledged: 'waiting',
  verified: 'ok',
  'still-running': 'err',
  unconfirmed: 'unknown',
}

/** How far STOP is, a row a node: queued, sent, acknowledged, verified. Who is left can be killed one by one. */
export function StopReportRows({ run, nodes }: { run: Run; nodes: readonly NodeStop[] }) {
  return (
    <ul className="stop-steps" aria-label="Nodes">
      {nodes.map(step => (
        <li key={step.node} className="stop-step">
          <StateIcon state={SHAPES[step.phase]} />
          <b className="truncate font-semibold">{step.node}</b>
          <span className="stop-words" data-tip={survivorsTip(step) ?? undefined}>
            {stepWords(step)}
          </span>
          <StepEnd step={step} />
          {step.phase === 'still-running' && run.origin !== 'foreign' && step.survivors.length > 0 ? (
            <span className="stop-kills">
              {step.survivors.map(one => (
                <KillButton
                  key={`${one.pid} ${one.startTicks}`}
                  run={run.id}
                  node={step.node}
                  survivor={one}
                />
              ))}
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  )
}

/** Asks once more before it kills: what the process has not written is lost. */
function KillButton({ run, node, survivor }: { run: RunId; node: NodeName; survivor: Survivor }) {
  const actions = useActions()
  const [isAsking, setIsAsking] = useState(false)
  const { problem, isBusy, run: tryTo } = useAttempt()
  const { pid, startTicks } = survivor
  const kill = async (): Promise<void> => {
    await actions.killSurvivor({ run, node, pid, startTicks })
    setIsAsking(false)
  }
  if (!isAsking) {
    return (
      <Button size="s" onClick={() => setIsAsking(true)}>
        Kill {pid}
      </Button>
    )
  }
  return (
    <span className="flex flex-wrap items-center gap-2">
      <span className="text-t2">
        {problem === null ? `KILL for ${survivorWords(survivor)}?` : `${problem.what} ${problem.fix ?? ''}`}
      </span>
      <Button
        size="s"
        look="stop"
        refusal={isBusy ? 'KILL is on its way.' : null}
        onClick={() => void tryTo(kill)}
      >
        Yes, kill {pid}
      </Button>
      <Button size="s" onClick={() => setIsAsking(false)}>
        Leave it
      </Button>
    </span>
  )
}

function StepEnd({ step }: { step: NodeStop }) {
  const end = useClock(nowMs => stepEnd(step, nowMs))
  const isCounting = step.phase === 'sent' || step.phase === 'acknowledged'
  return <span className={`stop-end ${isCounting ? 'text-t1' : 'text-t3'}`}>{end}</span>
}
