import type { TestResult } from '../../contract/machines'
import type { SshAddress } from '../../contract/nodes'
import { problemOf } from '../views/attempt'
import type { AddState, Candidate, TestState } from './addState'

/** As many as the engine tries at once: more would only wait there, and could not be told from those under way. */
const AT_ONCE = 3

export interface MachineTesterDeps {
  readonly test: (ssh: SshAddress, signal: AbortSignal) => Promise<TestResult>
  readonly change: (change: (state: AddState) => AddState) => void
}

/** Tests machines, some at a time, the others in the order they were asked for. */
export interface MachineTester {
  /** Those that are not waiting or under way already. */
  readonly test: (machines: readonly Candidate[]) => void
  /** Gives up what is under way and forgets what waits; both count as untested. What was found stays. */
  readonly stop: () => void
}

export function createMachineTester({ test, change }: MachineTesterDeps): MachineTester {
  let queue: readonly Candidate[] = []
  const underWay = new Map<string, AbortController>()

  const note = (key: string, state: TestState): void =>
    change(add => ({ ...add, tests: { ...add.tests, [key]: state } }))

  async function run(one: Candidate): Promise<void> {
    const giveUp = new AbortController()
    underWay.set(one.key, giveUp)
    note(one.key, { at: 'testing' })
    const end = await outcome(test, one.ssh, giveUp.signal)
    if (giveUp.signal.aborted) return
    underWay.delete(one.key)
    note(one.key, end)
    next()
  }

  function next(): void {
    while (underWay.size < AT_ONCE) {
      const [first, ...rest] = queue
      if (first === undefined) return
      queue = rest
      void run(first)
    }
  }

  return {
    test(machines) {
      const waiting = new Set(queue.map(one => one.key))
      const added = machines.filter(({ key }) => !waiting.has(key) && !underWay.has(key))
      queue = [...queue, ...added]
      change(add => ({
        ...add,
        tests: { ...add.tests, ...Object.fromEntries(added.map(({ key }) => [key, { at: 'queued' }])) },
      }))
      next()
    },
    stop() {
      queue = []
      for (const giveUp of underWay.values()) giveUp.abort()
      underWay.clear()
      change(add => ({ ...add, tests: ended(add.tests) }))
    },
  }
}

async function outcome(
  test: MachineTesterDeps['test'],
  ssh: SshAddress,
  signal: AbortSignal,
): Promise<TestState> {
  try {
    return { at: 'done', result: await test(ssh, signal) }
  } catch (error) {
    return { at: 'failed', problem: problemOf(error) }
  }
}

const ended = (tests: AddState['tests']): AddState['tests'] =>
  Object.fromEntries(Object.entries(tests).filter(([, { at }]) => at === 'done' || at === 'failed'))
