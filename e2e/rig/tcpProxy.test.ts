import net from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTcpProxy, type TcpProxy } from './tcpProxy'

let server: net.Server
let proxy: TcpProxy
let client: net.Socket
beforeEach(async () => {
  // A cut is a reset for the server too.
  server = net.createServer(socket => socket.on('error', () => {}).pipe(socket))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  proxy = await startTcpProxy({ host: '127.0.0.1', port: (server.address() as net.AddressInfo).port })
  client = net.connect(proxy)
})
afterEach(async () => {
  client.destroy()
  await proxy[Symbol.asyncDispose]()
  await new Promise<void>(resolve => server.close(() => resolve()))
})

/** As many bytes as were asked for. */
function receive(count: number): Promise<Buffer> {
  return new Promise(resolve => {
    let got = Buffer.alloc(0)
    const onData = (bytes: Buffer): void => {
      got = Buffer.concat([got, bytes])
      if (got.length < count) return
      client.off('data', onData)
      resolve(got)
    }
    client.on('data', onData)
  })
}

it('passes bytes on in their order, whatever the delay and its jitter', async () => {
  proxy.setDelay(5, 20)
  const sent = Buffer.from(Array.from({ length: 50_000 }, (_, index) => index % 251))
  const echo = receive(sent.length)
  for (let from = 0; from < sent.length; from += 1000) client.write(sent.subarray(from, from + 1000))
  expect((await echo).equals(sent)).toBe(true)
})

it('holds everything back while it is stalled, and delivers it after', async () => {
  client.write('a')
  await receive(1)
  proxy.stall()
  let isHere = false
  const echo = receive(1).then(bytes => {
    isHere = true
    return bytes
  })
  client.write('b')
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(isHere).toBe(false)
  proxy.heal()
  expect((await echo).toString()).toBe('b')
})

it('cuts with a reset, and lets the next connection in', async () => {
  client.write('a')
  await receive(1)
  const cut = new Promise<Error>(resolve => client.once('error', resolve))
  proxy.cut()
  expect(await cut).toMatchObject({ code: 'ECONNRESET' })
  client = net.connect(proxy)
  client.write('b')
  expect((await receive(1)).toString()).toBe('b')
  expect(proxy.connectionCount()).toBe(2)
})
