import type { NodeName } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import type { NodeStop, Run, StopReport, Survivor, Worker } from '../../contract/runs'
import { clockTime, count, duration, plural, seconds } from '../format'
import { isActive } from './nodeWork'

/** `kelly-monte-carlo · 7 workers on 3 nodes`: what a stop of this run would reach. */
export function reachOf(run: Run): string {
  const active = run.workers.filter(worker => isActive(worker.state))
  const nodes = new Set(active.map(worker => worker.node))
  const [only] = nodes
  return `${plural(active.length, 'worker')} on ${nodes.size === 1 ? only : plural(nodes.size, 'node')}`
}

export const hasWorkOn = (run: Run, node: NodeName): boolean =>
  run.workers.some(worker => worker.node === node && isActive(worker.state))

/** One node's row: what is gone, what still closes (a line each), or why it cannot be said. */
export function stepWords(step: NodeStop): string {
  const groups = plural(step.groups, 'group')
  const gone = `${groups}, ${count(step.processesGone)} ${step.processesGone === 1 ? 'process' : 'processes'} gone`
  switch (step.phase) {
    case 'queued':
      return 'Queued'
    case 'sent':
      return 'Sent'
    case 'acknowledged':
      // The engine says until when; who drains is in the tip.
      if (step.message.startsWith('Draining')) return step.message
      return step.survivors.length === 0 ? step.message : `Still closing: ${survivorsWords(step)}`
    case 'verified':
      return step.checkedAtMs === null ? gone : `${gone} · checked ${clockTime(step.checkedAtMs)}`
    case 'still-running':
      return step.survivors.length === 0 ? step.message : `Still running: ${survivorsWords(step)}`
    case 'unconfirmed':
      return step.message
    default:
      return step.phase satisfies never
  }
}

/** More of them, and more of a command, are in the tip and in the proof. */
const SHOWN_SURVIVORS = 3
const SHOWN_COMMAND = 40

function survivorsWords(step: NodeStop): string {
  const shown = inOrder(step).slice(0, SHOWN_SURVIVORS)
  const rest = step.survivors.length - shown.length
  const words = shown.map(one => survivorWords({ ...one, command: shortened(one.command) }))
  return [...words, ...(rest > 0 ? [`and ${count(rest)} more`] : [])].join('\n')
}

/** Every survivor with its whole command, a line each; null without any. */
export const survivorsTip = (step: NodeStop): string | null =>
  step.survivors.length === 0 ? null : inOrder(step).map(survivorWords).join('\n')

/** The engine tells them as it finds them: in a list that is told again every second they must not swap places. */
const inOrder = (step: NodeStop): readonly Survivor[] =>
  [...step.survivors].sort((one, other) => one.pid - other.pid)
const shortened = (command: string): string =>
  command.length > SHOWN_COMMAND ? `${command.slice(0, SHOWN_COMMAND - 1)}…` : command

/** `48130 python3 worker.py (trader)` */
export const survivorWords = ({ pid, command, user, hangsIn }: Survivor): string =>
  `${pid} ${command} (${user})${hangsIn === null ? '' : `, hangs in ${hangsIn}: no signal can reach it`}`

/** The right end of a node's row: how it ended, or the seconds until KILL. */
export function stepEnd(step: NodeStop, nowMs: number): string | null {
  if (step.phase === 'verified') {
    const took = step.tookMs === null ? null : seconds(step.tookMs)
    // `KILL after 20 s` has said it already.
    return step.how === null || took === null || /\d/.test(step.how)
      ? (step.how ?? took)
      : `${step.how} · ${took}`
  }
  if (step.phase === 'still-running' || step.phase === 'unconfirmed') return step.how
  return step.killAtMs === null ? null : countdown(step.killAtMs - nowMs)
}

/** Seconds while they can be waited for; of a drain that takes minutes, minutes. */
function countdown(leftMs: number): string {
  const leftS = Math.max(0, Math.ceil(leftMs / 1000))
  return leftS < 100 ? `${leftS}\u2009s left` : `${duration(leftS * 1000)} left`
}

/** May KILL be sent now: the grace is over, or somebody can be named who did not go. */
export function canForce(report: StopReport, nowMs: number): boolean {
  if (report.outcome === 'proved' || (report.isForced && report.outcome === 'under-way')) return false
  return (
    report.nodes.some(node => node.survivors.length > 0) ||
    nowMs >= report.askedAtMs + report.graceSeconds * 1000 ||
    report.outcome !== 'under-way'
  )
}

export const isDraining = (report: StopReport): boolean =>
  report.nodes.some(node => node.phase === 'acknowledged' && node.message.startsWith('Draining'))

/** The nodes where something of the run is or may be left. */
export const leftOn = (report: StopReport): readonly NodeStop[] =>
  report.nodes.filter(node => node.phase !== 'verified')

/** What all these stops came to: begins `Nothing is left running` or `Still running:`; null while one is under way. */
export function resultOf(reports: readonly StopReport[]): { text: string; isProved: boolean } | null {
  if (reports.length === 0 || reports.some(report => report.outcome === 'under-way')) return null
  const isProved = reports.every(report => report.outcome === 'proved')
  const chosen = isProved ? reports : reports.filter(report => report.outcome !== 'proved')
  const summaries = [...new Set(chosen.map(report => report.summary).filter(summary => summary !== null))]
  return { text: summaries.join(' '), isProved }
}

/** How the proof was made, so that nobody has to believe it. */
export function howChecked(reports: readonly StopReport[]): string {
  const nodes = new Set(reports.flatMap(report => report.nodes.map(node => node.node)))
  const checked = reports.flatMap(report => report.nodes.flatMap(node => node.checkedAtMs ?? []))
  const at = checked.length === 0 ? '' : ` ${clockTime(Math.max(...checked))} UTC.`
  const where = nodes.size === 1 ? 'on the node' : `on any of the ${nodes.size} nodes`
  if (reports.every(report => report.outcome === 'proved')) {
    return `How it was checked: no process with this run’s mark, session or ancestry is alive ${where}.${at}`
  }
  return `How it was checked: processes with this run’s mark, session or ancestry, and their start times.${at}`
}

/** The proof as text, to be kept elsewhere. */
export function proofText(run: Run, report: StopReport): string {
  const lines = report.nodes.map(node => {
    const checked =
      node.checkedAtMs === null ? 'not checked' : `checked ${new Date(node.checkedAtMs).toISOString()}`
    const survivors = node.survivors.map(one => `    ${survivorWords(one)}, start ticks ${one.startTicks}`)
    const gone = `${node.groups} groups, ${node.processesGone} processes gone`
    return [
      `  ${node.node}: ${node.phase}, ${gone}, ${node.how ?? 'no signal'}, ${checked}`,
      ...survivors,
    ].join('\n')
  })
  const ended = report.endedAtMs === null ? 'under way' : new Date(report.endedAtMs).toISOString()
  return [
    `Run ${run.id}, plan ${run.plan}`,
    report.summary ?? 'Stop under way',
    `Asked ${new Date(report.askedAtMs).toISOString()}, ended ${ended}, grace ${report.graceSeconds} s`,
    ...lines,
    howChecked([report]),
  ].join('\n')
}

/**
 * What to type when the engine is gone: one line a worker. It signals the worker's process group only while the
 * process there still has the start time that Drydock recorded, so a number that was given out again is not hit.
 */
export function stopCommands(run: Run, nodes: readonly NodeView[]): readonly string[] {
  return run.workers
    .filter(worker => isActive(worker.state))
    .flatMap(worker => {
      const node = nodes.find(one => one.name === worker.node)
      const line = stopLine(worker)
      if (node === undefined || line === null) return []
      return [node.address === null ? line : `${sshTo(node.address)} '${line}'`]
    })
}

/** Dash knows no `--` here. Field 22 of stat is the start time; the command's name, which may hold blanks, is cut off with its bracket. */
function stopLine({ identity }: Worker): string | null {
  if (identity === null) return null
  const { pid, startTicks, processGroup } = identity
  return `sed "s/.*) //" /proc/${pid}/stat | cut -d" " -f20 | grep -qx ${startTicks} && kill -TERM -${processGroup}`
}

function sshTo(address: string): string {
  const port = /:(\d+)$/.exec(address)?.[1]
  const host = address.replace(/:\d+$/, '')
  return port === undefined || port === '22' ? `ssh ${host}` : `ssh -p ${port} ${host}`
}
