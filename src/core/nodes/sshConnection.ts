import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AppError } from '../kernel/appError'
import type { Place } from './nodeShell'
import { forwardFailure, linkLost, timedOut, type LinkErrorDetails } from './sshErrors'
import type { SftpChannel } from './sftpReader'
import { watchSilence } from './silenceWatch'
import type { SshTarget } from './sshTarget'

/** As much of ssh2's client as a link needs once it is logged in. */
export interface SshClient {
  exec(command: string, callback: (error: Error | undefined, channel: SshChannel) => void): unknown
  sftp(callback: (error: Error | undefined, sftp: SftpChannel & SshEvents & { end(): void }) => void): unknown
  forwardOut(
    fromHost: string,
    fromPort: number,
    host: string,
    port: number,
    callback: (error: Error | undefined, stream: Duplex) => void,
  ): unknown
  openssh_forwardOutStreamLocal(
    path: string,
    callback: (error: Error | undefined, stream: Duplex) => void,
  ): unknown
  end(): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  once(event: 'close', listener: () => void): unknown
}

interface SshEvents {
  on(event: 'error' | 'close' | 'end', listener: () => void): unknown
}

export interface SshChannel {
  write(data: string | Uint8Array): boolean
  end(): unknown
  close(): unknown
  signal(name: string): unknown
  pause(): unknown
  resume(): unknown
  on(event: 'data', listener: (bytes: Buffer) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  once(event: 'close', listener: (code: unknown) => void): unknown
  readonly stderr: { on(event: 'data', listener: (bytes: Buffer) => void): unknown }
}

/** A logged-in SSH connection, to a node or to a jump host. */
export interface SshConnection extends AsyncDisposable {
  readonly client: SshClient
  readonly target: SshTarget
  /** Nothing can be sent any more, although the end may not have been told yet. */
  isGone(): boolean
  /** Settles with the reason when the connection ends by itself. Never rejects; never settles after disposal. */
  readonly died: Promise<AppError>
  /** For how long nothing has been heard. */
  silentMs(): number
  /** Calls `finish` at the end, however it comes; ssh2 does not end a channel that nobody reads. Returns its removal. */
  atEnd(finish: () => void): () => void
  /**
   * Opens a stream from the far end to a place that it sees. Errors: `refused` when that server does not forward;
   * `unreachable`.
   */
  forward(place: Place, timeoutMs: number, signal: AbortSignal): Promise<Duplex>
}

/** What an SSH connection runs over: a socket of our own, or a stream through a jump host. */
export interface Wire {
  readonly stream: Duplex
  /** How long it took to open: one round trip. */
  readonly roundTripMs: number
  /** The jump host that the stream comes out of; null for a socket. */
  readonly via: Pick<SshConnection, 'died' | 'silentMs'> | null
}

const GOODBYE_MS = 300
// Longer than two watches that saw the same silence can be apart.
const BLAME_MS = 1000

/** Takes over a client that is logged in, and the wire under it. `name` is that of the far end, for sentences. */
export function createSshConnection(
  client: SshClient,
  wire: Wire,
  target: SshTarget,
  name: string,
): SshConnection {
  const { stream, via, roundTripMs } = wire
  const open = new Set<() => void>()
  let isDisposed = false
  let isClosed = false
  let lastError: Error | null = null
  let silentMs: number | null = null

  client.on('error', error => (lastError = error))
  const silence = watchSilence(
    roundTripMs,
    listener => stream.on('data', listener),
    ms => {
      silentMs = ms
      stream.destroy()
    },
  )
  const end = createEnd(client, wire)

  async function tellDeath(): Promise<AppError> {
    const viaDeath = await end.closed
    isClosed = true
    silence.stop()
    for (const finish of open) finish()
    open.clear()
    if (isDisposed) return new Promise<never>(() => {})
    // A jump host that hangs makes both ends silent at the same time; the nearer one is the one to name.
    const isViaSilent = silentMs !== null && via !== null && via.silentMs() > silentMs / 2
    const blamed = isViaSilent ? await Promise.race([via.died, sleep(BLAME_MS, null)]) : null
    return viaDeath ?? blamed ?? linkLost(target, silentMs, lastError)
  }

  return {
    client,
    target,
    died: tellDeath(),
    isGone: () => isClosed || stream.destroyed || !stream.writable,
    silentMs: () => silence.silentMs(),
    atEnd(finish) {
      open.add(finish)
      return () => void open.delete(finish)
    },
    forward: (place, timeoutMs, signal) => openForward(client, { name, target, place, timeoutMs }, signal),
    async [Symbol.asyncDispose]() {
      isDisposed = true
      silence.stop()
      await end.close()
    },
  }
}

/** `closed` gives the jump host's reason when it was that one which ended, else null. */
function createEnd(client: SshClient, { stream, via }: Wire) {
  let giveUp = (): void => {}
  const closed = Promise.race([
    new Promise<null>(resolve => client.once('close', () => resolve(null))),
    new Promise<null>(resolve => {
      giveUp = () => resolve(null)
    }),
    ...(via === null ? [] : [via.died]),
  ])
  return {
    // The jump host's own reason comes with its end, which may be told a moment later.
    closed: closed.then(async death => death ?? (via === null ? null : Promise.race([via.died, soon()]))),
    async close(): Promise<void> {
      client.end()
      const timers = [
        setTimeout(() => stream.destroy(), GOODBYE_MS),
        // A stream through a jump host is closed by that host's answer, which may not come.
        setTimeout(giveUp, 2 * GOODBYE_MS),
      ]
      await closed
      for (const timer of timers) clearTimeout(timer)
      stream.destroy()
    },
  }
}

function soon(): Promise<null> {
  return new Promise(resolve => setImmediate(() => resolve(null)))
}

interface ForwardRequest {
  readonly name: string
  readonly target: SshTarget
  readonly place: Place
  readonly timeoutMs: number
}

function openForward(
  client: SshClient,
  { name, target, place, timeoutMs }: ForwardRequest,
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const settle = (work: () => void): void => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      work()
    }
    const onAbort = (): void =>
      settle(() => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted')))
    const timer = setTimeout(
      () => settle(() => reject('host' in place ? timedOut(place) : timedOut(target))),
      timeoutMs,
    )
    const take = (error: LinkErrorDetails | undefined, stream: Duplex | undefined): void => {
      // An answer that nobody waits for any more must not stay open on the far end.
      if (isOver) stream?.destroy()
      settle(() => {
        if (error === undefined && stream !== undefined) resolve(stream)
        else reject(forwardFailure(error ?? new Error('no stream'), name, place))
      })
    }
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) return onAbort()
    try {
      if ('host' in place) client.forwardOut('127.0.0.1', 0, place.host, place.port, take)
      else client.openssh_forwardOutStreamLocal(place.socket, take)
    } catch (error) {
      // ssh2 throws when its socket is gone already.
      settle(() => reject(linkLost(target, null, error)))
    }
  })
}
