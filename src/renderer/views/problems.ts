import type { NodeName, WorkerId } from '../../contract/ids'
import type { Link, NodeView } from '../../contract/nodes'
import type { Run } from '../../contract/runs'
import { clockTime } from '../format'
import type { FleetState } from '../state/fleetStore'
import { machineProblems } from './machineProblems'
import { isLoud } from './modeWords'
import type { RingOf } from './nodeReadings'
import { isActive, type NodeWork } from './nodeWork'
import { type Problem, problem, type ProblemButton, sentence } from './problem'

/** A run that ended badly is news for this long. */
const NEWS_MS = 15 * 60_000

/** All that is wrong, worst first, otherwise in the fleet's order. Pure but for the rings, which it only reads. */
export function problemsOf(
  state: FleetState,
  work: ReadonlyMap<NodeName, NodeWork>,
  ringsOf: (node: NodeName) => RingOf,
  nowMs: number,
): readonly Problem[] {
  const found = [
    ...modeProblems(state),
    ...state.alerts.map(fromAlert),
    ...state.nodes.flatMap(node => linkProblems(node, work.get(node.name))),
    ...state.nodes.flatMap(node =>
      machineProblems(state, node, ringsOf(node.name), work.get(node.name), nowMs),
    ),
    ...state.runs.flatMap(run => runProblems(run, nowMs)),
    ...state.nodes.flatMap(noticeProblems),
  ]
  return [...found.filter(one => one.severity === 'err'), ...found.filter(one => one.severity === 'warn')]
}

function modeProblems({ mode }: FleetState): Problem[] {
  const { name, remark, flags } = mode
  if (remark === null) return []
  const isLoudMode = isLoud(name)
  const button: ProblemButton = { does: flags.dryRun ? 'orders-off' : 'back-to-safe' }
  return [
    problem({
      id: `mode ${name} ${remark}`,
      severity: isLoudMode ? 'err' : 'warn',
      what: `Run mode ${name}: ${remark}`,
      fix: isLoudMode ? 'Guarded like LIVE until all of them agree.' : null,
      buttons: flags.dryRun && !flags.allowOrders ? [] : [button],
      closes: isLoudMode ? 'never' : 'screen',
    }),
  ]
}

function fromAlert(alert: FleetState['alerts'][number]): Problem {
  return problem({
    id: alert.id,
    severity: alert.severity === 'error' ? 'err' : 'warn',
    node: alert.node,
    what: alert.what,
    cause: alert.cause,
    fix: alert.fix,
    buttons: alert.run === null ? [] : [{ does: 'show-log', run: alert.run, worker: null }],
    closes: 'engine',
  })
}

function linkProblems(node: NodeView, work: NodeWork | undefined): Problem[] {
  const { name, link } = node
  if (link.state === 'blocked') return blockProblems(name, link)
  if (link.state !== 'unreachable') return []
  return [
    problem({
      id: `link ${name} ${link.sinceMs}`,
      severity: work === undefined ? 'warn' : 'err',
      node: name,
      what: `${name} is unreachable since ${clockTime(link.sinceMs)}`,
      brief: `${name} unreachable`,
      cause: sentence(link.message),
      fix:
        work === undefined
          ? link.hint
          : `${sentence(link.hint)} Its workers may still run; nothing is assumed.`,
      buttons: [{ does: 'reconnect', node: name }],
    }),
  ]
}

function blockProblems(name: NodeName, { sinceMs, reason }: Extract<Link, { state: 'blocked' }>): Problem[] {
  const blocked = { id: `blocked ${name} ${sinceMs}`, node: name, brief: `${name} blocked` }
  const buttons: readonly ProblemButton[] = [{ does: 'reconnect', node: name }]
  switch (reason.kind) {
    case 'host-key-unknown':
      return [
        problem({
          ...blocked,
          severity: 'warn',
          what: `${name} waits for your word on its host key`,
          cause: 'This key was never seen before.',
          buttons: [{ does: 'review-key', node: name }],
        }),
      ]
    case 'host-key-refused':
      return [
        problem({
          ...blocked,
          severity: 'warn',
          what: `${name}: its host key was refused`,
          cause: 'Nothing is sent to it.',
          fix: 'Reconnect to be asked again.',
          buttons,
        }),
      ]
    case 'auth':
    case 'passphrase':
    case 'question':
    case 'unusable':
      return [
        problem({
          ...blocked,
          severity: 'err',
          what: `${name} is blocked`,
          cause: sentence(reason.message),
          fix: reason.hint,
          buttons: reason.kind === 'unusable' ? buttons : [{ does: 'log-in', node: name }, ...buttons],
        }),
      ]
    case 'host-key-changed':
      // Has a panel of its own, with both fingerprints.
      return []
    default:
      return reason satisfies never
  }
}

/** Worth a look and no alarm: last of all. */
function noticeProblems({ name, notices }: NodeView): Problem[] {
  return notices.map(({ kind, message, hint }) =>
    problem({
      // A sentence that names its nodes is the same one for each of them.
      id: `notice ${message.includes(name) ? '' : name} ${kind} ${message}`,
      severity: 'warn',
      isNote: true,
      node: name,
      what: message.includes(name) ? message : `${name}: ${message}`,
      brief: `${name} ${NOTES[kind]}`,
      fix: hint,
      closes: 'screen',
    }),
  )
}

const NOTES: Readonly<Record<NodeView['notices'][number]['kind'], string>> = {
  'same-machine': 'listed twice',
  clone: 'may be a clone',
  'other-machine': 'is another machine now',
  'few-sessions': 'allows few sessions',
  'clock-skew': 'with a clock that is off',
  'not-as-planned': 'not as planned',
}

function runProblems(run: Run, nowMs: number): Problem[] {
  const isNews = run.endedAtMs !== null && nowMs - run.endedAtMs < NEWS_MS
  const isBad = run.state === 'failed' || run.state === 'lost'
  const isUnseen = run.state === 'unknown' && isActive(run.state)
  if (!(isBad && isNews) && !isUnseen) return []
  const at = run.state === 'unknown' ? oldestSince(run) : (run.endedAtMs ?? nowMs)
  return [
    problem({
      id: `run ${run.id} ${run.state}`,
      severity: isUnseen ? 'warn' : 'err',
      what: isUnseen
        ? `${run.plan} cannot be seen since ${clockTime(at)}`
        : `${run.plan} ${run.state === 'failed' ? 'failed' : 'was lost'} at ${clockTime(at)}`,
      brief: `${run.plan} ${run.state}`,
      cause: run.detail === null ? null : sentence(run.detail),
      fix: isUnseen ? 'It is not started again and not called stopped until its node answers.' : null,
      buttons: [{ does: 'show-log', run: run.id, worker: worstWorker(run) }],
      closes: 'screen',
    }),
  ]
}

const oldestSince = (run: Run): number =>
  Math.min(...run.workers.filter(worker => worker.state === 'unknown').map(worker => worker.stateSinceMs))
const worstWorker = (run: Run): WorkerId | null =>
  run.workers.find(worker => worker.state === run.state)?.id ?? null
