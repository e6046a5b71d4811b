import { createHash, randomBytes } from 'node:crypto'
import { appendFile, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { descendantsOf, signalProcess } from '../../../e2e/rig/processes'
import type { SshNodeOptions } from '../../../e2e/rig/sshNode'
import { startTcpProxy } from '../../../e2e/rig/tcpProxy'
import { openLocalSession } from './localShell'
import type { NodeSession } from './nodeSession'
import { createRigSessions, optionsFor, targetOf, textAt } from './rigSessions'

const rig = createRigSessions()
afterEach(() => rig.closeAll())

interface Machine {
  readonly session: NodeSession
  readonly folder: string
}

async function overSsh(options: SshNodeOptions): Promise<Machine> {
  const server = await rig.node(options)
  return { session: await rig.connect(optionsFor(server)), folder: server.home }
}

async function thisPc(): Promise<Machine> {
  const { home } = await rig.node()
  const session = await openLocalSession({
    label: 'this-pc',
    stateDir: '~/.drydock',
    library: '',
    handshakeTimeoutMs: 5000,
    environment: { PATH: process.env['PATH'], HOME: home },
  })
  return { session: rig.own(session), folder: home }
}

const MACHINES = [
  ['over SFTP', () => overSsh({ sftp: 'internal' })],
  ['over SFTP in a process of its own', () => overSsh({ sftp: 'external' })],
  ['without SFTP', () => overSsh({ sftp: 'none' })],
  ['behind a login that prints', () => overSsh({ sftp: 'external', bashrc: 'echo hello' })],
  ['on this PC', thisPc],
] as const

describe.each(MACHINES)('files %s', (_name, start) => {
  it('are read from any offset, and are empty at their end', async () => {
    const { session, folder } = await start()
    const path = join(folder, "a file's name; rm -rf *")
    const text = Array.from({ length: 40_000 }, (_, line) => `line ${line}\n`).join('')
    await writeFile(path, text)
    for (const [offset, maxBytes] of [
      [0, 10],
      [7, 100],
      [65_535, 2],
      [65_536, 70_000],
      [131_000, 200_000],
      [text.length - 3, 100],
      [text.length, 100],
      [text.length + 5000, 100],
      [0, 0],
    ] as const) {
      expect(await textAt(session, path, offset, maxBytes)).toBe(text.slice(offset, offset + maxBytes))
    }
  })

  it('give what was appended since the last read', async () => {
    const { session, folder } = await start()
    const path = join(folder, 'out.log')
    await writeFile(path, 'first\n')
    expect(await textAt(session, path, 0, 1000)).toBe('first\n')
    expect(await textAt(session, path, 6, 1000)).toBe('')
    await appendFile(path, 'second\n')
    expect(await textAt(session, path, 6, 1000)).toBe('second\n')
  })

  it('are opened anew at offset 0, so that a replaced file is seen', async () => {
    const { session, folder } = await start()
    const path = join(folder, 'exit')
    await writeFile(path, 'old')
    expect(await textAt(session, path, 0, 1000)).toBe('old')
    await writeFile(`${path}.new`, 'new')
    await rename(`${path}.new`, path)
    expect(await textAt(session, path, 0, 1000)).toBe('new')
  })

  it('are told apart from files that are not there', async () => {
    const { session, folder } = await start()
    await expect(session.shell.readAt(join(folder, 'missing'), 0, 10)).rejects.toMatchObject({
      code: 'not-found',
      message: `There is no file ${join(folder, 'missing')}.`,
    })
    await mkdir(join(folder, 'a folder'))
    await expect(session.shell.readAt(join(folder, 'a folder'), 0, 10)).rejects.toMatchObject({
      code: 'refused',
    })
  })

  it('arrive whole: 64 MB have the hash that they were written with', async () => {
    const { session, folder } = await start()
    const bytes = randomBytes(64_000_000)
    const path = join(folder, 'big')
    await writeFile(path, bytes)
    const hash = createHash('sha256')
    for (let offset = 0; ;) {
      const part = await session.shell.readAt(path, offset, 8 * 1024 * 1024)
      if (part.length === 0) break
      hash.update(part)
      offset += part.length
    }
    expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it('are written whole, for their owner alone, and replace what was there', async () => {
    const { session, folder } = await start()
    const path = join(folder, 'runs', "it's one", 'spec.json')
    const bytes = randomBytes(3_000_000)
    await session.shell.writeFile(path, Buffer.from('before'))
    await session.shell.writeFile(path, bytes)
    expect((await readFile(path)).equals(bytes)).toBe(true)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'runs', "it's one"))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(folder, 'runs', "it's one"))).toEqual(['spec.json'])
    await session.shell.writeFile(path, Buffer.alloc(0))
    expect((await stat(path)).size).toBe(0)
  })

  it('that cannot be written say why', async () => {
    const { session, folder } = await start()
    await writeFile(join(folder, 'file'), '')
    await expect(
      session.shell.writeFile(join(folder, 'file', 'below'), Buffer.from('x')),
    ).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(
        /below cannot be written: .*(Not a directory|File exists|ENOTDIR|EEXIST)/,
      ),
    })
  })
})

describe('a reader that follows a file over SFTP', () => {
  it('keeps the file it began with when that is removed', async () => {
    const { session, folder } = await overSsh({})
    const path = join(folder, 'out.log')
    await writeFile(path, 'first\nsecond\n')
    expect(await textAt(session, path, 0, 6)).toBe('first\n')
    await rm(path)
    expect(await textAt(session, path, 6, 100)).toBe('second\n')
  })

  it('comes back after the SFTP server was killed', async () => {
    const server = await rig.node({ sftp: 'external' })
    const session = await rig.connect(optionsFor(server))
    const path = join(server.home, 'out.log')
    await writeFile(path, 'first\nsecond\n')
    expect(await textAt(session, path, 0, 6)).toBe('first\n')
    const [connection] = server.connections()
    const sftp = descendantsOf(connection?.pid ?? 0).filter(({ name }) => name === 'sftp-server')
    expect(sftp.map(each => signalProcess(each, 'SIGKILL'))).toEqual([true])
    expect(await textAt(session, path, 6, 100)).toBe('second\n')
  })
})

describe('a link that is cut while a file is written', () => {
  it('leaves the old file as it was', async () => {
    const server = await rig.node()
    const proxy = rig.own(await startTcpProxy(server))
    const session = await rig.connect(
      optionsFor(server, { target: { ...targetOf(server), port: proxy.port } }),
    )
    const path = join(server.home, 'spec.json')
    await session.shell.writeFile(path, Buffer.from('old'))
    const write = session.shell.writeFile(path, Buffer.alloc(100_000_000))
    // The kernel tells of no new file here, so this looks.
    while (!(await readdir(server.home)).some(name => name.startsWith('spec.json.part.'))) await nextTurn()
    proxy.cut()
    await expect(write).rejects.toMatchObject({ code: 'unreachable' })
    expect(await readFile(path, 'utf8')).toBe('old')
  })
})
