import type { NodeStop } from '../../contract/runs'
import { StateIcon, type StateName } from '../components/StateIcon'
import { useClock } from './clock'
import { stepEnd, stepWords, survivorsTip } from './stopWords'

const SHAPES: Readonly<Record<NodeStop['phase'], StateName>> = {
  queued: 'queued',
  sent: 'waiting',
  acknowledged: 'waiting',
  verified: 'ok',
  'still-running': 'err',
  unconfirmed: 'unknown',
}

/** How far STOP is, a row a node: queued, sent, acknowledged, verified. */
export function StopReportRows({ nodes }: { nodes: readonly NodeStop[] }) {
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
        </li>
      ))}
    </ul>
  )
}

function StepEnd({ step }: { step: NodeStop }) {
  const end = useClock(nowMs => stepEnd(step, nowMs))
  const isCounting = step.phase === 'sent' || step.phase === 'acknowledged'
  return <span className={`stop-end ${isCounting ? 'text-t1' : 'text-t3'}`}>{end}</span>
}
