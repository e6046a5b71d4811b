import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'vitest'
import { startTcpProxy } from '../../../e2e/rig/tcpProxy'
import { createRigSessions, optionsFor, targetOf } from './rigSessions'
const rig = createRigSessions()
const stat = (name: string, xs: number[]) => {
  xs.sort((a, b) => a - b)
  const q = (p: number) => xs[Math.min(xs.length - 1, Math.floor(p * xs.length))]!.toFixed(2)
  console.log(`${name}: p50 ${q(0.5)} p95 ${q(0.95)} p99 ${q(0.99)} n ${xs.length}`)
}
const time = async (f: () => Promise<unknown>) => {
  const t = performance.now()
  await f()
  return performance.now() - t
}
it('x', async () => {
  for (const [kind, opts] of [
    ['sftp', {}],
    ['no sftp', { sftp: 'none' }],
  ] as const) {
    const server = await rig.node(opts)
    const connects: number[] = []
    let session = await rig.connect(optionsFor(server))
    if (kind === 'sftp')
      for (let i = 0; i < 30; i++) {
        const t = performance.now()
        const s = await rig.connect(optionsFor(server))
        connects.push(performance.now() - t)
        await s[Symbol.asyncDispose]()
      }
    if (connects.length) stat('connect to facts ms', connects)
    const calls: number[] = []
    for (let i = 0; i < 2000; i++)
      calls.push(await time(() => session.shell.call('drydock_echo', ['a', 'b'])))
    stat('call ms', calls)
    const opens: number[] = []
    for (let i = 0; i < 100; i++)
      opens.push(
        await time(async () => {
          const c = await session.shell.open('cat', [])
          c.close()
          await c.closed
        }),
      )
    stat('open+close ms', opens)
    const writes: number[] = []
    for (let i = 0; i < 100; i++)
      writes.push(await time(() => session.shell.writeFile(join(server.home, 'w'), Buffer.from('hello'))))
    stat('writeFile ms', writes)
    await writeFile(join(server.home, 'big'), randomBytes(256 * 1024 * 1024))
    await writeFile(join(server.home, 'small'), randomBytes(1000))
    const reads: number[] = []
    for (let i = 0; i < 300; i++)
      reads.push(await time(() => session.shell.readAt(join(server.home, 'small'), 0, 65536)))
    stat(`${kind} small readAt ms`, reads)
    for (const mb of [1, 4, 16]) {
      const s =
        (await time(async () => {
          for (let at = 0; ;) {
            const b = await session.shell.readAt(join(server.home, 'big'), at, mb * 1048576)
            if (!b.length) break
            at += b.length
          }
        })) / 1000
      console.log(kind, 'bulk', mb, 'MiB per call', (268.4 / s).toFixed(0), 'MB/s')
    }
    const ch = await session.shell.open('cat "$1"', [join(server.home, 'big')])
    const s =
      (await time(async () => {
        for await (const c of ch.output) void c
      })) / 1000
    console.log('channel cat', (268.4 / s).toFixed(0), 'MB/s')
  }
  for (const way of ['kill', 'freeze', 'stall'] as const) {
    const xs: number[] = []
    for (let i = 0; i < 8; i++) {
      const server = await rig.node()
      const proxy = rig.own(await startTcpProxy(server))
      const session = await rig.connect(
        optionsFor(server, { target: { ...targetOf(server), port: proxy.port } }),
      )
      await new Promise(r => setTimeout(r, Math.random() * 2000))
      const t = performance.now()
      if (way === 'kill') void server.kill()
      else if (way === 'freeze') server.freeze()
      else proxy.stall()
      await session.died
      xs.push(performance.now() - t)
      await rig.closeAll()
    }
    stat(`noticed ${way} ms`, xs)
  }
}, 300000)
