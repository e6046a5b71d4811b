import type { NodeName } from '../../contract/ids'
import type { NodeStop, StopReport, Survivor } from '../../contract/runs'
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

/** All that was to be stopped there waited for another track: there is nothing to ask the node about. */
export function neverStartedNode(node: NodeName, workers: number, nowMs: number): NodeStop {
  const message = `${plural(workers, 'worker')} had not been started`
  return { ...queuedNode(node), phase: 'verified', message, checkedAtMs: nowMs, tookMs: 0 }
}

/** A row after one of its survivors was to be killed. */
export function killedNode(
  before: NodeStop,
  survivors: readonly Survivor[],
  pid: number,
  nowMs: number,
): NodeStop {
  const names = survivors.map(one => `${one.pid} ${one.command} (${one.user})`)
  const isGone = survivors.every(one => one.pid !== pid)
  const left = names.length === 0 ? '' : ` Still running: ${names.join(', ')}`
  return {
    ...before,
    survivors: [...survivors],
    processesGone: before.processesGone + (isGone ? 1 : 0),
    message: `${isGone ? `Killed ${pid}.` : `KILL does not end ${pid}.`}${left}`,
    checkedAtMs: nowMs,
  }
}

/**
 * One row for all STOPs on a node. `asked` is how many workers each is about, null for all of the `here` workers; that is
 * said when it is not all. null without a part.
 */
export function joinedRow(
  parts: readonly { readonly row: NodeStop; readonly asked: number | null }[],
  here: number,
): NodeStop | null {
  const rows = parts.map(({ row, asked }) =>
    asked === null ? row : { ...row, message: `${row.message} · ${asked} of ${plural(here, 'worker')}` },
  )
  const first = PHASES.flatMap(phase => rows.find(row => row.phase === phase) ?? [])[0]
  if (first === undefined) return null
  const numbers = (pick: (row: NodeStop) => number | null): number[] => rows.flatMap(row => pick(row) ?? [])
  const last = (pick: (row: NodeStop) => number | null): number | null =>
    numbers(pick).reduce<number | null>((most, value) => Math.max(most ?? value, value), null)
  const total = (pick: (row: NodeStop) => number): number => numbers(pick).reduce((sum, one) => sum + one, 0)
  const ways = [...new Set(rows.flatMap(row => row.how ?? []))]
  return {
    node: first.node,
    phase: first.phase,
    groups: total(row => row.groups),
    processesGone: total(row => row.processesGone),
    survivors: rows.flatMap(row => row.survivors),
    how: ways.length === 0 ? null : ways.join(', '),
    message: rows.map(row => row.message).join('; '),
    killAtMs: last(row => row.killAtMs),
    checkedAtMs: last(row => row.checkedAtMs),
    tookMs: last(row => row.tookMs),
  }
}

/** What is not settled decides, then what went wrong. */
const PHASES: readonly NodeStop['phase'][] = [
  'queued',
  'sent',
  'acknowledged',
  'still-running',
  'unconfirmed',
  'verified',
]

/** A node's row after an answer that came at `nowMs`. `vramUsedMiB` is null without a GPU that reports it. */
export function answeredNode(
  before: NodeStop,
  answer: StopAnswer,
  nowMs: number,
  isForced: boolean,
  vramUsedMiB: number | null,
): NodeStop {
  const { survivors, groups, processesGone, tookMs } = answer
  const names = survivors.map(one => `${one.pid} ${one.command} (${one.user})${stateNote(one)}`)
  const drainsUntil = answer.drainsForMs == null ? null : clockMinute(nowMs + answer.drainsForMs)
  const isRefused = answer.workers.some(({ leader }) => leader === 'refused')
  const messages = {
    'under-way':
      drainsUntil === null
        ? `Still closing: ${names.join(', ')}`
        : `Draining: finishes what it has, until ${drainsUntil}`,
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
    how: answer.phase === 'under-way' ? null : howOfAll(answer, isForced),
    message: messages[answer.phase],
    killAtMs: answer.killInMs === null ? null : nowMs + answer.killInMs,
    checkedAtMs: nowMs,
    tookMs,
  }
}

/** Each way in which a worker was stopped, once: tracks may have different ladders. */
function howOfAll(answer: StopAnswer, isForced: boolean): string {
  const ways = answer.workers.flatMap(({ how }) => (how === undefined ? [] : howSentence(how, isForced)))
  return ways.length === 0 ? howSentence(answer, isForced) : [...new Set(ways)].join(', ')
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

/** A proof is one for what was stopped: it says so when others go on. */
export function goingOn(report: StopReport, others: number): StopReport {
  if (report.outcome !== 'proved' || others === 0) return report
  const verb = others === 1 ? 'goes' : 'go'
  const summary = `Nothing is left running of what was stopped; ${plural(others, 'worker')} ${verb} on`
  return { ...report, summary }
}

/** Hours and minutes, UTC, as every clock on the screen. */
const clockMinute = (atMs: number): string => new Date(atMs).toISOString().slice(11, 16)

function stateNote({ state, hangsIn }: StopAnswer['survivors'][number]): string {
  if (hangsIn !== null) return ` in uninterruptible sleep (${hangsIn})`
  if (state === 'D') return ' in uninterruptible sleep'
  return state === 'T' ? ' suspended' : ''
}

function vramNote(usedMiB: number | null): string {
  return usedMiB === null ? '' : ` · VRAM at ${(usedMiB / 1024).toFixed(1)} GiB`
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
