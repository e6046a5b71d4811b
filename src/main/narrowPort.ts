import { z } from 'zod'
import type { Log } from '../core/kernel/log'

/** What of Electron's `MessagePortMain` the door needs; Node's own ports can be made to look like it. */
export interface Port {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  postMessage(message: unknown): void
  start(): void
  close(): void
}

/** A port as the router's handler takes it. */
export interface NarrowPort extends Disposable {
  on(event: string, listener: (event?: { data: unknown }) => void): void
  postMessage(message: unknown): void
  start(): void
}

/** A fleet of a hundred nodes fits many times over; nobody sends a megabyte by accident. */
const MAX_MESSAGE_CHARS = 256 * 1024
const MAX_COMPLAINTS = 5

const ABORT = 4
const callId = z.union([z.string().max(64), z.number().int()])

/** The two messages a client sends: a call, and giving one up. Streams only ever come from the engine. */
const wireMessage = z.union([
  z.strictObject({
    i: callId,
    p: z.strictObject({
      u: z.string().regex(/^\/[A-Za-z/]*(\?[\x21-\x7e]*)?$/),
      b: z.unknown(),
      m: z.enum(['GET', 'POST']).optional(),
      h: z.strictObject({ 'last-event-id': z.string().max(200).optional() }).optional(),
    }),
  }),
  z.strictObject({ i: callId, t: z.literal(ABORT), p: z.null().optional() }),
])

/**
 * A port that lets through whole, small, well-formed messages and drops the rest. The handler behind it decodes outside
 * of any `try`: what it cannot decode would end as an unhandled rejection of the whole process.
 */
export function narrowPort(port: Port, log: Log): NarrowPort {
  const closeListeners: (() => void)[] = []
  let isOpen = true
  let complaints = 0

  function end(): void {
    if (!isOpen) return
    isOpen = false
    for (const listener of closeListeners) listener()
  }

  port.on('close', end)

  return {
    on(event, listener) {
      if (event === 'close') closeListeners.push(() => listener())
      if (event !== 'message') return
      port.on('message', ({ data }) => {
        const message = parseWireMessage(data)
        if (message !== null && isOpen) listener({ data: message })
        if (message !== null || (complaints += 1) > MAX_COMPLAINTS) return
        log.warn('message dropped at the door', { kind: typeof data })
      })
    },
    postMessage(message) {
      if (isOpen) port.postMessage(message)
    },
    start: () => port.start(),
    [Symbol.dispose]() {
      // Electron tells only the other end: what is still streaming here has to be told from here.
      end()
      port.close()
    },
  }
}

/** Pure: the message, or null for anything that is none. */
export function parseWireMessage(data: unknown): z.infer<typeof wireMessage> | null {
  if (typeof data !== 'string' || data.length > MAX_MESSAGE_CHARS) return null
  try {
    const parsed = wireMessage.safeParse(JSON.parse(data))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
