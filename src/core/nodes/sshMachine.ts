import type net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AppError } from '../kernel/appError'
import type { Machine, SessionOptions } from './nodeSession'
import type { SftpChannel } from './sftpReader'
import { createTail, HAND_OVER, type ShellProcess } from './shellProcess'
import { watchSilence } from './silenceWatch'
import { isSessionLimit, linkLost, sessionRefused, type LinkErrorDetails } from './sshErrors'
import { createSshFiles, type OpenSftp } from './sshFiles'
import type { SshTarget } from './sshTarget'

/** As much of ssh2's client as a link needs once it is logged in. */
export interface SshClient {
  exec(command: string, callback: (error: Error | undefined, channel: SshChannel) => void): unknown
  sftp(callback: (error: Error | undefined, sftp: SftpChannel & SshEvents & { end(): void }) => void): unknown
  end(): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  once(event: 'close', listener: () => void): unknown
}

interface SshEvents {
  on(event: 'error' | 'close' | 'end', listener: () => void): unknown
}

interface SshChannel {
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

// A server that starts SFTP through a login that hangs would never answer.
const SFTP_TIMEOUT_MS = 5000
const GOODBYE_MS = 300
const SESSION_FREED_MS = 100

interface Link {
  readonly client: SshClient
  readonly socket: net.Socket
  readonly label: string
  readonly target: SshTarget
  readonly roundTripMs: number
}

/** A logged-in SSH connection as a machine that starts shells and has files. Owns the client and its socket. */
export function createSshMachine(
  client: SshClient,
  socket: net.Socket,
  options: SessionOptions & { readonly target: SshTarget },
  roundTripMs: number,
): Machine {
  const link: Link = { client, socket, label: options.label, target: options.target, roundTripMs }
  // What waits for this link. ssh2 does not end a channel that nobody reads, so a dead link does it here.
  const open = new Set<() => void>()
  let isDisposed = false
  let lastError: Error | null = null
  let silentMs: number | null = null

  client.on('error', error => (lastError = error))
  const stopWatching = watchSilence(
    roundTripMs,
    listener => socket.on('data', listener),
    ms => {
      silentMs = ms
      socket.destroy()
    },
  )
  const closed = new Promise<void>(resolve => client.once('close', () => resolve()))
  const died = closed.then(async () => {
    stopWatching()
    for (const finish of open) finish()
    open.clear()
    return isDisposed ? new Promise<never>(() => {}) : linkLost(link.target, silentMs, lastError)
  })

  const start = (): Promise<ShellProcess> => startShell(link, open)
  return {
    start,
    died,
    files: (openScript, isNoisyLogin) =>
      createSshFiles({
        open: openScript,
        openSftp: isNoisyLogin ? () => Promise.resolve(null) : () => openSftp(link),
      }),
    async [Symbol.asyncDispose]() {
      isDisposed = true
      stopWatching()
      client.end()
      const timer = setTimeout(() => socket.destroy(), GOODBYE_MS)
      await closed
      clearTimeout(timer)
    },
  }
}

/**
 * sshd gives the place of a session back a moment after it has told of the session's end, so a refusal is asked about
 * once more.
 */
async function startShell(link: Link, open: Set<() => void>): Promise<ShellProcess> {
  const channel = await execShell(link)
    .catch(async (error: Error) => {
      if (!isSessionLimit(error)) throw error
      await sleep(SESSION_FREED_MS)
      return execShell(link)
    })
    .catch((error: Error) => {
      throw notStarted(link, error)
    })
  return processOf(channel, open)
}

function execShell(link: Link): Promise<SshChannel> {
  return new Promise((resolve, reject) => {
    link.client.exec(HAND_OVER, (error, channel) => (error ? reject(error) : resolve(channel)))
  })
}

function notStarted(link: Link, error: LinkErrorDetails): AppError {
  const isGone = link.socket.destroyed || !link.socket.writable
  return isGone ? linkLost(link.target, null, error) : sessionRefused(link.label, error)
}

function processOf(channel: SshChannel, open: Set<() => void>): ShellProcess {
  const complaint = createTail(2048)
  channel.stderr.on('data', bytes => complaint.push(bytes))
  channel.on('error', error => complaint.push(Buffer.from(error.message)))
  const closed = new Promise<number | null>(resolve => {
    const finish = (): void => resolve(null)
    open.add(finish)
    channel.once('close', code => {
      open.delete(finish)
      resolve(typeof code === 'number' ? code : null)
    })
  })
  return {
    closed,
    complaint: () => complaint.text(),
    write: data => void channel.write(data),
    end: () => void channel.end(),
    onOutput: listener => void channel.on('data', listener),
    pause: () => void channel.pause(),
    resume: () => void channel.resume(),
    kill() {
      // Heard by most servers even while the control shell is busy. In this order: after the end of the input ssh2
      // sends no signal any more.
      channel.signal('TERM')
      channel.end()
      channel.close()
      channel.resume()
    },
  }
}

/** Null when this server has no SFTP that works. Errors: `refused` when no further session is allowed. */
async function openSftp(link: Link): Promise<OpenSftp | null> {
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<OpenSftp | null>((resolve, reject) => {
      timer = setTimeout(() => resolve(null), SFTP_TIMEOUT_MS)
      link.client.sftp((error: LinkErrorDetails | undefined, sftp) => {
        if (error === undefined) {
          const ended = new Promise<void>(end => {
            sftp.on('close', end)
            sftp.on('end', end)
            sftp.on('error', end)
          })
          resolve({ channel: sftp, ended })
          return
        }
        if (isSessionLimit(error) || link.socket.destroyed || !link.socket.writable)
          reject(notStarted(link, error))
        else resolve(null)
      })
    })
  } catch (error) {
    throw error instanceof Error && !('hint' in error) ? notStarted(link, error) : error
  } finally {
    clearTimeout(timer)
  }
}
