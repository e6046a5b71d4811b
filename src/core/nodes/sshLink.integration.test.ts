import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { listProcesses, readProcess, waitUntilGone } from '../../../e2e/rig/processes'
import type { SshNode } from '../../../e2e/rig/sshNode'
import { startTcpProxy, type TcpProxy } from '../../../e2e/rig/tcpProxy'
import type { NodeChannel } from './nodeShell'
import type { NodeSession } from './nodeSession'
import { createRigSessions, optionsFor, targetOf, textAt } from './rigSessions'

const rig = createRigSessions()
afterEach(() => rig.closeAll())

async function through(
  server: SshNode,
): Promise<{ readonly proxy: TcpProxy; readonly session: NodeSession }> {
  const proxy = rig.own(await startTcpProxy(server))
  const target = { ...targetOf(server), port: proxy.port }
  return { proxy, session: await rig.connect(optionsFor(server, { target })) }
}

describe('a link that dies', () => {
  const ways = [
    ['is cut', async (server: SshNode) => server.kill()],
    ['goes to a machine that hangs', async (server: SshNode) => server.freeze()],
  ] as const

  it.each(ways)('%s: calls and channels end, and the death is told', async (_way, end) => {
    const server = await rig.node()
    const session = await rig.connect(optionsFor(server))
    const channel = await session.shell.open('cat', [])
    const [call] = await Promise.allSettled([session.shell.call('drydock_wait', []), end(server)])
    expect(call).toMatchObject({ status: 'rejected', reason: { code: 'unreachable' } })
    expect(await channel.closed).toBe(null)
    expect(await all(channel)).toBe('')
    expect(await session.died).toMatchObject({ code: 'unreachable' })
    await expect(session.shell.open('cat', [])).rejects.toMatchObject({ code: 'unreachable' })
    await expect(session.shell.call('drydock_echo', [])).rejects.toMatchObject({ code: 'unreachable' })
    await expect(session.shell.readAt('/etc/os-release', 0, 10)).rejects.toMatchObject({
      code: 'unreachable',
    })
    await expect(session.shell.writeFile('/tmp/never', Buffer.from('x'))).rejects.toMatchObject({
      code: 'unreachable',
    })
  })

  it('in a black hole is noticed by its silence', async () => {
    const server = await rig.node()
    const { proxy, session } = await through(server)
    proxy.stall()
    expect(await session.died).toMatchObject({
      message: expect.stringMatching(/^No sign of life from 127\.0\.0\.1:\d+ for 2\.[4-9] s\.$/),
    })
  })
})

describe('a link that is merely slow', () => {
  it('is not taken for dead, with jitter and full of data', async () => {
    const server = await rig.node()
    const { proxy, session } = await through(server)
    proxy.setDelay(100, 200)
    await writeFile(join(server.home, 'big'), Buffer.alloc(12_000_000))
    let isDead = false
    void session.died.then(() => (isDead = true))
    // Longer than the silence that would end it; nothing can be awaited that does not happen.
    const [bytes] = await Promise.all([
      session.shell.readAt(join(server.home, 'big'), 0, 12_000_000),
      sleep(4000),
    ])
    expect({ length: bytes.length, isDead }).toEqual({ length: 12_000_000, isDead: false })
  })
})

describe('a link that changes its keys on the way', () => {
  it('goes on, and checks the host again', async () => {
    const server = await rig.node({ sshdConfig: ['RekeyLimit 1M'] })
    let checks = 0
    const session = await rig.connect(
      optionsFor(server, {
        verifyHost: () => {
          checks += 1
          return null
        },
      }),
    )
    await writeFile(join(server.home, 'big'), Buffer.alloc(8_000_000))
    const [bytes, answer] = await Promise.all([
      session.shell.readAt(join(server.home, 'big'), 0, 8_000_000),
      session.shell.call('drydock_echo', ['a']),
    ])
    expect({ length: bytes.length, answer }).toEqual({ length: 8_000_000, answer: 'a' })
    expect(checks).toBeGreaterThan(1)
  })
})

describe('a node that allows few sessions on a connection', () => {
  it('cannot be used when it allows none', async () => {
    const server = await rig.node({ sshdConfig: ['MaxSessions 0'] })
    await expect(rig.connect(optionsFor(server))).rejects.toMatchObject({ code: 'refused' })
  })

  it('gives a closed channel’s place to the next', async () => {
    const session = await rig.connect(optionsFor(await rig.node({ sshdConfig: ['MaxSessions 2'] })))
    for (let count = 0; count < 20; count += 1) {
      const channel = await session.shell.open('printf "%s" "$1"; cat', [String(count)])
      const output = channel.output[Symbol.asyncIterator]()
      expect(String(Buffer.from((await output.next()).value ?? ''))).toBe(String(count))
      channel.close()
      await channel.closed
    }
  })
})

describe('a channel', () => {
  it('gives the output whole, then its exit code, and drains the rest', async () => {
    const session = await rig.connect(optionsFor(await rig.node()))
    const script = 'head -c 5000000 /dev/zero >&2; head -c 5000000 /dev/zero | tr "\\0" x; exit 5'
    const channel = await session.shell.open(script, [])
    expect((await all(channel)).length).toBe(5_000_000)
    expect(await channel.closed).toBe(5)
  })

  it('holds its process back while nobody reads', async () => {
    const server = await rig.node()
    const session = await rig.connect(optionsFor(server))
    const script =
      'n=0; while [ $n -lt 400 ]; do head -c 65536 /dev/zero; n=$((n + 1)); echo $n >"$1.new"; mv "$1.new" "$1"; done'
    const file = join(server.home, 'written')
    const channel = await session.shell.open(script, [file])
    const written = async (): Promise<number> => Number(await readFile(file, 'utf8').catch(() => '0'))
    let before = -1
    while ((await written()) !== before || before <= 0) {
      before = await written()
      await sleep(200)
    }
    // The channel's window, both ends' buffers and the pipe: far from the 400 blocks (25 MiB) that it has.
    expect(before).toBeLessThan(160)
    expect((await all(channel)).length).toBe(400 * 65_536)
    expect(await channel.closed).toBe(0)
  })

  it('takes its processes along when it is closed, even those that never read', async () => {
    const session = await rig.connect(optionsFor(await rig.node()))
    const channel = await session.shell.open('sleep 1000 & sleep 1000 & echo $!; wait', [])
    const output = channel.output[Symbol.asyncIterator]()
    const background = readProcess(Number(Buffer.from((await output.next()).value ?? '').toString()))
    const shell = background && readProcess(background.parentPid)
    if (background === null || shell === null) throw new Error('the script did not start')
    const group = listProcesses().filter(each => each.parentPid === shell.pid)
    channel.close()
    await channel.closed
    await waitUntilGone([background, shell, ...group])
    expect(group).toHaveLength(2)
  })

  it('never runs as commands what its script left unread', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'drydock-unread-'))
    rig.own({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) })
    const session = await rig.connect(optionsFor(await rig.node()))
    const channel = await session.shell.open('read -r line; echo "$line"', [])
    channel.write(`first\necho broken >${folder}/file\n`)
    expect(await all(channel)).toBe('first\n')
    expect(await channel.closed).toBe(0)
    await expect(textAt(session, `${folder}/file`, 0, 10)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('can be opened and closed a hundred times without leaving anything behind', async () => {
    const server = await rig.node()
    const session = await rig.connect(optionsFor(server))
    for (let count = 0; count < 100; count += 1) {
      const channel = await session.shell.open('cat', [])
      channel.close()
      channel.close()
      channel.write('too late')
      await channel.closed
    }
    await nextTurn()
    const shells = server
      .connections()
      .flatMap(({ pid }) => listProcesses().filter(each => each.parentPid === pid))
    expect(shells.filter(({ name }) => name === 'sh' || name === 'cat')).toHaveLength(1)
  })
})

async function all(channel: NodeChannel): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of channel.output) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}
