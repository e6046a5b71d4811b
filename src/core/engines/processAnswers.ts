import { z } from 'zod'
import { WorkerId } from '../../contract/ids'
import type { ProcessIdentity, Survivor } from '../../contract/runs'
import { AppError } from '../kernel/appError'
import { LEADER_STATES } from './engine'
import type { FamilyMember, LeaderState, StartAnswer, StopAnswer, WatchedWorker } from './engine'

/** Parsers of what the node-side scripts print. The scripts' comments say who prints what; all are line oriented. */

/** Shape: `STARTED` or `EXISTS` and `<pid> <group> <ticks> <boot id>`, or `UNSURE <why>`. Errors: `probe-unreadable`. */
export function parseStart(text: string): StartAnswer {
  const [word, ...rest] = text.trim().split(' ')
  if (word === 'UNSURE') return { outcome: 'unsure', sentence: rest.join(' ') }
  const identity = identityOf(rest)
  if (identity === null || (word !== 'STARTED' && word !== 'EXISTS')) throw unreadable('start', text)
  return { outcome: word === 'STARTED' ? 'started' : 'exists', identity, container: null }
}

/** Shape: see drydock_watch, a line a worker. Errors: `probe-unreadable`. */
export function parseWatch(text: string): WatchedWorker[] {
  return linesOf(text).map(line => {
    const [name, state, ...rest] = line.split(' ')
    const worker = WorkerId.safeParse(name)
    if (!worker.success) throw unreadable('watch', line)
    const watched = watchedOf(worker.data, state, rest)
    if (watched === null) throw unreadable('watch', line)
    return watched
  })
}

function watchedOf(
  worker: WorkerId,
  state: string | undefined,
  rest: readonly string[],
): WatchedWorker | null {
  if (state === 'absent' || state === 'launching') return { worker, state }
  if (state === 'ended') {
    const [code, epochS, ...who] = rest
    if (!isCount(code) || !isCount(epochS)) return null
    return {
      worker,
      state,
      exitCode: Number(code),
      endedAtMs: Number(epochS) * 1000,
      identity: identityOf(who),
      container: null,
      end: { cause: 'exit', exitCode: Number(code), signal: null },
    }
  }
  const identity = identityOf(rest)
  if (identity === null || (state !== 'running' && state !== 'vanished' && state !== 'rebooted')) return null
  return { worker, state, identity, container: null }
}

/** Shape: `<pid> <ticks> <worker|-> <DRY_RUN|-> <ALLOW_ORDERS|-> <r|u>`, a line a process. Absent: `-` is null. */
export function parseFamily(text: string): FamilyMember[] {
  return linesOf(text).map(line => {
    const [pid, ticks, worker, dryRun, allowOrders, readable] = line.split(' ')
    if (!isCount(pid) || !isCount(ticks) || dryRun === undefined || allowOrders === undefined || !readable) {
      throw unreadable('family', line)
    }
    const known = WorkerId.safeParse(worker)
    return {
      pid: Number(pid),
      startTicks: Number(ticks),
      worker: worker !== '-' && known.success ? known.data : null,
      isReadable: readable === 'r',
      flags: { dryRun: absentAsNull(dryRun), allowOrders: absentAsNull(allowOrders) },
    }
  })
}

/** Shape: see drydock_stop_print. Units: hundredths of a second become ms. Errors: `probe-unreadable`. */
export function parseStop(text: string, nowHundredths: number | null = null): StopAnswer {
  const fields = new Map<string, string>()
  const workers: { worker: WorkerId; leader: LeaderState }[] = []
  const survivors: (Survivor & { state: string })[] = []
  for (const line of linesOf(text)) {
    const [word = '', ...rest] = line.split(' ')
    if (word === 'worker') workers.push(leaderOf(rest, line))
    else if (word === 'survivor') survivors.push(survivorOf(rest, line))
    else fields.set(word, rest.join(' '))
  }
  const phase = PHASE.safeParse(fields.get('phase'))
  const [signal, grace] = (fields.get('how') ?? '').split(' ')
  const tookHundredths = numberField(fields, 'took')
  if (!phase.success || !signal || tookHundredths === null) throw unreadable('stop', text)
  const deadline = phase.data === 'under-way' ? numberField(fields, 'deadline') : null
  const killedAfterS = signal === 'KILL' && isCount(grace) ? Number(grace) / 100 : null
  return {
    phase: phase.data,
    workers,
    groups: numberField(fields, 'groups') ?? 0,
    processesGone: numberField(fields, 'gone') ?? 0,
    tookMs: tookHundredths * 10,
    signal,
    killedAfterS,
    killInMs: killTime(deadline, nowHundredths),
    survivors,
  }
}

/** Shape: `now <hundredths since boot>`, then a report or nothing. */
export function parseStopReport(text: string): StopAnswer | null {
  const [first = '', ...rest] = linesOf(text)
  const [word, now] = first.split(' ')
  if (word !== 'now' || !isCount(now)) throw unreadable('stop report', text)
  return rest.length === 0 ? null : parseStop(rest.join('\n'), Number(now))
}

const PHASE = z.enum(['under-way', 'proved', 'still-running'])

function killTime(deadline: number | null, now: number | null): number | null {
  return deadline === null || now === null ? null : Math.max(0, (deadline - now) * 10)
}

function leaderOf([name, state]: readonly string[], line: string): { worker: WorkerId; leader: LeaderState } {
  const worker = WorkerId.safeParse(name)
  const leader = LEADER_STATES.find(known => known === state)
  if (!worker.success || leader === undefined) throw unreadable('stop', line)
  return { worker: worker.data, leader }
}

function survivorOf(words: readonly string[], line: string): Survivor & { state: string } {
  const [pid, ticks, state, user, ...command] = words
  if (!isCount(pid) || !isCount(ticks) || state === undefined || user === undefined)
    throw unreadable('stop', line)
  return {
    pid: Number(pid),
    startTicks: Number(ticks),
    state,
    user,
    command: command.join(' ').trim(),
    hangsIn: null,
  }
}

export function identityOf(words: readonly (string | undefined)[]): ProcessIdentity | null {
  const [pid, group, ticks, bootId] = words
  if (!isCount(pid) || !isCount(group) || !isCount(ticks) || bootId === undefined || Number(pid) === 0)
    return null
  return { pid: Number(pid), processGroup: Number(group), startTicks: Number(ticks), bootId }
}

function numberField(fields: ReadonlyMap<string, string>, name: string): number | null {
  const value = fields.get(name)
  return isCount(value) ? Number(value) : null
}

export function isCount(word: string | undefined): word is string {
  return word !== undefined && /^\d{1,15}$/.test(word)
}

const absentAsNull = (word: string): string | null => (word === '-' ? null : word)
export const linesOf = (text: string): string[] => text.split('\n').filter(line => line !== '')

export function unreadable(what: string, text: string): AppError {
  return new AppError('probe-unreadable', `The node answered something unreadable to ${what}.`, {
    hint: 'Look at drydock.log for the answer; a different /bin/sh on the node can be the cause.',
    cause: text.slice(0, 500),
  })
}
