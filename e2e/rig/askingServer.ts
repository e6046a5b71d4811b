import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import type { AuthContext, Connection } from 'ssh2'
import { createSshKey, type SshKey } from './sshKeys'

/** How a login went on: what was tried, in order, e.g. `none`, `publickey`, `password hunter2`, `answers 123456`. */
export interface AskingServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly hostKey: SshKey
  readonly home: string
  /** One list a connection, the oldest first. */
  readonly logins: readonly (readonly string[])[]
  /** Ends every connection, as a server does whose patience is over. Done when all are closed. */
  hangUp(): Promise<void>
}

interface AskingOptions {
  /** What it says that it takes, before anything was taken. */
  readonly methods: readonly string[]
  /** What it wants after a key; none when the key is enough. */
  readonly afterKey?: readonly string[]
  /** The rounds of questions, with the answers that are right. */
  readonly rounds?: readonly {
    readonly prompts: readonly { readonly prompt: string; readonly echo: boolean }[]
    readonly answers: readonly string[]
  }[]
  readonly password?: string
  /** Demands another password instead of letting in. */
  readonly isPasswordExpired?: boolean
  readonly acceptsKey?: (key: Buffer) => boolean
}

/**
 * An SSH server of the test's own, for logins that need PAM modules with OpenSSH. Whoever gets in gets a real `sh`.
 */
export async function startAskingServer(options: AskingOptions): Promise<AskingServer> {
  const home = await mkdtemp(join(tmpdir(), 'drydock-asking-'))
  const hostKey = await createSshKey(join(home, 'host_key'))
  const logins: string[][] = []
  const open = new Set<Connection>()
  const server = new ssh2.Server({ hostKeys: [readFileSync(hostKey.path)] }, connection => {
    const login: string[] = []
    logins.push(login)
    open.add(connection)
    connection.on('close', () => void open.delete(connection))
    connection.on('error', () => {})
    serveLogin(connection, options, login)
    connection.on('ready', () => serveShells(connection, home))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { port } = address
  const hangUp = async (): Promise<void> => {
    const closed = [...open].map(
      connection => new Promise<void>(resolve => void connection.on('close', () => resolve())),
    )
    for (const connection of open) connection.end()
    await Promise.all(closed)
  }
  return {
    host: '127.0.0.1',
    port,
    hostKey,
    home,
    logins,
    hangUp,
    async [Symbol.asyncDispose]() {
      await hangUp()
      await new Promise<void>(resolve => server.close(() => resolve()))
      await rm(home, { recursive: true, force: true })
    },
  }
}

function serveLogin(connection: Connection, options: AskingOptions, login: string[]): void {
  let methods = [...options.methods]
  const refuse = (context: AuthContext, isPartial = false): void =>
    context.reject(methods as AuthContext['method'][], isPartial)

  connection.on('authentication', context => {
    if (!methods.includes(context.method)) {
      login.push(context.method)
      return refuse(context)
    }
    if (context.method === 'publickey') {
      const isRight = options.acceptsKey?.(context.key.data) ?? false
      login.push(`${context.method}${context.signature === undefined ? '?' : ''}`)
      if (!isRight) return refuse(context)
      if (context.signature === undefined || options.afterKey === undefined) return context.accept()
      methods = [...options.afterKey]
      return refuse(context, true)
    }
    if (context.method === 'password') {
      login.push(`password ${context.password}`)
      if (context.password !== options.password) return refuse(context)
      if (options.isPasswordExpired !== true) return context.accept()
      return context.requestChange('Your password has expired.', () => refuse(context))
    }
    if (context.method === 'keyboard-interactive') ask(0, context)
  })

  function ask(number: number, context: Extract<AuthContext, { method: 'keyboard-interactive' }>): void {
    const round = options.rounds?.[number]
    if (round === undefined) return context.accept()
    login.push('asked')
    context.prompt([...round.prompts], answers => {
      login.push(`answers ${answers.join(' ')}`)
      if (answers.join('\n') === round.answers.join('\n')) ask(number + 1, context)
      else refuse(context)
    })
  }
}

function serveShells(connection: Connection, home: string): void {
  connection.on('session', accept => {
    const session = accept()
    session.on('exec', (acceptExec, _reject, { command }) => {
      const channel = acceptExec()
      const child = spawn('/bin/sh', ['-c', command], {
        cwd: home,
        detached: true,
        env: { HOME: home, PATH: '/usr/local/bin:/usr/bin:/bin' },
      })
      channel.pipe(child.stdin)
      child.stdin.on('error', () => {})
      child.stdout.pipe(channel, { end: false })
      child.stderr.pipe(channel.stderr, { end: false })
      child.on('close', code => {
        channel.exit(code ?? 1)
        channel.end()
      })
      channel.on('close', () => child.stdin.end())
    })
  })
}
