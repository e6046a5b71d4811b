import type { TestResult } from '../../contract/machines'
import type { Inventory, SshAddress } from '../../contract/nodes'
import { NodeName } from '../../contract/ids'
import { sshConfigOf } from '../config/changeFleet'
import type { NodeConfig } from '../config/fleetSchema'
import { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import { BlockedError, blockReasonOf, type HostKeyOffer } from './blockedError'
import { createConnectLimit } from './connectLimit'
import type { ConnectNode } from './connectNode'
import type { FleetNode } from './fleetNodes'
import type { HostKeys } from './hostKeys'
import { nameFrom } from './machineList'
import type { NodeSession } from './nodeSession'

export interface MachineTestsDeps {
  /** The one that the fleet's links use. */
  readonly connect: ConnectNode
  readonly hostKeys: Pick<HostKeys, 'trust'>
  readonly nodes: () => readonly FleetNode[]
  readonly clock: Clock
}

const MAX_TESTS = 3
/** Keys that tests met and nobody decided on; the oldest is forgotten. */
const MAX_OFFERS = 1000
/** The quickest of so many answers: the first one may pay for what only comes once. */
const ROUND_TRIPS = 3

/**
 * Tests of machines that may become nodes: one attempt each, by the way of every link, with the host key checked first.
 * A test makes no folder and no file on the machine and closes its link; what stays is the login in the machine's own
 * records. At most three run at a time.
 */
export function createMachineTests(deps: MachineTestsDeps) {
  const limited = createConnectLimit(MAX_TESTS)
  const offers = createOffers()
  const over = new AbortController()
  const underWay = new Set<Promise<unknown>>()

  async function attempt(ssh: SshAddress, signal: AbortSignal): Promise<TestResult> {
    const told = offers.expect(ssh)
    try {
      const session = await deps.connect(asNode(ssh), signal)
      try {
        return await look(session, deps, signal)
      } finally {
        await session[Symbol.asyncDispose]()
      }
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof AppError)) throw error
      if (error instanceof BlockedError && error.offer !== null) told(error.offer)
      return failed(error)
    }
  }

  return {
    /** Errors: none that a machine can cause; aborting ends the attempt and rejects with the signal's reason. */
    async test(ssh: SshAddress, signal: AbortSignal): Promise<TestResult> {
      const either = joined(signal, over.signal)
      const testing = limited('tests', either.signal, () => attempt(ssh, either.signal))
      underWay.add(testing)
      try {
        return await testing
      } finally {
        underWay.delete(testing)
        either.release()
      }
    },

    /** Errors: `refused` unless the last test of this very address met this key, or when it cannot be written. */
    async trust(ssh: SshAddress, fingerprint: string): Promise<void> {
      const offer = offers.of(ssh)
      if (offer === undefined || offer.key.fingerprint !== fingerprint) {
        throw new AppError('refused', `The last test of this address did not meet the key ${fingerprint}.`, {
          hint: 'Test it again, and look at the key that is shown then.',
        })
      }
      await deps.hostKeys.trust(offer.host, offer.port, offer.key)
      offers.forget(ssh, offer)
    },

    async [Symbol.asyncDispose](): Promise<void> {
      over.abort(new AppError('refused', 'Drydock is closing.'))
      await Promise.allSettled(underWay)
    },
  }
}

/** With the home folder as its state folder, which is there already, bringing a session up makes nothing. */
function asNode(ssh: SshAddress): NodeConfig {
  return {
    name: NodeName.parse(nameFrom('alias' in ssh ? ssh.alias : ssh.host)),
    ssh: sshConfigOf(ssh),
    stateDir: '~',
    disabled: false,
    roles: [],
    env: {},
  }
}

async function look(
  session: NodeSession,
  { nodes, clock }: MachineTestsDeps,
  signal: AbortSignal,
): Promise<TestResult> {
  let roundTripMs: number | null = null
  for (let count = 0; count < ROUND_TRIPS; count += 1) {
    const startMs = clock.monotonicMs()
    await session.shell.call('drydock_boot_id', [], signal)
    const tookMs = clock.monotonicMs() - startMs
    roundTripMs = roundTripMs === null ? tookMs : Math.min(roundTripMs, tookMs)
  }
  const { inventory } = session
  return { outcome: 'reached', inventory, roundTripMs, sameAs: sameAs(inventory, nodes()) }
}

/** The node that is this machine, whatever its address; null when either does not say who it is. */
function sameAs({ machineId }: Inventory, nodes: readonly FleetNode[]): NodeName | null {
  if (machineId === null) return null
  return nodes.find(({ online }) => online?.inventory.machineId === machineId)?.config.name ?? null
}

function failed(error: AppError): TestResult {
  if (error.code !== 'unreachable') return { outcome: 'blocked', reason: blockReasonOf(error) }
  return { outcome: 'unreachable', message: error.message, hint: error.hint ?? 'Check the address.' }
}

/** The key that the newest test of each address met. An older test that ends late says nothing any more. */
function createOffers() {
  const newest = new Map<string, { offer: HostKeyOffer | undefined }>()

  return {
    of: (ssh: SshAddress): HostKeyOffer | undefined => newest.get(keyOf(ssh))?.offer,

    /** A test begins. What an earlier one met is forgotten; call the result with the key that this one meets. */
    expect(ssh: SshAddress): (offer: HostKeyOffer) => void {
      const key = keyOf(ssh)
      const own: { offer: HostKeyOffer | undefined } = { offer: undefined }
      newest.delete(key)
      newest.set(key, own)
      const [oldest] = newest.keys()
      if (newest.size > MAX_OFFERS && oldest !== undefined) newest.delete(oldest)
      return offer => void (own.offer = offer)
    },

    forget(ssh: SshAddress, offer: HostKeyOffer): void {
      if (newest.get(keyOf(ssh))?.offer === offer) newest.delete(keyOf(ssh))
    },
  }
}

function keyOf(ssh: SshAddress): string {
  if ('alias' in ssh) return JSON.stringify([ssh.alias])
  return JSON.stringify([ssh.host, ssh.port, ssh.user, ssh.identityFile, ssh.jump])
}

/** Both signals in one, by hand: what AbortSignal.any makes stays with a long-lived signal. */
function joined(first: AbortSignal, second: AbortSignal) {
  const own = new AbortController()
  const ends = [first, second].map(signal => {
    const end = (): void => own.abort(signal.reason)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    return () => signal.removeEventListener('abort', end)
  })
  return { signal: own.signal, release: () => ends.forEach(end => end()) }
}
