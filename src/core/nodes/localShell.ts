import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { constants, getPriority, setPriority } from 'node:os'
import { dirname } from 'node:path'
import { AppError } from '../kernel/appError'
import { createLocalReader } from './localReader'
import { openSession, type Machine, type NodeSession, type SessionOptions } from './nodeSession'
import type { Place } from './nodeShell'
import { notWritten } from './scriptFiles'
import { forwardFailure } from './sshErrors'
import { createTail, type ShellProcess } from './shellProcess'

// What a login over SSH would have too. Everything else of Drydock's own environment (tokens, Electron's variables)
// stays away from what is started here.
const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'XDG_DATA_HOME',
  'XDG_CONFIG_HOME',
  'DBUS_SESSION_BUS_ADDRESS',
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
]

export interface LocalOptions extends SessionOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The POSIX shell to start; `['sh']` unless a test wants another. */
  readonly sh?: readonly [string, ...string[]]
}

/** The session of this PC: the same shell as over SSH, without the link. Errors: those of `openSession`. */
export async function openLocalSession(options: LocalOptions): Promise<NodeSession> {
  return openSession(createLocalMachine(options), options)
}

/** What a shell on this PC gets to know of Drydock's own environment. */
function localEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of INHERITED) {
    const value = environment[name]
    if (value !== undefined) kept[name] = value
  }
  return { ...kept, LC_ALL: 'C', TZ: 'UTC' }
}

function createLocalMachine(options: LocalOptions): Machine {
  const [command, ...args] = options.sh ?? ['sh']
  const environment = localEnvironment(options.environment)
  const children = new Set<ChildProcess>()
  const reader = createLocalReader()

  return {
    died: new Promise(() => {}),
    forward: connectHere,
    files: () => ({ readAt: (...read) => reader.readAt(...read), writeFile: writeLocalFile }),
    async start() {
      // A session of its own: a Ctrl-C for Drydock's terminal is not one for the shells here.
      const child = spawn(command, [...args, '-s'], { env: environment, stdio: 'pipe', detached: true })
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve)
        child.once('error', cause => reject(noLocalShell(command, cause)))
      })
      takeNormalPriority(child)
      children.add(child)
      child.once('exit', () => children.delete(child))
      return processOf(child)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...children].map(endChild))
      await reader.close()
    },
  }
}

/**
 * Chromium gives the thread that this runs on a raised priority where it may, as for root, and children inherit it: a
 * training would push everything else on this PC aside. Nothing has been written to the shell yet, so it has no children.
 */
function takeNormalPriority({ pid }: ChildProcess): void {
  const normal = constants.priority.PRIORITY_NORMAL
  if (pid !== undefined && getPriority() < normal) setPriority(pid, normal)
}

function processOf(child: ReturnType<typeof spawn> & { stdin: object | null }): ShellProcess {
  const { stdin, stdout, stderr } = child
  if (stdin === null || stdout === null || stderr === null) throw new Error('spawned without pipes')
  const complaint = createTail(2048)
  let isKilled = false
  // Writing to a shell that has ended is no news: its end is.
  stdin.on('error', () => {})
  stderr.on('data', (bytes: Buffer) => complaint.push(bytes))
  const closed = new Promise<number | null>(resolve => {
    child.once('close', code => resolve(code))
    // What the script started may hold its output open for ever; a killed one is not waited for.
    child.once('exit', code => {
      if (isKilled) resolve(code)
    })
  })
  return {
    closed,
    complaint: () => complaint.text(),
    write: data => void stdin.write(data),
    end: () => void stdin.end(),
    onOutput: listener => void stdout.on('data', listener),
    pause: () => void stdout.pause(),
    resume: () => void stdout.resume(),
    kill() {
      isKilled = true
      signalGroup(child, 'SIGTERM')
      stdin.destroy()
      stdout.destroy()
      stderr.destroy()
    },
  }
}

/** A pid that is not reaped yet cannot be another's, nor can its group. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Ends a shell by its input; one that is stuck is killed alone, because what it started may be a worker. */
async function endChild(child: ChildProcess): Promise<void> {
  const exited = new Promise<void>(resolve => void child.once('exit', () => resolve()))
  child.stdin?.destroy()
  const timer = setTimeout(() => child.kill('SIGKILL'), 500)
  await exited
  clearTimeout(timer)
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/** A tunnel of this PC is the place itself, at another port. */
async function connectHere(place: Place, timeoutMs: number, signal: AbortSignal): Promise<net.Socket> {
  signal.throwIfAborted()
  const way = 'host' in place ? { ...place, noDelay: true } : { path: place.socket }
  const socket = net.connect({ ...way, allowHalfOpen: true })
  const giveUp = (): void => void socket.destroy()
  signal.addEventListener('abort', giveUp, { once: true })
  const timer = setTimeout(giveUp, timeoutMs)
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.on('error', reject)
      socket.once('close', () => reject(new Error('it did not answer in time')))
    })
    return socket
  } catch (error) {
    throw forwardFailure(error instanceof Error ? error : new Error(String(error)), 'This PC', place)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}

async function writeLocalFile(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.part.${randomBytes(6).toString('hex')}`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(part, bytes, { mode: 0o600 })
    await rename(part, path)
  } catch (error) {
    // The reason of the first failure is the one to tell.
    await rm(part, { force: true }).catch(() => {})
    throw notWritten(path, error instanceof Error ? error.message : String(error))
  }
}

function noLocalShell(command: string, cause: Error): AppError {
  return new AppError('blocked', `This PC has no POSIX shell (${command}): ${cause.message}.`, {
    hint: 'Drydock runs training on Linux and macOS; on Windows, add the machine as an SSH node instead.',
    cause,
  })
}
