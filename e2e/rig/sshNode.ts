import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { readFileSync, watch } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { descendantsOf, readProcess, signalProcess, waitUntilGone, type ProcessIdentity } from './processes'
import { createSshKey, type KeyKind, type SshKey } from './sshKeys'
import { installStubGpu, type StubCard, type StubGpu } from './stubGpu'

export interface SshNodeOptions {
  /** A loopback address, so that nodes can be told apart; 127.0.0.1 unless given. */
  readonly address?: string
  /** A stub GPU on the node's PATH; `true` is one RTX 3070. */
  readonly gpu?: boolean | readonly StubCard[]
  /** Lines for sshd_config, read before those of the rig, so that they win. */
  readonly sshdConfig?: readonly string[]
  readonly sftp?: 'internal' | 'external' | 'none'
  readonly hostKeyKind?: KeyKind
  /** Keys that may log in. A new one is made when none is given. */
  readonly clientKey?: SshKey
  /** `~/.bashrc` of the node. */
  readonly bashrc?: string
  /** A key to begin with, for a node that was cloned from another one; a new one is made when none is given. */
  readonly hostKey?: SshKey
  /** What this node says it is, instead of what this machine is. Needs root: see `canBeOtherMachine`. */
  readonly machine?: { readonly id: string; readonly bootId: string }
  /** Environment of every login, beside HOME and PATH. */
  readonly environment?: Readonly<Record<string, string>>
}

/** A real OpenSSH server with a home and a PATH of its own, on this machine and for this user. */
export interface SshNode extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly home: string
  /** First on the node's PATH; programs put here are found by it alone. */
  readonly binFolder: string
  readonly clientKey: SshKey
  readonly hostKey: () => SshKey
  readonly gpu: StubGpu | null
  /** What `known_hosts` needs to know this node. */
  readonly knownHostsLine: () => string
  /** All that sshd logged so far (level DEBUG1). */
  readonly log: () => string
  /** Until a line that matches was logged after the first `from` characters. */
  waitForLog(pattern: RegExp, from?: number): Promise<void>
  /** sshd's processes for connections that are under way or logged in. */
  readonly connections: () => readonly ProcessIdentity[]
  /** Ends the server and its connections at once, as a crash or a power cut does; what they started lives on. */
  kill(): Promise<void>
  /** Starts it again: same port, same key. */
  start(): Promise<void>
  /** Stops server and connections without ending them: a machine that hangs. */
  freeze(): void
  thaw(): void
  /** Ends the server and starts it again with another key. */
  changeHostKey(kind?: KeyKind): Promise<void>
}

/** Needs Debian's openssh-server and openssh-client. Works as root and as an ordinary user. */
export async function startSshNode(options: SshNodeOptions = {}): Promise<SshNode> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-node-'))
  const home = join(folder, 'home')
  const binFolder = join(folder, 'bin')
  const host = options.address ?? '127.0.0.1'
  await mkdir(home)
  await mkdir(binFolder)
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })

  const clientKey = options.clientKey ?? (await createSshKey(join(folder, 'client_key')))
  let hostKey = await hostKeyOf(join(folder, 'host_key'), options)
  const cards = options.gpu === undefined || options.gpu === false ? null : options.gpu
  const gpu = cards === null ? null : await installStubGpu(binFolder, cards === true ? undefined : cards)
  if (options.bashrc !== undefined) await writeFile(join(home, '.bashrc'), options.bashrc)

  const port = await freePort(host)
  await writeFile(join(folder, 'authorized_keys'), authorizedKeys(clientKey, home, binFolder, options))
  await writeFile(join(folder, 'sshd_config'), serverConfig(folder, host, port, options))
  await writeFile(join(folder, 'sshd.log'), '')
  const asMachine = options.machine === undefined ? [] : await otherMachine(folder, options.machine)
  const server = createServer(join(folder, 'sshd_config'), join(folder, 'sshd.log'), asMachine)
  try {
    await server.start()
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }

  return {
    host,
    port,
    user: userInfo().username,
    home,
    binFolder,
    clientKey,
    gpu,
    hostKey: () => hostKey,
    knownHostsLine: () => `[${host}]:${port} ${hostKey.publicKey}\n`,
    log: server.log,
    waitForLog: (pattern, from = 0) => server.waitForLog(pattern, from),
    connections: () => server.connections(),
    kill: server.kill,
    start: server.start,
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    async changeHostKey(kind = 'ed25519') {
      await server.kill()
      hostKey = await createSshKey(hostKey.path, { kind })
      await server.start()
    },
    async [Symbol.asyncDispose]() {
      server.thaw()
      await server.kill()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Whether a node of the rig can be given a machine-id of its own here: it takes a mount namespace. */
export function canBeOtherMachine(): boolean {
  return spawnSync('unshare', ['-m', 'true']).status === 0
}

/** What a program is started by to see another machine-id and boot id than this machine's. It keeps its pid. */
async function otherMachine(
  folder: string,
  { id, bootId }: NonNullable<SshNodeOptions['machine']>,
): Promise<readonly string[]> {
  const files = { 'machine-id': id, 'boot-id': bootId }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), `${text}\n`)
  const script =
    'mount --bind "$1/machine-id" /etc/machine-id && mount --bind "$1/boot-id" /proc/sys/kernel/random/boot_id && ' +
    'shift && exec "$@"'
  return ['unshare', '-m', 'sh', '-c', script, 'sh', folder]
}

async function hostKeyOf(path: string, { hostKey, hostKeyKind }: SshNodeOptions): Promise<SshKey> {
  if (hostKey === undefined) return createSshKey(path, { kind: hostKeyKind ?? 'ed25519' })
  await copyFile(hostKey.path, path)
  return { ...hostKey, path }
}

/** The daemon as a child of this process, and its connections, each known by pid and start time. */
function createServer(configFile: string, logFile: string, asMachine: readonly string[]) {
  let child: ChildProcess | null = null
  let daemon: ProcessIdentity | null = null
  let frozen: readonly ProcessIdentity[] = []

  // Only sshd's own processes: what a connection started is the node's, not the server's.
  function connections(): readonly ProcessIdentity[] {
    const below = daemon === null ? [] : descendantsOf(daemon.pid)
    return below.filter(({ name, state }) => name.startsWith('sshd') && state !== 'Z')
  }

  const log = (): string => readFileSync(logFile, 'utf8').replaceAll('\r', '')

  function waitForLog(pattern: RegExp, from: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const look = (): void => {
        if (!pattern.test(log().slice(from))) return
        watcher.close()
        resolve()
      }
      const watcher = watch(logFile, signal === undefined ? {} : { signal }, look)
      look()
    })
  }

  async function start(): Promise<void> {
    if (child !== null) return
    const from = log().length
    const options = { stdio: 'ignore', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } } as const
    // Not `-e`: what sshd logs would then go to the standard error of every session too.
    const [command, ...args] = [...asMachine, '/usr/sbin/sshd', '-D', '-E', logFile, '-f', configFile]
    const started = spawn(command, args, options)
    const stop = new AbortController()
    try {
      await new Promise<void>((resolve, reject) => {
        started.once('error', reject)
        started.once('exit', code => reject(new Error(`sshd ended with ${code}: ${log().slice(from)}`)))
        void waitForLog(/Server listening on/, from, stop.signal).then(resolve)
      })
    } finally {
      stop.abort()
    }
    child = started
    daemon = started.pid === undefined ? null : readProcess(started.pid)
  }

  async function kill(): Promise<void> {
    if (child === null || daemon === null) return
    const exited = new Promise<void>(resolve => {
      if (child?.exitCode !== null || child.signalCode !== null) resolve()
      else child.once('exit', () => resolve())
    })
    // Stopped first, so that it cannot let in a connection that is then missed.
    signalProcess(daemon, 'SIGSTOP')
    const all = [daemon, ...connections()]
    for (const each of all) signalProcess(each, 'SIGKILL')
    await exited
    await waitUntilGone(all)
    child = null
    daemon = null
    frozen = []
  }

  return {
    start,
    kill,
    connections,
    waitForLog,
    log,
    freeze(): void {
      frozen = daemon === null ? [] : [daemon, ...connections()]
      for (const each of frozen) signalProcess(each, 'SIGSTOP')
    },
    thaw(): void {
      for (const each of frozen) signalProcess(each, 'SIGCONT')
      frozen = []
    },
  }
}

function authorizedKeys(key: SshKey, home: string, binFolder: string, options: SshNodeOptions): string {
  const environment = {
    HOME: home,
    PATH: `${binFolder}:/usr/local/bin:/usr/bin:/bin`,
    ...options.environment,
  }
  const words = Object.entries(environment).map(([name, value]) => `environment="${name}=${value}"`)
  return `${words.join(',')} ${key.publicKey}\n`
}

function serverConfig(folder: string, host: string, port: number, options: SshNodeOptions): string {
  const sftp = {
    internal: ['Subsystem sftp internal-sftp'],
    external: ['Subsystem sftp /usr/lib/openssh/sftp-server'],
    none: [],
  }[options.sftp ?? 'internal']
  return [
    ...(options.sshdConfig ?? []),
    `ListenAddress ${host}`,
    `Port ${port}`,
    `HostKey ${join(folder, 'host_key')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'PermitUserEnvironment yes',
    'LogLevel DEBUG1',
    ...sftp,
    '',
  ].join('\n')
}

async function freePort(host: string): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  const address = server.address()
  await new Promise<void>(resolve => server.close(() => resolve()))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
