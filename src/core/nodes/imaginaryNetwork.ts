import { setImmediate as nextTurn } from 'node:timers/promises'
import type { NodeName } from '../../contract/ids'
import { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import { createFleetNodes } from './createFleetNodes'
import type { FleetNode, FleetNodes } from './fleetNodes'
import type { LoginHow } from './loginTalk'
import type { NodeSession } from './nodeSession'

// For the tests of this room alone: links without machines, and time without waiting.

/** What every link of the imaginary network dies of. */
export const gone = new AppError('unreachable', 'gone', { hint: 'wait' })

interface Attempt {
  readonly name: string
  readonly how: LoginHow
  readonly settle: (outcome: NodeSession | Error) => void
}

/** Nodes on an imaginary network: every attempt waits until the test says how it ends. */
export function createImaginaryNetwork(home: string) {
  const clock = createManualClock()
  const attempts: Attempt[] = []
  const history: string[] = []
  const crashes: unknown[] = []
  let open = 0

  const nodes: FleetNodes = createFleetNodes({
    home,
    userHome: home,
    clock,
    library: '',
    log: { info: () => {}, warn: () => {}, error: () => 'ref1' },
    onCrash: (name, error) => crashes.push([name, error]),
    connect: (config, signal, how = {}) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
        const settle = (outcome: NodeSession | Error): void =>
          outcome instanceof Error ? reject(outcome) : resolve(outcome)
        attempts.push({ name: config.name, how, settle })
      }),
  })
  nodes.onLink(node => history.push(`${node.config.name} ${describeLink(node)}`))

  /** The next attempt of this node comes up; returns how to end the link. */
  async function comeUp(name: NodeName): Promise<() => void> {
    let die = (): void => {}
    const died = new Promise<AppError>(resolve => (die = () => resolve(gone)))
    open += 1
    await end(
      name,
      sessionThat(died, () => (open -= 1)),
    )
    return die
  }
  async function end(name: NodeName, outcome: NodeSession | Error): Promise<void> {
    const index = attempts.findIndex(attempt => attempt.name === name)
    const [attempt] = attempts.splice(index, index < 0 ? 0 : 1)
    if (attempt === undefined) throw new Error(`${name} is not connecting`)
    attempt.settle(outcome)
    await nextTurn()
  }

  return {
    nodes,
    /** The node asks; its attempt stays open. */
    ask: (name: NodeName, text: string) => askBy(attempts.find(attempt => attempt.name === name)?.how, text),
    /** Everything that a test must not leave behind. */
    leftovers: (): unknown => ({ open, crashes }),
    clock,
    history,
    crashes,
    comeUp,
    end,
    openSessions: () => open,
    connecting: () => attempts.map(({ name }) => name),
  }
}

/** What the node is answered, or why it is not. */
async function askBy(how: LoginHow | undefined, text: string): Promise<unknown> {
  const prompts = [{ text, isHidden: true }]
  try {
    return await how?.ask?.({ kind: 'question', title: '', prompts, message: text, hint: '' })
  } catch (error) {
    return error
  }
}

function sessionThat(died: Promise<AppError>, onDispose: () => void): NodeSession {
  return {
    died,
    shell: {} as NodeSession['shell'],
    facts: { home: '/h', stateDir: '/h/.drydock', bootId: 'B' },
    inventory: {} as NodeSession['inventory'],
    hostKey: null,
    tunnels: {} as NodeSession['tunnels'],
    notices: () => [],
    onNews: () => () => {},
    [Symbol.asyncDispose]: async () => onDispose(),
  }
}

export function describeLink({ link, online }: FleetNode): string {
  if ((online !== null) !== (link.state === 'online')) return `${link.state} WITH THE WRONG SHELL`
  if (link.state === 'unreachable') return `unreachable ${link.nextTryAtMs === null ? 'trying' : 'waiting'}`
  return link.state === 'blocked' ? `blocked ${link.reason.kind}` : link.state
}

/** Time stands still until it is told to go on. */
function createManualClock(): Clock & { advance(ms: number): Promise<void>; jump(ms: number): void } {
  let nowMs = 1000
  let jumpedMs = 0
  let sleepers: { readonly dueMs: number; readonly wake: () => void }[] = []
  return {
    nowMs: () => nowMs + jumpedMs,
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        const sleeper = { dueMs: nowMs + ms, wake: resolve }
        sleepers.push(sleeper)
        const end = (): void => {
          sleepers = sleepers.filter(each => each !== sleeper)
          resolve()
        }
        if (signal.aborted) end()
        signal.addEventListener('abort', end, { once: true })
      }),
    /** The wall clock alone, as after sleep. */
    jump(ms) {
      jumpedMs += ms
    },
    async advance(ms) {
      nowMs += ms
      const due = sleepers.filter(({ dueMs }) => dueMs <= nowMs)
      sleepers = sleepers.filter(({ dueMs }) => dueMs > nowMs)
      for (const { wake } of due) wake()
      await nextTurn()
    },
  }
}
