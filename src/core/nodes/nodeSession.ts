import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { HostKey, Inventory, Notice } from '../../contract/nodes'
import { AppError } from '../kernel/appError'
import { systemClock } from '../kernel/clock'
import { startControlShell, type ControlShell } from './controlShell'
import { createDetour, withDetour } from './detour'
import { parseFacts } from './facts'
import type { NodeFacts, NodeShell, Place } from './nodeShell'
import { openScript, type ScriptChannel, type ScriptProcess } from './scriptChannel'
import { fewSessions } from './sessionLimit'
import { createSessionNews } from './sessionNews'
import type { ShellProcess } from './shellProcess'
import { createTunnels, type Tunnels } from './tunnels'

/** An open link: the shell on a node, what is known of the node, and the news of the link's end. */
export interface NodeSession extends AsyncDisposable {
  readonly shell: NodeShell
  readonly facts: NodeFacts
  readonly inventory: Inventory
  /** The verified key of the host; null for this PC. */
  readonly hostKey: HostKey | null
  readonly tunnels: Tunnels
  /** What is worth a look about this node, in the order it was found. */
  notices(): readonly Notice[]
  /** Called when tunnels or notices have changed. Returns its own removal. */
  onNews(listener: () => void): () => void
  /** Settles with the reason when the link ends by itself. Never rejects; never settles after disposal. */
  readonly died: Promise<AppError>
}

/** What a machine must give for a session to be built on it. */
export interface Machine extends AsyncDisposable {
  /** Starts a `sh -s`. Errors: `refused` when the node allows no further session; `unreachable`. */
  start(): Promise<ShellProcess>
  /**
   * How files are read and written here; `open` runs a script, for a machine with nothing better. `isNoisyLogin`: the
   * login prints something before the shell comes up, which is poison to SFTP.
   */
  files(
    open: (script: string, args: readonly string[]) => Promise<ScriptChannel>,
    isNoisyLogin: boolean,
  ): Pick<NodeShell, 'readAt' | 'writeFile'>
  /** A stream to a place as this machine sees it. Errors: `refused`, `unreachable`. */
  forward(place: Place, timeoutMs: number, signal: AbortSignal): Promise<Duplex>
  /** See `NodeSession.died`. */
  readonly died: Promise<AppError>
}

export interface SessionOptions {
  /** The node's name, for sentences. */
  readonly label: string
  readonly stateDir: string
  /** Shell functions that `call` can reach, beside those of this room. */
  readonly library: string
  /** How long a login may take until its shell answers. */
  readonly handshakeTimeoutMs: number
  /** How long a call may take until the whole link is given up; for tests. */
  readonly answerLimitMs?: number
}

/**
 * Brings a machine up: control shell, then facts. A machine that fails is disposed of.
 * Errors: `blocked` when no shell comes up or the state folder cannot be made; `unreachable`.
 */
export async function openSession(machine: Machine, options: SessionOptions): Promise<NodeSession> {
  try {
    return await orDeath(machine, () => bringUp(machine, options))
  } catch (error) {
    await machine[Symbol.asyncDispose]()
    throw error
  }
}

/** A link that dies in the middle looks like a shell that ended; its own reason is the right one to fail with. */
async function orDeath<T>(machine: Machine, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw (await Promise.race([machine.died, nextTurn()])) ?? error
  }
}

async function bringUp(machine: Machine, options: SessionOptions): Promise<NodeSession> {
  const { label, library, handshakeTimeoutMs: timeoutMs } = options
  const control = await startControlShell(await machine.start(), {
    label,
    library,
    nonce: newNonce(),
    timeoutMs,
    ...(options.answerLimitMs === undefined ? {} : { answerLimitMs: options.answerLimitMs }),
  })
  const { facts, inventory } = await readFacts(control, options)

  const news = createSessionNews()
  const tunnels = createTunnels({
    forward: (...request) => machine.forward(...request),
    onChange: () => news.tell(),
  })
  const scripts = createScripts(machine, control, options)
  const detour = createDetour(control, `${facts.stateDir}/channels`, newNonce)
  const open: typeof scripts.open = (...script) => scripts.open(...script)
  const direct = { open, ...machine.files(open, control.garbage !== '') }

  let isDisposed = false
  const firstDeath = async (): Promise<AppError> => {
    await Promise.race([machine.died, control.ended])
    // A dead link takes the control shell along; its own reason says more than ours.
    return (await Promise.race([machine.died, nextTurn()])) ?? controlShellEnded(label)
  }
  const died = new Promise<AppError>(resolve => {
    void firstDeath().then(reason => (isDisposed ? undefined : resolve(reason)))
  })

  return {
    shell: {
      ...withDetour(direct, detour, () => news.add(fewSessions(label))),
      call: (...call) => control.call(...call),
    },
    facts,
    inventory,
    hostKey: null,
    tunnels,
    died,
    notices: () => news.notices(),
    onNews: listener => news.listen(listener),
    async [Symbol.asyncDispose]() {
      isDisposed = true
      await tunnels[Symbol.asyncDispose]()
      scripts.closeAll()
      detour.close()
      control.close()
      await machine[Symbol.asyncDispose]()
    },
  }
}

/** Errors: `blocked` when the state folder cannot be had. */
async function readFacts(control: ControlShell, { label, stateDir }: SessionOptions) {
  const sentAtMs = systemClock.nowMs()
  const printed = await control.call('drydock_facts', [stateDir]).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'launch-failed') throw error
    throw new AppError('blocked', `${label}: ${error.message}`, {
      hint: 'Choose a folder that this user can write as stateDir of this node in fleet.yaml.',
      cause: error,
    })
  })
  return parseFacts(printed, { sentAtMs, receivedAtMs: systemClock.nowMs() })
}

/** Scripts with a session of their own each. */
function createScripts(
  machine: Machine,
  control: ControlShell,
  { label, handshakeTimeoutMs }: SessionOptions,
) {
  const channels = new Set<ScriptChannel>()
  const endGroup = ({ pid, startTicks }: ScriptProcess): void => {
    // When the link is gone, so is the script's input; more cannot be done.
    control.call('drydock_end_group', [pid, startTicks]).catch(() => {})
  }
  return {
    async open(script: string, args: readonly string[]): Promise<ScriptChannel> {
      const options = { label, nonce: newNonce(), timeoutMs: handshakeTimeoutMs, endGroup }
      const channel = await orDeath(machine, async () =>
        openScript(await machine.start(), script, args, options),
      )
      channels.add(channel)
      void channel.closed.then(() => channels.delete(channel))
      return channel
    },
    closeAll(): void {
      for (const channel of channels) channel.close()
    },
  }
}

/** Makes what a node prints for one session unlike anything that a login or a worker prints. */
function newNonce(): string {
  return `drydock-${randomBytes(12).toString('hex')}`
}

function nextTurn(): Promise<null> {
  return new Promise(resolve => setImmediate(() => resolve(null)))
}

function controlShellEnded(label: string): AppError {
  return new AppError('unreachable', `The shell that Drydock keeps on ${label} was ended from outside.`, {
    hint: 'Drydock opens a new one by itself. Check whether something on that machine ends idle shells.',
  })
}
