import { randomBytes } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { listProcesses, readProcess, waitUntilGone } from '../../../e2e/rig/processes'
import type { SshNode } from '../../../e2e/rig/sshNode'
import type { NodeSession } from './nodeSession'
import type { NodeChannel } from './nodeShell'
import { createRigSessions, optionsFor, textAt } from './rigSessions'

const rig = createRigSessions()
afterEach(() => rig.closeAll())

async function sessionWith(maxSessions: number): Promise<{ session: NodeSession; server: SshNode }> {
  const server = await rig.node({ sshdConfig: [`MaxSessions ${maxSessions}`] })
  return { server, session: await rig.connect(optionsFor(server)) }
}

async function text(channel: NodeChannel): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of channel.output) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

const NOTICE = {
  kind: 'few-sessions',
  message: 'pc2 allows few sessions on a connection, so readings and logs take a slower way.',
  hint: 'Set MaxSessions to 10 in /etc/ssh/sshd_config on pc2, then restart its SSH server.',
}

describe.each([1, 2, 3, 4])('a node that allows %d sessions on a connection', maxSessions => {
  it('runs three scripts at once, writes and reads, and is told about', async () => {
    const { session, server } = await sessionWith(maxSessions)
    let news = 0
    session.onNews(() => (news += 1))
    const script = 'echo "$1"; while read -r line; do echo "<$line>"; done'
    const channels = await Promise.all(
      ["it's", 'two words', '$(x)'].map(word => session.shell.open(script, [word])),
    )
    for (const [index, channel] of channels.entries()) channel.write(`line ${index}\nmore\n`)
    const seen = await Promise.all(
      channels.map(async channel => {
        let said = ''
        for await (const bytes of channel.output) {
          said += Buffer.from(bytes).toString()
          if (said.endsWith('<more>\n')) return said
        }
        return said
      }),
    )
    expect(seen).toEqual([
      "it's\n<line 0>\n<more>\n",
      'two words\n<line 1>\n<more>\n',
      '$(x)\n<line 2>\n<more>\n',
    ])

    const path = join(server.home, 'runs', "it's one", 'spec.json')
    const bytes = randomBytes(100_000)
    await session.shell.writeFile(path, bytes)
    expect((await readFile(path)).equals(bytes)).toBe(true)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(
      Buffer.from(await session.shell.readAt(path, 50_000, 100_000)).equals(bytes.subarray(50_000)),
    ).toBe(true)
    expect(await session.shell.call('drydock_echo', ['b'])).toBe('b')
    expect({ notices: session.notices(), news }).toEqual({ notices: [NOTICE], news: 1 })
  })
})

it('says nothing where there are enough', async () => {
  const { session } = await sessionWith(10)
  const channel = await session.shell.open('cat', [])
  await session.shell.readAt('/etc/os-release', 0, 10)
  channel.close()
  expect(session.notices()).toEqual([])
})

describe('files over the control shell alone', () => {
  it('are read at any offset, several megabytes at once, and are empty at their end', async () => {
    const { session, server } = await sessionWith(1)
    const path = join(server.home, 'big')
    const bytes = randomBytes(5_000_000)
    await writeFile(path, bytes)
    for (const [offset, maxBytes] of [
      [0, 4 * 1024 * 1024],
      [65_535, 3],
      [1_048_577, 2_500_000],
      [4_999_999, 100],
      [5_000_000, 100],
      [6_000_000, 100],
      [0, 0],
    ] as const) {
      const got = Buffer.from(await session.shell.readAt(path, offset, maxBytes))
      expect(got.equals(bytes.subarray(offset, offset + maxBytes))).toBe(true)
    }
  })

  it('tell what cannot be read or written', async () => {
    const { session, server } = await sessionWith(1)
    await writeFile(join(server.home, 'file'), '')
    await expect(textAt(session, join(server.home, 'missing'), 0, 10)).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(textAt(session, server.home, 0, 10)).rejects.toMatchObject({ code: 'refused' })
    await expect(
      session.shell.writeFile(join(server.home, 'file', 'below'), Buffer.from('x')),
    ).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('below cannot be written: '),
    })
    await session.shell.writeFile(join(server.home, 'empty'), Buffer.alloc(0))
    expect((await stat(join(server.home, 'empty'))).size).toBe(0)
  })
})

describe('a script in the background of the control shell', () => {
  it('gives its whole output, then its exit code, and leaves nothing behind', async () => {
    const { session, server } = await sessionWith(1)
    const channel = await session.shell.open('head -c 300000 /dev/zero | tr "\\0" x; echo; exit 5', [])
    expect(await text(channel)).toBe(`${'x'.repeat(300_000)}\n`)
    expect(await channel.closed).toBe(5)
    await vi.waitFor(async () => expect(await readdir(join(server.home, '.drydock', 'channels'))).toEqual([]))
  })

  it('keeps its folder to its owner', async () => {
    const { session, server } = await sessionWith(1)
    await session.shell.open('cat', [])
    const folder = join(server.home, '.drydock', 'channels')
    const [name = ''] = await readdir(folder)
    const modes = await Promise.all(
      [folder, join(folder, name), join(folder, name, 'in'), join(folder, name, 'out')].map(
        async path => (await stat(path)).mode & 0o777,
      ),
    )
    expect(modes).toEqual([0o700, 0o700, 0o600, 0o600])
  })

  it('takes its processes along when it is closed', async () => {
    const { session } = await sessionWith(1)
    const channel = await session.shell.open('sleep 1000 & sleep 1000 & echo $!; wait', [])
    const output = channel.output[Symbol.asyncIterator]()
    const background = readProcess(Number(Buffer.from((await output.next()).value ?? '').toString()))
    const shell = background && readProcess(background.parentPid)
    if (background === null || shell === null) throw new Error('the script did not start')
    channel.close()
    expect(await channel.closed).toBe(143)
    await waitUntilGone([background, shell])
  })

  it('ends with its link, which can tell it nothing, and so does its folder', async () => {
    const { session, server } = await sessionWith(1)
    const channel = await session.shell.open('echo $$; while read -r line; do :; done', [])
    const output = channel.output[Symbol.asyncIterator]()
    const script = readProcess(Number(Buffer.from((await output.next()).value ?? '').toString()))
    if (script === null) throw new Error('the script did not start')
    await server.kill()
    expect(await channel.closed).toBe(null)
    expect(await output.next()).toEqual({ done: true, value: undefined })
    await waitUntilGone([script], 20_000)
    await vi.waitFor(
      async () => expect(await readdir(join(server.home, '.drydock', 'channels'))).toEqual([]),
      {
        timeout: 20_000,
      },
    )
    expect(listProcesses().filter(each => each.parentPid === script.pid)).toEqual([])
  })
})
