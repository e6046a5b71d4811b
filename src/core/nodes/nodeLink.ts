import type { NodeConfig } from '../config/fleetSchema'
import { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { Log } from '../kernel/log'
import { BlockedError, blockReasonOf, type HostKeyOffer } from './blockedError'
import type { ConnectNode } from './connectNode'
import type { FleetNode } from './fleetNodes'
import type { HostKeys } from './hostKeys'
import { nextLink, retryDelayMs, type LinkEvent } from './linkMachine'
import type { NodeSession } from './nodeSession'
import { createQuestionDesk, questionDropped, type QuestionDesk } from './questionDesk'
import { createWakeablePause, orAborted, type WakeablePause } from './wakeablePause'

export interface NodeLinkDeps {
  readonly connect: ConnectNode
  readonly hostKeys: Pick<HostKeys, 'trust'>
  readonly clock: Clock
  readonly log: Log
  readonly onChange: (node: FleetNode) => void
}

/** One node of the fleet and the loop that keeps its link. */
export interface NodeLink {
  node(): FleetNode
  /** Takes over what does not touch the link (roles, target, budget …). */
  configure(config: NodeConfig): void
  /** Connects, and connects again, until `signal` aborts; then the link is closed. */
  run(signal: AbortSignal): Promise<void>
  /** Tries now. Does nothing while an attempt is under way, and on a link that is online. */
  wake(): void
  trust(fingerprint: string): Promise<void>
  refuse(fingerprint: string): void
  /** One try with these answers to what the server asks. Errors: `refused` when it asks nothing, or something else. */
  answer(answers: readonly string[]): void
}

// A link that was up for this long was a good one: its loss begins the back-off anew. A link that comes up only to
// die at once does not.
const STEADY_MS = 10_000

export function createNodeLink(config: NodeConfig, deps: NodeLinkDeps): NodeLink {
  const state = createLinkState(config, deps)
  const pause = createWakeablePause(deps.clock)
  const desk = createQuestionDesk()
  let offer: HostKeyOffer | null = null
  let trusting: Promise<void> | null = null

  function offered(fingerprint: string): HostKeyOffer {
    if (offer !== null && offer.key.fingerprint === fingerprint) return offer
    throw new AppError('refused', `${config.name} does not offer the key ${fingerprint} now.`, {
      hint: 'Look at the key that is shown now, and decide again.',
    })
  }

  return {
    node: () => state.node(),
    configure: next => state.configure(next),
    wake() {
      desk.clear()
      pause.wake()
    },
    run: signal =>
      keepLinked({ state, pause, desk }, deps, signal, nextOffer => {
        offer = nextOffer
      }),
    async trust(fingerprint) {
      const { host, port, key } = offered(fingerprint)
      // A second click while the first is being written is the same wish.
      trusting ??= deps.hostKeys.trust(host, port, key).finally(() => (trusting = null))
      await trusting
      pause.wake()
    },
    refuse(fingerprint) {
      offered(fingerprint)
      offer = null
      state.change({ type: 'key-refused' })
    },
    answer(answers) {
      const { link } = state.node()
      const reason = link.state === 'blocked' ? link.reason : null
      if (reason?.kind !== 'question' || reason.prompts.length !== answers.length) {
        throw new AppError('refused', `${config.name} does not ask that now.`, {
          hint: 'Look at what it asks now, if anything.',
        })
      }
      if (!desk.answer(answers)) pause.wake()
    },
  }
}

/** The node as everyone sees it. `online` is there exactly while the link is. */
function createLinkState(config: NodeConfig, { clock, log, onChange }: NodeLinkDeps) {
  const sinceMs = clock.nowMs()
  let node: FleetNode = {
    config,
    link: config.disabled ? { state: 'disabled', sinceMs } : { state: 'connecting', sinceMs },
    online: null,
  }

  return {
    node: () => node,
    /** Something other than the link has changed. */
    tell: () => onChange(node),
    configure(next: NodeConfig): void {
      node = { ...node, config: next }
    },
    change(event: LinkEvent, session: NodeSession | null = null): void {
      const link = nextLink(node.link, event, clock.nowMs())
      if (link === null) return
      const online = link.state === 'online' && session !== null ? onlineOf(session) : null
      node = { config: node.config, link, online }
      log.info('link', { node: config.name, state: link.state, event: event.type })
      onChange(node)
    },
  }
}

interface LinkParts {
  readonly state: ReturnType<typeof createLinkState>
  readonly pause: WakeablePause
  readonly desk: QuestionDesk
}

/** Connects, stays until the link dies, waits, and begins again; a blocked link waits for `pause.wake`. */
async function keepLinked(
  { state, pause, desk }: LinkParts,
  { connect, clock, log }: NodeLinkDeps,
  signal: AbortSignal,
  setOffer: (offer: HostKeyOffer | null) => void,
): Promise<void> {
  if (state.node().link.state === 'disabled') return
  let failures = 0

  async function retryLater({ message, hint }: AppError): Promise<void> {
    const delayMs = retryDelayMs(failures, Math.random())
    failures += 1
    state.change({ type: 'lost', message, hint: hint ?? '', nextTryAtMs: clock.nowMs() + delayMs })
    await pause.wait(delayMs, signal)
  }

  async function waitForTheUser(failure: AppError): Promise<void> {
    failures = 0
    setOffer(failure instanceof BlockedError ? failure.offer : null)
    state.change({ type: 'blocked', reason: blockReasonOf(failure) })
    await pause.wait(null, signal)
    setOffer(null)
  }

  async function live(session: NodeSession): Promise<AppError | null> {
    const upMs = clock.monotonicMs()
    const forget = session.onNews(() => state.tell())
    try {
      state.change({ type: 'up' }, session)
      return await orAborted(session.died, signal)
    } finally {
      forget()
      if (clock.monotonicMs() - upMs >= STEADY_MS) failures = 0
      await session[Symbol.asyncDispose]()
    }
  }

  const ask = desk.ask(
    reason => state.change({ type: 'blocked', reason }),
    () => state.change({ type: 'attempt' }),
  )

  while (!signal.aborted) {
    state.change({ type: 'attempt' })
    try {
      const session = await connect(state.node().config, signal, { ask })
      desk.clear()
      const death = await live(session)
      if (death !== null) await retryLater(death)
    } catch (error) {
      const isAsking = desk.clear()
      if (signal.aborted) return
      if (error === questionDropped) continue
      const failure = asAppError(error, log)
      // The server hung up on a question: it stays, and its answers get an attempt of their own.
      if (isAsking) await pause.wait(null, signal)
      else await (failure.code === 'unreachable' ? retryLater(failure) : waitForTheUser(failure))
    }
  }
}

function onlineOf(session: NodeSession): FleetNode['online'] {
  const { shell, facts, inventory, hostKey, tunnels } = session
  return { shell, facts, inventory, hostKey, tunnels, notices: () => session.notices() }
}

/** Anything but an AppError is a bug; the link goes on trying, and the log has the story. */
function asAppError(error: unknown, log: Log): AppError {
  if (error instanceof AppError) return error
  const ref = log.error('connecting failed', error)
  return new AppError('unreachable', 'Something broke inside Drydock while it connected.', {
    hint: `Look for ${ref} in Drydock's log.`,
    cause: error,
  })
}
