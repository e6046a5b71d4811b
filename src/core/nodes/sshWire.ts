import net from 'node:net'
import { oneWriteATurn } from './oneWriteATurn'
import type { SshConnection, Wire } from './sshConnection'
import { connectFailure, timedOut } from './sshErrors'
import type { SshTarget } from './sshTarget'

/** Errors: `unreachable`; `refused` when the jump host does not forward. Aborting gives it up. */
export async function openWire(
  target: SshTarget,
  via: Pick<SshConnection, 'died' | 'silentMs' | 'forward'> | null,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Wire> {
  const startMs = performance.now()
  const stream =
    via === null ? await connect(target, timeoutMs, signal) : await via.forward(target, timeoutMs, signal)
  return { stream, via, roundTripMs: performance.now() - startMs }
}

/**
 * Our own socket, because ssh2 leaves Nagle's algorithm on: small packets would wait for the delayed acknowledgement
 * (measured: 91 ms instead of 4 ms for an exec).
 */
async function connect(target: SshTarget, timeoutMs: number, signal: AbortSignal): Promise<net.Socket> {
  signal.throwIfAborted()
  const socket = oneWriteATurn(net.connect({ host: target.host, port: target.port, noDelay: true }))
  const giveUp = (): void => void socket.destroy()
  signal.addEventListener('abort', giveUp, { once: true })
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      // Stays: an error without a listener would end the process.
      socket.on('error', error => reject(connectFailure(error, target)))
      socket.once('close', () => reject(connectFailure(new Error('closed'), target)))
      timer = setTimeout(() => reject(timedOut(target)), timeoutMs)
    })
    return socket
  } catch (error) {
    socket.destroy()
    signal.throwIfAborted()
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}
