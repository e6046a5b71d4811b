import { once } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { eventIterator, oc, type ContractRouterClient } from '@orpc/contract'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { narrowPort, parseWireMessage, type Port } from './narrowPort'
import { explainErrors } from './requestErrors'

const failure = {
  INTERNAL: { status: 500, data: z.object({ hint: z.string().nullable(), ref: z.string() }) },
}
const contract = {
  double: oc
    .errors(failure)
    .input(z.strictObject({ n: z.number() }))
    .output(z.number()),
  crash: oc.errors(failure).output(z.void()),
  lie: oc.errors(failure).output(z.number()),
  stream: oc
    .errors(failure)
    .input(z.strictObject({ crashAt: z.number() }))
    .output(eventIterator(z.number())),
}

/** Node's port in the shape of Electron's: the message comes inside an event. */
function asElectronPort(port: MessagePort): Port {
  return {
    on(event: 'message' | 'close', listener: (event: { readonly data: unknown }) => void) {
      if (event === 'close') port.on('close', () => listener({ data: null }))
      else port.on('message', data => listener({ data }))
    },
    postMessage: message => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
  }
}

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

function openDoor() {
  const logged: { level: string; message: string; fields: unknown }[] = []
  let refs = 0
  const log = {
    info: (message: string, fields?: unknown) => void logged.push({ level: 'info', message, fields }),
    warn: (message: string, fields?: unknown) => void logged.push({ level: 'warn', message, fields }),
    error(message: string, error: unknown, fields?: unknown) {
      logged.push({ level: 'error', message: `${message}: ${String(error)}`, fields })
      return `ref-${(refs += 1)}`
    },
  }
  const ended = new AbortController()
  const os = implement(contract)
  const router = os.router({
    double: os.double.handler(({ input }) => input.n * 2),
    crash: os.crash.handler(() => {
      throw new TypeError('a bug')
    }),
    lie: os.lie.handler(() => 'three' as unknown as number),
    stream: os.stream.handler(async function* ({ input, signal }) {
      signal?.addEventListener('abort', () => ended.abort(), { once: true })
      for (let n = 0; ; n += 1) {
        if (n === input.crashAt) throw new TypeError('a bug in a stream')
        yield n
        if (n === 2) await once(ended.signal, 'abort')
      }
    }),
  })
  const { port1, port2 } = new MessageChannel()
  const port = narrowPort(asElectronPort(port2), log)
  new RPCHandler(router, { clientInterceptors: [explainErrors(log)] }).upgrade(port)
  port.start()
  cleanups.push(
    () => port[Symbol.dispose](),
    () => port1.close(),
  )
  const client: ContractRouterClient<typeof contract> = createORPCClient(
    new RPCLink({ port: port1 as never }),
  )
  return { client, page: port1, port, logged, ended: ended.signal }
}

describe('a call through the door', () => {
  it('is answered', async () => {
    expect(await openDoor().client.double({ n: 21 })).toBe(42)
  })

  it('with input that the contract refuses is BAD_REQUEST and reaches nobody', async () => {
    const { client, logged } = openDoor()
    await expect(client.double({ n: 'x' as never })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      status: 400,
    })
    await expect(client.double({ n: 1, extra: 1 } as never)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(logged).toEqual([])
  })

  it('to a procedure that does not exist is NOT_FOUND', async () => {
    const { client } = openDoor()
    const unknown = (client as unknown as Record<string, (input: unknown) => Promise<unknown>>)['nothing']
    await expect(unknown?.({})).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('that hits a bug carries the ref of its log line and nothing of the bug', async () => {
    const { client, logged } = openDoor()
    const error: unknown = await client.crash().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'INTERNAL', defined: true, status: 500, data: { ref: 'ref-1' } })
    expect(JSON.stringify(error)).not.toContain('a bug')
    expect(logged).toEqual([
      { level: 'error', message: 'call failed: TypeError: a bug', fields: { call: 'crash' } },
    ])
  })

  it('whose answer breaks the contract is a bug too', async () => {
    const { client, logged } = openDoor()
    await expect(client.lie()).rejects.toMatchObject({
      code: 'INTERNAL',
      defined: true,
      data: { ref: 'ref-1' },
    })
    expect(logged).toMatchObject([{ level: 'error', fields: { call: 'lie' } }])
  })
})

describe('a stream through the door', () => {
  it('that hits a bug midway ends with the ref of its log line', async () => {
    const { client, logged } = openDoor()
    const got: number[] = []
    const reading = (async () => {
      for await (const n of await client.stream({ crashAt: 2 })) got.push(n)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'INTERNAL', defined: true, data: { ref: 'ref-1' } })
    expect(got).toEqual([0, 1])
    expect(logged).toMatchObject([{ level: 'error', fields: { call: 'stream' } }])
  })

  it('ends in the engine when the door closes its port', async () => {
    const { client, port, ended } = openDoor()
    const stream = await client.stream({ crashAt: -1 })
    expect(await stream.next()).toEqual({ done: false, value: 0 })
    port[Symbol.dispose]()
    expect(ended.aborted).toBe(true)
  })

  it('ends in the engine when the page goes away', async () => {
    const { client, page, ended } = openDoor()
    const stream = await client.stream({ crashAt: -1 })
    expect(await stream.next()).toEqual({ done: false, value: 0 })
    page.close()
    if (!ended.aborted) await once(ended, 'abort')
    expect(ended.aborted).toBe(true)
  })
})

describe('what is no call', () => {
  const request = (over: object) =>
    JSON.stringify({ i: 'a', p: { u: '/double', b: { json: { n: 1 } } }, ...over })

  it.each([
    ['text', 'hello'],
    ['nothing', ''],
    ['another kind of value', { i: 'a', p: { u: '/double' } }],
    ['bytes', new Uint8Array([123, 125])],
    ['a list', '[]'],
    ['null', 'null'],
    ['a foreign address', request({ p: { u: 'https://evil.example/double' } })],
    ['a path that climbs', request({ p: { u: '/../double' } })],
    ['headers of its own', request({ p: { u: '/double', h: { 'content-type': 'multipart/form-data' } } })],
    ['another method', request({ p: { u: '/double', m: 'DELETE' } })],
    ['a stream from the page', request({ t: 3, p: { e: 'message', d: 1 } })],
    ['more fields', request({ extra: 1 })],
    ['no id', request({ i: undefined })],
    ['too much', request({ p: { u: '/double', b: 'x'.repeat(300_000) } })],
  ])('is dropped: %s', (_what, data) => {
    expect(parseWireMessage(data)).toBeNull()
  })

  it('is dropped whatever it is, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.anything()), data => {
        expect(parseWireMessage(data)).toBeNull()
      }),
    )
  })

  it('leaves the port as it was for the next call, and is mentioned a few times only', async () => {
    const { client, page, logged } = openDoor()
    for (let n = 0; n < 50; n += 1) page.postMessage({ garbage: n }, [])
    expect(await client.double({ n: 2 })).toBe(4)
    expect(logged).toEqual(
      Array.from({ length: 5 }, () => ({
        level: 'warn',
        message: 'message dropped at the door',
        fields: { kind: 'object' },
      })),
    )
  })
})
