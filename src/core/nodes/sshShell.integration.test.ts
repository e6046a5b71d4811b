import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { waitUntilGone } from '../../../e2e/rig/processes'
import { startSshAgent } from '../../../e2e/rig/sshAgent'
import { createSshKey, type SshKey } from '../../../e2e/rig/sshKeys'
import { startTcpProxy } from '../../../e2e/rig/tcpProxy'
import { AppError } from '../kernel/appError'
import type { OfferedKey } from './knownHosts'
import { createRigSessions, optionsFor, targetOf, textAt } from './rigSessions'
import { connectSsh, type SshOptions } from './sshShell'

const run = promisify(execFile)
const rig = createRigSessions()
afterEach(() => rig.closeAll())
const { node, connect } = rig

async function startAgent(folder: string, keys: readonly SshKey[]): Promise<string> {
  return rig.own(await startSshAgent(folder, keys)).socket
}

describe('a session over SSH', () => {
  it('logs in with the configured key and keeps HOME and PATH of the login', async () => {
    const server = await node({ gpu: true })
    const session = await connect(optionsFor(server))
    expect(await session.shell.call('drydock_where', [])).toBe(
      `${server.home}\n${server.binFolder}/nvidia-smi\nC UTC\n`,
    )
    const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    expect(session.facts).toEqual({ home: server.home, stateDir: join(server.home, '.drydock'), bootId })
    expect((await stat(session.facts.stateDir)).mode & 0o777).toBe(0o700)
  })

  it('answers a thousand calls in the order in which they were made', async () => {
    const session = await connect(optionsFor(await node()))
    const words = Array.from({ length: 1000 }, (_, index) => `call ${index}`)
    expect(await Promise.all(words.map(word => session.shell.call('drydock_echo', [word])))).toEqual(words)
  })

  it('leaves no small packet waiting: TCP_NODELAY is set on its socket', async context => {
    const server = await node()
    await connect(optionsFor(server))
    const script = fileURLToPath(new URL('../../../e2e/rig/tcpNoDelay.py', import.meta.url))
    const asked = await run('python3', [script, String(process.pid), String(server.port)]).catch(
      (error: Error & { stderr?: string }) => error.stderr ?? error.message,
    )
    if (typeof asked === 'string') context.skip(`the kernel was not asked: ${asked}`)
    else expect(asked.stdout).toBe('1\n')
  })

  it('ends every process and connection of its own when it is closed', async () => {
    const server = await node()
    const session = await connect(optionsFor(server))
    await session.shell.open('cat', [])
    const own = server.connections()
    await session[Symbol.asyncDispose]()
    await waitUntilGone(own)
    expect(server.connections()).toEqual([])
  })

  it('gives up an attempt that is aborted', async () => {
    const server = await node()
    await using proxy = await startTcpProxy(server)
    proxy.stall()
    const giveUp = new AbortController()
    const options = optionsFor(server)
    const attempt = connectSsh({ ...options, target: { ...options.target, port: proxy.port } }, giveUp.signal)
    giveUp.abort(new Error('enough'))
    await expect(attempt).rejects.toThrow('enough')
  })
})

describe('a login whose start-up files misbehave', () => {
  it('skips what they print', async () => {
    const server = await node({ sftp: 'external', bashrc: 'echo Welcome; echo "$0"; printf "no newline"' })
    const session = await connect(optionsFor(server))
    await writeFile(join(server.home, 'file'), 'content')
    expect(await session.shell.call('drydock_echo', ['a'])).toBe('a')
    expect(await textAt(session, join(server.home, 'file'), 0, 100)).toBe('content')
  })

  it('names them when they put another program in place of the shell', async () => {
    const server = await node({ bashrc: 'echo Welcome; exec cat' })
    await expect(connect(optionsFor(server, { handshakeTimeoutMs: 500 }))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(
        /^The login on pc2 gave no POSIX shell: it did not answer in 0.5 s\. It printed: Welcome/,
      ),
      hint: expect.stringContaining('~/.bashrc'),
    })
  })

  it('names them when they end the login', async () => {
    const server = await node({ bashrc: 'echo "This account is closed." >&2; exit 3' })
    await expect(connect(optionsFor(server))).rejects.toMatchObject({
      code: 'blocked',
      message:
        'The login on pc2 gave no POSIX shell: it ended with code 3. It printed: This account is closed.',
    })
  })

  it('works behind every login shell that can start another program', async () => {
    const server = await node({ sshdConfig: ['ForceCommand busybox ash -c "$SSH_ORIGINAL_COMMAND"'] })
    const session = await connect(optionsFor(server))
    expect(await session.shell.call('drydock_echo', ["it's"])).toBe("it's")
  })

  it('says so when the state folder cannot be made', async () => {
    const server = await node()
    await writeFile(join(server.home, '.drydock'), 'a file is in the way')
    await expect(connect(optionsFor(server))).rejects.toMatchObject({
      code: 'blocked',
      message: `pc2: The state folder ${join(server.home, '.drydock')} cannot be made: File exists.`,
    })
    await expect(connect(optionsFor(server, { stateDir: 'drydock' }))).rejects.toMatchObject({
      message: 'pc2: The state folder "drydock" must begin with / or ~/.',
    })
  })
})

describe('the login', () => {
  it('does not begin before the host key is accepted', async () => {
    const server = await node()
    const seen: OfferedKey[] = []
    const refusal = new AppError('blocked', 'not this one')
    const verifyHost = (key: OfferedKey): AppError => {
      seen.push(key)
      return refusal
    }
    await expect(connect(optionsFor(server, { verifyHost }))).rejects.toBe(refusal)
    expect(seen).toMatchObject([{ type: 'ssh-ed25519', fingerprint: server.hostKey().fingerprint }])
    await server.waitForLog(/Connection (closed|reset) by|Disconnected from|Received disconnect|fatal:/)
    expect(server.log()).not.toMatch(/userauth-request/)

    const from = server.log().length
    await connect(optionsFor(server))
    expect(server.log().slice(from)).toMatch(/userauth-request/)
  })

  it('asks for the kind of key that is known', async () => {
    const server = await node({ hostKeyKind: 'rsa' })
    const rsa: string[] = []
    const both = await node({ sshdConfig: [`HostKey ${server.hostKey().path}`] })
    await connect(
      optionsFor(both, {
        knownKeyTypes: ['ssh-rsa'],
        verifyHost: key => {
          rsa.push(key.fingerprint)
          return null
        },
      }),
    )
    expect(rsa).toEqual([server.hostKey().fingerprint])
  })

  it('offers the keys of the agent when none is configured', async () => {
    const server = await node()
    const agent = await startAgent(server.home, [server.clientKey])
    await connect(
      optionsFor(server, { agentSocket: agent, target: { ...targetOf(server), identityFiles: null } }),
    )
    expect(server.log()).toMatch(/Accepted publickey/)
  })

  it('offers the usual key files when the agent has none', async () => {
    const server = await node()
    const agent = await startAgent(server.home, [])
    await mkdir(join(server.home, '.ssh'))
    await rename(server.clientKey.path, join(server.home, '.ssh', 'id_ed25519'))
    await connect(
      optionsFor(server, { agentSocket: agent, target: { ...targetOf(server), identityFiles: null } }),
    )
    expect(server.log()).toMatch(/Accepted publickey/)
  })

  it('takes an encrypted key from the agent, and no other of the agent’s keys', async () => {
    const keyServer = await node()
    const key = await createSshKey(join(keyServer.home, 'locked'))
    const others = await Promise.all(
      Array.from({ length: 7 }, (_, index) => createSshKey(join(keyServer.home, `other${index}`))),
    )
    // Seven wrong keys would be more than sshd's MaxAuthTries.
    const agent = await startAgent(keyServer.home, [...others, key])
    await run('ssh-keygen', ['-p', '-q', '-P', '', '-N', 'secret', '-f', key.path])
    const server = await node({ clientKey: key })
    const options = optionsFor(server)
    await expect(connect(options)).rejects.toMatchObject({
      reason: {
        kind: 'passphrase',
        path: key.path,
        message: `${server.user}@127.0.0.1 wants the key ${key.path}, which has a passphrase.`,
        hint: expect.stringContaining(`ssh-add ${key.path}`),
      },
    })
    await connect({ ...options, agentSocket: agent })
    expect(server.log().match(/Failed publickey/g)).toBe(null)
  })

  it('blocks when the server refuses the key, and says how to install it', async () => {
    const server = await node()
    const other = await createSshKey(join(server.home, 'other'))
    const target = { ...targetOf(server), identityFiles: [other.path] }
    await expect(connect(optionsFor(server, { target }))).rejects.toMatchObject({
      code: 'blocked',
      reason: {
        kind: 'auth',
        message: `${server.user}@127.0.0.1 refused the key: ${other.path}.`,
        hint: `Check the user, or install it with: ssh-copy-id -i ${other.path}.pub -p ${server.port} ${server.user}@127.0.0.1`,
      },
    })
  })

  it('blocks on key files that are missing, no key, or not there at all', async () => {
    const server = await node()
    const broken = join(server.home, 'broken')
    await writeFile(broken, 'no key at all')
    const blockedOn = async (identityFiles: string[] | null): Promise<unknown> => {
      const attempt = connect(optionsFor(server, { target: { ...targetOf(server), identityFiles } }))
      return attempt.catch((error: unknown) => (error instanceof AppError ? error.message : error))
    }
    expect(await blockedOn([join(server.home, 'missing')])).toBe(
      `There is no readable key file ${join(server.home, 'missing')}.`,
    )
    expect(await blockedOn([broken])).toBe(`${broken} is not a private key that Drydock can read.`)
    expect(await blockedOn(null)).toBe(`There is no key to log in to ${server.user}@127.0.0.1 with.`)
  })
})

describe('an address without an SSH server', () => {
  const server = async (onConnection: (socket: net.Socket) => void): Promise<number> => {
    const listening = net.createServer(onConnection)
    await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', resolve))
    rig.own({ [Symbol.asyncDispose]: async () => void listening.close() })
    return (listening.address() as net.AddressInfo).port
  }
  const failureAt = async (host: string, port: number): Promise<unknown> => {
    const folder = await mkdtemp(join(tmpdir(), 'drydock-no-server-'))
    rig.own({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) })
    const { path } = await createSshKey(join(folder, 'key'))
    const options: SshOptions = {
      label: 'pc2',
      stateDir: '~/.drydock',
      library: '',
      handshakeTimeoutMs: 500,
      readyTimeoutMs: 500,
      userHome: folder,
      agentSocket: null,
      knownKeyTypes: [],
      verifyHost: () => null,
      target: { host, port, user: 'w1', identityFiles: [path] },
    }
    return connectSsh(options, new AbortController().signal).catch((error: unknown) =>
      error instanceof AppError ? [error.code, error.message] : error,
    )
  }

  it('is told from every other failure', async () => {
    const closedPort = await server(() => {})
    await rig.closeAll()
    expect(await failureAt('127.0.0.1', closedPort)).toEqual([
      'unreachable',
      `No SSH server answers on 127.0.0.1:${closedPort}.`,
    ])
    expect(await failureAt('no-such-host.invalid', 22)).toEqual([
      'unreachable',
      'The name no-such-host.invalid cannot be resolved.',
    ])
    const silent = await server(() => {})
    expect(await failureAt('127.0.0.1', silent)).toEqual([
      'unreachable',
      `127.0.0.1:${silent} did not answer in time.`,
    ])
    const hangUp = await server(socket => socket.end())
    expect(await failureAt('127.0.0.1', hangUp)).toEqual([
      'unreachable',
      `127.0.0.1:${hangUp} closed the connection before the login.`,
    ])
    const http = await server(socket => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'))
    expect(await failureAt('127.0.0.1', http)).toEqual([
      'unreachable',
      `127.0.0.1:${http} closed the connection before the login.`,
    ])
    const old = await server(socket => socket.write('SSH-1.5-ancient\r\n'))
    expect(await failureAt('127.0.0.1', old)).toMatchObject([
      'unreachable',
      expect.stringContaining('did not speak SSH'),
    ])
  })
})
