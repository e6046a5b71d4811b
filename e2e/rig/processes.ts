import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number
  /** Field 22 of /proc/<pid>/stat: clock ticks since boot. */
  readonly startTicks: string
  readonly parentPid: number
  /** The kernel's short name. */
  readonly name: string
  /** R, S, D, T, Z … */
  readonly state: string
}

/** Null when there is no such process. */
export function readProcess(pid: number): ProcessIdentity | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return null
  }
  // The name stands in parentheses and may hold anything, so the fields are counted from its end.
  const nameEnd = stat.lastIndexOf(')')
  const [state = '', parentPid = '0', ...rest] = stat.slice(nameEnd + 2).split(' ')
  const name = stat.slice(stat.indexOf('(') + 1, nameEnd)
  return { pid, name, state, parentPid: Number(parentPid), startTicks: rest[17] ?? '' }
}

export function listProcesses(): readonly ProcessIdentity[] {
  return readdirSync('/proc').flatMap(entry => {
    const found = /^\d+$/.test(entry) ? readProcess(Number(entry)) : null
    return found === null ? [] : [found]
  })
}

/** All below `pid`, parents first. */
export function descendantsOf(pid: number): readonly ProcessIdentity[] {
  const all = listProcesses()
  const found: ProcessIdentity[] = []
  const parents = [pid]
  for (const parent of parents) {
    for (const child of all) {
      if (child.parentPid !== parent) continue
      found.push(child)
      parents.push(child.pid)
    }
  }
  return found
}

/** Still the same process, and not merely a corpse waiting for its parent. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = readProcess(identity.pid)
  return now !== null && now.startTicks === identity.startTicks && now.state !== 'Z'
}

/** Start ticks of a living process; null when there is none, or only a corpse. */
export function livingTicks(pid: number): number | null {
  const found = readProcess(pid)
  return found === null || !isAlive(found) ? null : Number(found.startTicks)
}

/** Sends nothing to a process that has taken over the pid. Returns whether the signal was sent. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false
  try {
    return process.kill(identity.pid, signal)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}

/** The kernel tells nobody but the parent about an end, so this looks every few milliseconds. */
export async function waitUntilGone(identities: readonly ProcessIdentity[], timeoutMs = 5000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  while (identities.some(isAlive)) {
    if (performance.now() > deadlineMs) {
      const left = identities.filter(isAlive).map(({ pid, name }) => `${pid} ${name}`)
      throw new Error(`Still there: ${left.join(', ')}`)
    }
    await sleep(5)
  }
}
