import type { Run, Worker, WorkerEnd, WorkerState } from '../../contract/runs'
import { ACTIVE_STATES } from '../../contract/runs'

/** What can be learnt about a worker. */
export type WorkerEvent =
  | { readonly type: 'confirmed' } // its process was read back
  | { readonly type: 'refused' } // the node said that it did not start
  | { readonly type: 'never-started' } // its folder does not exist on the node
  | { readonly type: 'link-lost' }
  | { readonly type: 'stop-sent' }
  | { readonly type: 'stop-failed' } // the ladder came to its end, and something is alive
  | { readonly type: 'ended'; readonly exitCode: number; readonly cause?: WorkerEnd['cause'] }
  | { readonly type: 'ended-before-stop'; readonly exitCode: number }
  | { readonly type: 'gone' } // no end was written: killed from outside, or out of memory
  | { readonly type: 'rebooted' }
  | { readonly type: 'proved-gone' }

/**
 * The worker's next state. `unknown` is left only by evidence; nothing leaves an end; and a worker that is being
 * stopped stays so, whatever its link does, until there is proof.
 */
export function nextState(state: WorkerState, event: WorkerEvent): WorkerState {
  if (!ACTIVE_STATES.includes(state)) return state
  switch (event.type) {
    case 'confirmed':
      return state === 'stopping' ? 'stopping' : 'running'
    case 'refused':
    case 'never-started':
      return 'failed'
    case 'link-lost':
      return state === 'stopping' ? 'stopping' : 'unknown'
    case 'stop-sent':
      return 'stopping'
    case 'stop-failed':
      return state === 'stopping' ? 'running' : state
    case 'ended':
      if (state === 'stopping') return 'stopping'
      // Whatever it made of the signal, it did not come to its end in its time.
      return event.exitCode === 0 && event.cause !== 'time-limit' ? 'succeeded' : 'failed'
    case 'ended-before-stop':
      return event.exitCode === 0 ? 'succeeded' : 'failed'
    case 'gone':
    case 'rebooted':
      return state === 'stopping' ? 'stopping' : 'lost'
    case 'proved-gone':
      return 'stopped'
    default:
      return event satisfies never
  }
}

export const isActive = (state: WorkerState): boolean => ACTIVE_STATES.includes(state)

/** The states that decide for the whole run, the strongest first. Only then do the ends count. */
const STRONGEST: readonly WorkerState[] = [
  'stopping',
  'running',
  'starting',
  'unknown',
  'failed',
  'lost',
  'stopped',
]

/** A run's state and remark, from its workers'. */
export function deriveRunState(workers: readonly Worker[]): Pick<Run, 'state' | 'detail'> {
  const state = STRONGEST.find(strong => workers.some(worker => worker.state === strong)) ?? 'succeeded'
  const others = (['unknown', 'failed', 'lost'] as const).flatMap(odd => {
    const count = workers.filter(worker => worker.state === odd).length
    return odd === state || count === 0 ? [] : [`${count} of ${workers.length} workers ${odd}`]
  })
  const own = workers.find(worker => worker.state === state && worker.detail !== null)?.detail ?? null
  return { state, detail: others.length > 0 ? others.join(', ') : own }
}

/** One sentence for how a worker ended; null for a success. */
export function endSentence({ cause, exitCode, signal }: WorkerEnd): string | null {
  switch (cause) {
    case 'exit':
      return exitCode === null ? null : exitSentence(exitCode)
    case 'signal':
      return `killed by ${signal ?? 'a signal'}`
    case 'out-of-memory':
      return 'out of memory: killed by the system'
    case 'time-limit':
      return 'stopped after its time limit'
    case 'reboot':
      return 'its node has rebooted since it started'
    case 'killed-outside':
      return 'killed from outside: no exit code was written'
    case 'never-started':
      return 'it never started: the node has no folder of it'
    default:
      return cause satisfies never
  }
}

/** A sentence for an exit code as a shell reports it: 128 + n stands for signal n. */
export function exitSentence(exitCode: number): string | null {
  if (exitCode === 0) return null
  if (exitCode === 78) return 'exit 78: the run mode was not what this start was given'
  const signal = SIGNALS[exitCode - 128]
  return signal === undefined ? `exit ${exitCode}` : `exit ${exitCode} (${signal})`
}

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'HUP',
  2: 'INT',
  3: 'QUIT',
  6: 'ABRT',
  8: 'FPE',
  9: 'KILL',
  11: 'SEGV',
  13: 'PIPE',
  15: 'TERM',
}
