import type { NodeView } from '../../contract/nodes'
import { StateIcon } from '../components/StateIcon'
import { clockTime, plural, span, timeLeft } from '../format'
import { useClock } from './clock'
import type { NodeWork } from './nodeWork'

/** No step for so long, while it runs, is worth saying. */
const QUIET_MS = 2 * 60_000

export interface NodeFootProps {
  readonly node: NodeView
  readonly work: NodeWork | undefined
  /** What to say when nothing runs here. */
  readonly hint: string
}

/** The line at a card's foot: what runs here and how long it still takes, or what could. */
export function NodeFoot({ node, work, hint }: NodeFootProps) {
  const state = node.link.state
  if (work === undefined) {
    return (
      <div className="card-foot">
        {state === 'online' ? <StateIcon state="ok" size={14} isQuiet /> : null}
        <span className="truncate">{state === 'online' ? hint : idleWords(node)}</span>
      </div>
    )
  }
  return (
    <div className="card-foot">
      <StateIcon state={state === 'online' ? work.state : 'unknown'} size={14} />
      <span className="truncate">
        {work.plan} · {plural(work.workers, 'worker')}
      </span>
      <WorkEnd work={work} isSeen={state === 'online'} />
    </div>
  )
}

/** The right end: time left, or why that cannot be said. */
export function WorkEnd({ work, isSeen }: { work: NodeWork; isSeen: boolean }) {
  const words = useClock(nowMs => workWords(work, isSeen, nowMs))
  const isQuiet = useClock(nowMs => isSeen && quietMs(work, nowMs) !== null)
  return <span className={`work-end ${isQuiet ? 'text-warn' : ''}`}>{words}</span>
}

function workWords(work: NodeWork, isSeen: boolean, nowMs: number): string {
  if (!isSeen) return 'not seen now'
  const quiet = quietMs(work, nowMs)
  if (quiet !== null) return `no step for ${span(quiet)}`
  if (work.state !== 'running') return work.state
  return work.etaMs === null ? '' : timeLeft(work.etaMs)
}

function quietMs(work: NodeWork, nowMs: number): number | null {
  if (work.state !== 'running' || work.lastStepAtMs === null) return null
  const quiet = nowMs - work.lastStepAtMs
  return quiet >= QUIET_MS ? quiet : null
}

function idleWords(node: NodeView): string {
  if (node.link.state === 'disabled') return 'Not used until it is enabled in fleet.yaml'
  return node.link.state === 'connecting'
    ? 'Waiting for its first sample'
    : `Last seen ${clockTime(node.link.sinceMs)} UTC`
}
