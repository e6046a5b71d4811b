import { setTimeout as sleep } from 'node:timers/promises'
import type { AppError } from '../kernel/appError'
import type { Machine, SessionOptions } from './nodeSession'
import { createTail, HAND_OVER, type ShellProcess } from './shellProcess'
import type { SshChannel, SshConnection } from './sshConnection'
import { isSessionLimit, linkLost, sessionRefused, type LinkErrorDetails } from './sshErrors'
import { createSshFiles, type OpenSftp } from './sshFiles'

// A server that starts SFTP through a login that hangs would never answer.
const SFTP_TIMEOUT_MS = 5000
const SESSION_FREED_MS = 100

interface Link {
  readonly connection: SshConnection
  readonly label: string
}

/** A logged-in SSH connection as a machine that starts shells and has files. Owns the connection. */
export function createSshMachine(connection: SshConnection, { label }: SessionOptions): Machine {
  const link: Link = { connection, label }
  return {
    start: () => startShell(link),
    died: connection.died,
    forward: (...request) => connection.forward(...request),
    files: (openScript, isNoisyLogin) =>
      createSshFiles({
        open: openScript,
        openSftp: isNoisyLogin ? () => Promise.resolve(null) : () => openSftp(link),
      }),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  }
}

/**
 * sshd gives the place of a session back a moment after it has told of the session's end, so a refusal is asked about
 * once more.
 */
async function startShell(link: Link): Promise<ShellProcess> {
  const channel = await execShell(link)
    .catch(async (error: Error) => {
      if (!isSessionLimit(error)) throw error
      await sleep(SESSION_FREED_MS)
      return execShell(link)
    })
    .catch((error: Error) => {
      throw notStarted(link, error)
    })
  return processOf(channel, link.connection)
}

function execShell(link: Link): Promise<SshChannel> {
  return new Promise((resolve, reject) => {
    link.connection.client.exec(HAND_OVER, (error, channel) => (error ? reject(error) : resolve(channel)))
  })
}

function notStarted(link: Link, error: LinkErrorDetails): AppError {
  const { connection, label } = link
  return connection.isGone() ? linkLost(connection.target, null, error) : sessionRefused(label, error)
}

function processOf(channel: SshChannel, connection: SshConnection): ShellProcess {
  const complaint = createTail(2048)
  channel.stderr.on('data', bytes => complaint.push(bytes))
  channel.on('error', error => complaint.push(Buffer.from(error.message)))
  const closed = new Promise<number | null>(resolve => {
    const forget = connection.atEnd(() => resolve(null))
    channel.once('close', code => {
      forget()
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
      link.connection.client.sftp((error: LinkErrorDetails | undefined, sftp) => {
        if (error === undefined) {
          const ended = new Promise<void>(end => {
            sftp.on('close', end)
            sftp.on('end', end)
            sftp.on('error', end)
          })
          resolve({ channel: sftp, ended })
          return
        }
        if (isSessionLimit(error) || link.connection.isGone()) reject(notStarted(link, error))
        else resolve(null)
      })
    })
  } catch (error) {
    throw error instanceof Error && !('hint' in error) ? notStarted(link, error) : error
  } finally {
    clearTimeout(timer)
  }
}
