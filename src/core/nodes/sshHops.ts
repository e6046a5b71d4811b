import { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import { retryDelayMs } from './linkMachine'
import type { SshConnection } from './sshConnection'
import { ofHop } from './sshErrors'
import { addressOf, type Hop } from './sshRoute'
import { orAborted } from './wakeablePause'

/** A jump host in use. Disposal gives it back; the connection ends with its last user. */
export interface HopLease extends AsyncDisposable {
  readonly connection: SshConnection
}

export interface HopsDeps {
  readonly clock: Clock
  /** Logs in to a hop, through the one before it. */
  readonly connect: (hop: Hop, via: SshConnection | null, signal: AbortSignal) => Promise<SshConnection>
}

interface Entry {
  readonly link: Promise<SshConnection>
  readonly giveUp: AbortController
  users: number
}

const MAX_REMEMBERED_MS = 15_000

/**
 * The jump hosts in use. All nodes behind one share one connection to it, so that a hundred of them make one login. A
 * failure is shared, too: for a moment that grows with each one, whoever asks next gets the same answer without another
 * attempt, because a hundred nodes that each try would look like an attack.
 */
export function createHops({ clock, connect }: HopsDeps) {
  const entries = new Map<string, Entry>()
  const failures = createFailureMemory(clock)

  function begin(key: string, hops: readonly Hop[]): Entry {
    const giveUp = new AbortController()
    const entry = { link: open(key, hops, giveUp.signal), giveUp, users: 0 }
    entries.set(key, entry)
    const forget = (): void => void (entries.get(key) === entry && entries.delete(key))
    entry.link.then(async connection => connection.died.then(forget), forget)
    return entry
  }

  async function open(key: string, hops: readonly Hop[], signal: AbortSignal): Promise<SshConnection> {
    const hop = hops.at(-1)
    if (hop === undefined) throw new Error('no hop')
    const before = await lease(hops.slice(0, -1), signal)
    try {
      const connection = await connect(hop, before?.connection ?? null, signal)
      failures.forget(key)
      return named(connection, hop.name, before)
    } catch (error) {
      await before?.[Symbol.asyncDispose]()
      if (signal.aborted || !(error instanceof AppError)) throw error
      const ours = ofHop(error, hop.name)
      failures.remember(key, ours)
      throw ours
    }
  }

  /** Null for no hops at all. Errors: those of the hops, by their names. Aborting gives the wait up. */
  async function lease(hops: readonly Hop[], signal: AbortSignal): Promise<HopLease | null> {
    if (hops.length === 0) return null
    const key = keyOf(hops)
    failures.throwIfFresh(key)
    const entry = entries.get(key) ?? begin(key, hops)
    entry.users += 1
    const giveBack = once(async () => {
      entry.users -= 1
      if (entry.users > 0) return
      if (entries.get(key) === entry) entries.delete(key)
      await end(entry)
    })
    try {
      const connection = await orAborted(entry.link, signal)
      if (connection === null) throw signal.reason
      return { connection, [Symbol.asyncDispose]: giveBack }
    } catch (error) {
      await giveBack()
      throw error
    }
  }

  return {
    lease,
    /** The next one who asks makes a new attempt. */
    forgetFailures: (): void => failures.expireAll(),
  }
}

/** Ends what nobody uses any more, also while it is still connecting. */
async function end(entry: Entry): Promise<void> {
  entry.giveUp.abort(new Error('nobody waits for this jump host any more'))
  await entry.link.then(
    connection => connection[Symbol.asyncDispose](),
    () => {}, // told to those who asked
  )
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null
  return () => (done ??= work())
}

/** How long the answer of the last attempt stands: longer after each failure in a row. */
function createFailureMemory(clock: Clock) {
  const failures = new Map<
    string,
    { readonly error: AppError; readonly count: number; readonly untilMs: number }
  >()
  return {
    throwIfFresh(key: string): void {
      const failure = failures.get(key)
      if (failure !== undefined && clock.monotonicMs() < failure.untilMs) throw failure.error
    },
    remember(key: string, error: AppError): void {
      const count = (failures.get(key)?.count ?? 0) + 1
      const forMs = Math.min(MAX_REMEMBERED_MS, retryDelayMs(count, 1))
      failures.set(key, { error, count, untilMs: clock.monotonicMs() + forMs })
    },
    forget: (key: string) => void failures.delete(key),
    expireAll(): void {
      for (const [key, failure] of failures) failures.set(key, { ...failure, untilMs: 0 })
    },
  }
}

/** The same host by another way is another connection: an address means something only from where it is used. */
export function keyOf(hops: readonly Hop[]): string {
  return hops.map(hop => [addressOf(hop), ...(hop.identityFiles ?? [])].join(' ')).join(' > ')
}

/** Its end is told by its name, and takes its own way along. */
function named(connection: SshConnection, name: string, before: HopLease | null): SshConnection {
  return {
    ...connection,
    died: connection.died.then(error => ofHop(error, name)),
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]()
      await before?.[Symbol.asyncDispose]()
    },
  }
}
