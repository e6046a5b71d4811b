import net from 'node:net'
import type { Duplex } from 'node:stream'
import type { Tunnel } from '../../contract/nodes'
import { AppError } from '../kernel/appError'
import type { Place } from './nodeShell'
import { placeText } from './sshErrors'

export interface Tunnels {
  /**
   * A port on this PC's loopback that leads to a place as the node sees it. It ends with the link: whoever needs it
   * opens it again on the next. Each connection is a stream of its own and takes no session from the node.
   * Errors: `refused` when the node's server does not forward; `unreachable` when nothing answers there, or the link is
   * gone.
   */
  open(request: { readonly to: Place; readonly purpose: string }): Promise<OpenTunnel>
  list(): readonly Tunnel[]
}

interface OpenTunnel extends AsyncDisposable {
  readonly localPort: number
  /** Settles when the tunnel has ended, with its link or by disposal. */
  readonly closed: Promise<void>
}

export interface TunnelsDeps {
  readonly forward: (place: Place, timeoutMs: number, signal: AbortSignal) => Promise<Duplex>
  readonly onChange: () => void
}

const OPEN_TIMEOUT_MS = 10_000
// Connections of one tunnel at once; a runaway client must not fill the link with streams.
const MAX_CONNECTIONS = 200
// Connections come and go faster than a screen needs to know.
const TELL_EVERY_MS = 200

interface Member {
  readonly localPort: number
  readonly closed: Promise<void>
  view(): Tunnel
  end(): Promise<void>
}

export function createTunnels({ forward, onChange }: TunnelsDeps): Tunnels & AsyncDisposable {
  const members = new Set<Member>()
  let isOver = false
  let telling: NodeJS.Timeout | null = null

  function tellSoon(): void {
    telling ??= setTimeout(() => {
      telling = null
      if (!isOver) onChange()
    }, TELL_EVERY_MS)
  }

  async function end(member: Member): Promise<void> {
    members.delete(member)
    await member.end()
    if (!isOver) onChange()
  }

  return {
    list: () => [...members].map(member => member.view()),

    async open({ to, purpose }) {
      if (isOver) throw linkGone()
      const connect = (signal: AbortSignal): Promise<Duplex> => forward(to, OPEN_TIMEOUT_MS, signal)
      await tryOnce(connect)
      const member = await startMember(connect, { to: placeText(to), purpose }, tellSoon)
      if (isOver) {
        await member.end()
        throw linkGone()
      }
      members.add(member)
      onChange()
      const { localPort, closed } = member
      return { localPort, closed, [Symbol.asyncDispose]: () => end(member) }
    },

    async [Symbol.asyncDispose]() {
      isOver = true
      if (telling !== null) clearTimeout(telling)
      await Promise.all([...members].map(end))
    },
  }
}

/** A server that forbids it, or a place where nobody listens, is told to whoever opens. */
async function tryOnce(connect: (signal: AbortSignal) => Promise<Duplex>): Promise<void> {
  const trial = await connect(new AbortController().signal)
  trial.on('error', () => {})
  trial.destroy()
}

async function startMember(
  connect: (signal: AbortSignal) => Promise<Duplex>,
  described: Pick<Tunnel, 'to' | 'purpose'>,
  onConnections: () => void,
): Promise<Member> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, socket => {
    sockets.add(socket)
    onConnections()
    socket.once('close', () => {
      sockets.delete(socket)
      onConnections()
    })
    void relay(socket, connect)
  })
  server.maxConnections = MAX_CONNECTIONS
  const localPort = await listen(server)
  const closed = new Promise<void>(resolve => server.once('close', () => resolve()))
  return {
    localPort,
    closed,
    view: () => ({ localPort, ...described, connections: sockets.size }),
    async end() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Both ways until both have ended; each end is passed on by itself. What breaks on one side breaks the other. */
async function relay(near: net.Socket, open: (signal: AbortSignal) => Promise<Duplex>): Promise<void> {
  const gone = new AbortController()
  near.on('error', () => near.destroy())
  near.once('close', () => gone.abort())
  let far: Duplex
  try {
    far = await open(gone.signal)
  } catch {
    // Whoever connected sees what a connection to that place would have shown: its end.
    near.resetAndDestroy()
    return
  }
  far.on('error', () => near.resetAndDestroy())
  far.once('close', () => {
    // The rest of what came may still be on its way out.
    if (!near.writableEnded) near.end()
    near.destroySoon()
  })
  near.once('close', () => far.destroy())
  if (near.destroyed) {
    far.destroy()
    return
  }
  near.pipe(far)
  far.pipe(near)
}

function linkGone(): AppError {
  return new AppError('unreachable', 'The link ended before the tunnel was open.', {
    hint: 'Drydock reconnects by itself; open it again then.',
  })
}
