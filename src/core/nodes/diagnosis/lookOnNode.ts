import { AppError } from '../../kernel/appError'
import type { Clock } from '../../kernel/clock'
import diagnoseScript from '../nodeSide/diagnose.sh?raw'
import type { NodeChannel, NodeShell } from '../nodeShell'
import { orAborted } from '../wakeablePause'
import type { NodeCheck } from './check'
import { readSeen, type Seen } from './seen'

/** How long to wait before a node that allows no further session is asked again. */
const ASK_AGAIN_MS = 200
/** No look prints more than a few lines; what runs wild is cut off. */
const MAX_PRINTED_BYTES = 64 * 1024

/**
 * Calls one function of `nodeSide/diagnose.sh` on a channel of its own; null when `signal` aborts before it has ended.
 * Then the channel is closed, and what it started on the node is ended.
 * Errors: those of `NodeShell.open`.
 */
export async function lookOnNode(
  shell: NodeShell,
  clock: Clock,
  look: NodeCheck['look'],
  args: readonly string[],
  signal: AbortSignal,
): Promise<Seen | null> {
  const channel = await openChannel(shell, clock, [look, ...args], signal)
  if (channel === null) return null
  const close = (): void => channel.close()
  signal.addEventListener('abort', close, { once: true })
  try {
    const printed = await textOf(channel)
    return signal.aborted ? null : readSeen(printed)
  } finally {
    signal.removeEventListener('abort', close)
    channel.close()
  }
}

/** A node gives a session's place back a moment after its end, and others may use some: so it is asked again. */
async function openChannel(
  shell: NodeShell,
  clock: Clock,
  args: readonly string[],
  signal: AbortSignal,
): Promise<NodeChannel | null> {
  for (;;) {
    try {
      const opening = shell.open(diagnoseScript, args)
      const channel = await orAborted(opening, signal)
      // One that comes after all is not kept.
      if (channel === null) opening.then(late => late.close()).catch(() => {})
      return channel
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'refused') throw error
      await clock.sleep(ASK_AGAIN_MS, signal)
      if (signal.aborted) throw error
    }
  }
}

async function textOf(channel: NodeChannel): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of channel.output) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MAX_PRINTED_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8')
}
