import net from 'node:net'

/** A network between a client and a server that can be made slow, deaf or broken. */
export interface TcpProxy extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Connections that were made so far. */
  connectionCount(): number
  /** One way, both ways alike; the order of bytes is kept. `jitterMs` is added at random. */
  setDelay(delayMs: number, jitterMs?: number): void
  /** Ends every connection at once, with a reset. New ones are let in. */
  cut(): void
  /** Lets so many more bytes pass that way, over all connections, and then ends every connection. New ones are let in. */
  cutAfter(way: 'requests' | 'replies', bytes: number): void
  /**
   * By this share of its pieces each way stands still for as long as TCP takes to notice a loss (200 ms, then twice as
   * long for a second loss of the same piece, and so on).
   */
  setLoss(share: number): void
  /** A black hole: connections stay open, nothing passes, and new ones are let in to nowhere. */
  stall(): void
  /** Only what the server says is lost. */
  stallReplies(): void
  /** Ends a stall; what was sent meanwhile is delivered. */
  heal(): void
}

/** Listens on a free port of 127.0.0.1 and passes everything on to `target`. */
export async function startTcpProxy(target: {
  readonly host: string
  readonly port: number
}): Promise<TcpProxy> {
  const sockets = new Set<net.Socket>()
  const wires = new Set<Wire>()
  const stalled = { requests: false, replies: false }
  /** Bytes until the cut; null: there is none. */
  const left: { requests: number | null; replies: number | null } = { requests: null, replies: null }
  let lossShare = 0
  let count = 0
  let delayMs = 0
  let jitterMs = 0

  function pass(from: net.Socket, to: net.Socket, way: keyof typeof stalled): void {
    const wire = createWire(() => stalled[way])
    wires.add(wire)
    const later = (work: () => void): void =>
      wire.push(delayMs + Math.random() * jitterMs + resendMs(lossShare), work)
    from.on('data', bytes =>
      later(() => {
        if (to.destroyed || isLast(bytes, to, way)) return
        if (to.write(bytes)) return
        from.pause()
        to.once('drain', () => from.resume())
      }),
    )
    from.on('end', () => later(() => to.end()))
    from.on('error', () => {})
    from.on('close', () =>
      later(() => {
        to.destroy()
        wires.delete(wire)
      }),
    )
  }

  /** The last piece arrives whole; what follows never does. */
  function isLast(bytes: Buffer, to: net.Socket, way: keyof typeof left): boolean {
    const limit = left[way]
    if (limit === null) return false
    left[way] = Math.max(0, limit - bytes.length)
    if (bytes.length <= limit) return false
    left[way] = null
    to.end(bytes.subarray(0, limit))
    for (const wire of wires) wire.drop()
    wires.clear()
    for (const socket of sockets) if (socket !== to) socket.resetAndDestroy()
    return true
  }

  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, near => {
    count += 1
    sockets.add(near)
    near.on('close', () => sockets.delete(near))
    const far = net.connect({ ...target, noDelay: true, allowHalfOpen: true })
    sockets.add(far)
    far.on('close', () => sockets.delete(far))
    pass(near, far, 'requests')
    pass(far, near, 'replies')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')

  function cut(): void {
    left.requests = left.replies = null
    for (const wire of wires) wire.drop()
    wires.clear()
    for (const socket of sockets) socket.resetAndDestroy()
  }

  return {
    host: '127.0.0.1',
    port: address.port,
    connectionCount: () => count,
    setDelay(nextDelayMs, nextJitterMs = 0) {
      delayMs = nextDelayMs
      jitterMs = nextJitterMs
    },
    cut,
    cutAfter(way, bytes) {
      left[way] = bytes
    },
    setLoss(share) {
      lossShare = share
    },
    stall() {
      stalled.requests = stalled.replies = true
    },
    stallReplies() {
      stalled.replies = true
    },
    heal() {
      stalled.requests = stalled.replies = false
      for (const wire of wires) wire.run()
    },
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

function resendMs(lossShare: number): number {
  let totalMs = 0
  for (let timeoutMs = 200; Math.random() < lossShare; timeoutMs *= 2) totalMs += timeoutMs
  return totalMs
}

interface Wire {
  push(delayMs: number, work: () => void): void
  run(): void
  drop(): void
}

/** One direction of one connection: a queue, so that nothing overtakes, whatever its delay. */
function createWire(isStalled: () => boolean): Wire {
  let queue: { readonly dueMs: number; readonly work: () => void }[] = []
  let timer: NodeJS.Timeout | undefined

  function run(): void {
    clearTimeout(timer)
    for (let next = queue[0]; next !== undefined && !isStalled(); next = queue[0]) {
      const waitMs = next.dueMs - performance.now()
      if (waitMs > 0) {
        timer = setTimeout(run, Math.ceil(waitMs))
        return
      }
      queue.shift()
      next.work()
    }
  }

  return {
    run,
    push(delayMs, work) {
      queue.push({ dueMs: performance.now() + delayMs, work })
      if (queue.length === 1) run()
    },
    drop() {
      clearTimeout(timer)
      queue = []
    },
  }
}
