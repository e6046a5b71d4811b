import type { NodeName } from '../../contract/ids'
import type { NodeStop, StopReport } from '../../contract/runs'
import type { StopAnswer } from '../engines/engine'

/** Pure: how a STOP reads on the screen, from what the nodes answered. */

export function queuedNode(node: NodeName): NodeStop {
  return {
    node,
    phase: 'queued',
    groups: 0,
    processesGone: 0,
    survivors: [],
    how: null,
    message: 'Queued',
    killAtMs: null,
    checkedAtMs: null,
    tookMs: null,
  }
}

/** A node's row after an answer that came at `nowMs`. `vramUsedMiB` is null without a GPU that reports it. */
export function answeredNode(
  before: NodeStop,
  answer: StopAnswer,
  nowMs: number,
  isForced: boolean,
  vramUsedMiB: number | null,
): NodeStop {
  const { survivors, groups, processesGone, tookMs } = answer
  const names = survivors.map(one => `${one.pid} ${one.command} (${one.user})${STATE_NOTES[one.state] ?? ''}`)
  const isRefused = answer.workers.some(({ leader }) => leader === 'refused')
  const messages = {
    'under-way': `Still closing: ${names.join(', ')}`,
    proved: `${plural(groups, 'group')}, ${plural(processesGone, 'process', 'processes')} gone${vramNote(vramUsedMiB)}`,
    'still-running': isRefused
      ? `No signal was sent: the start time on record is not that of the process. Alive: ${names.join(', ')}`
      : `Still running: ${names.join(', ')}`,
  }
  const phases = {
    'under-way': 'acknowledged',
    proved: 'verified',
    'still-running': 'still-running',
  } as const
  return {
    ...before,
    phase: phases[answer.phase],
    groups,
    processesGone,
    survivors: survivors.map(({ pid, startTicks, command, user, hangsIn }) => ({
      pid,
      startTicks,
      command,
      user,
      hangsIn,
    })),
    how: answer.phase === 'under-way' ? null : howSentence(answer, isForced),
    message: messages[answer.phase],
    killAtMs: answer.killInMs === null ? null : nowMs + answer.killInMs,
    checkedAtMs: nowMs,
    tookMs,
  }
}

/** `TERM`, `KILL after 20 s`, `KILL`. */
export function howSentence(answer: Pick<StopAnswer, 'signal' | 'killedAfterS'>, isForced: boolean): string {
  if (isForced) return 'KILL'
  return answer.killedAfterS === null || answer.killedAfterS === 0
    ? answer.signal
    : `${answer.signal} after ${answer.killedAfterS} s`
}

const DONE: readonly NodeStop['phase'][] = ['verified', 'still-running', 'unconfirmed']
const isSettled = (node: NodeStop): boolean => DONE.includes(node.phase)

/** Outcome and summary of the whole, from its nodes. */
export function concluded(report: StopReport, nowMs: number): StopReport {
  const { nodes } = report
  if (!nodes.every(isSettled)) return { ...report, outcome: 'under-way', summary: null, endedAtMs: null }
  const endedAtMs = report.endedAtMs ?? nowMs
  const alive = nodes.filter(node => node.phase === 'still-running')
  const unproved = nodes.filter(node => node.phase === 'unconfirmed').map(node => node.node)
  if (alive.length > 0) {
    const names = alive.flatMap(node =>
      node.survivors.map(one => `${one.pid} ${one.command} (${one.user}) on ${node.node}`),
    )
    return { ...report, outcome: 'still-running', summary: `Still running: ${names.join('; ')}`, endedAtMs }
  }
  if (unproved.length > 0) {
    const summary = `Still running: not proved on ${unproved.join(', ')}. STOP goes on by itself once it answers.`
    return { ...report, outcome: 'unconfirmed', summary, endedAtMs }
  }
  return { ...report, outcome: 'proved', summary: 'Nothing is left running', endedAtMs }
}

const STATE_NOTES: Readonly<Record<string, string>> = { D: ' in uninterruptible sleep', T: ' suspended' }

function vramNote(usedMiB: number | null): string {
  return usedMiB === null ? '' : ` · VRAM at ${(usedMiB / 1024).toFixed(1)} GiB`
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
