import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SshConfig } from '../config/fleetSchema'
import { AppError } from '../kernel/appError'

/** Where a node is and as whom to log in there. */
export interface SshTarget {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Absolute paths. Null when none is configured: then the agent and the usual key files are offered. */
  readonly identityFiles: readonly string[] | null
}

/** A target and the hosts on the way to it, nearest first, as they are written: what they mean is not resolved yet. */
export interface ResolvedTarget extends SshTarget {
  readonly jump: readonly string[]
}

export interface TargetDeps {
  readonly userHome: string
  /** The name of the user who runs Drydock. */
  readonly userName: string
}

/** A host as the OpenSSH client takes it: an alias or a name, and what is said beside it. */
export interface SshHostName {
  readonly alias: string
  readonly user?: string
  readonly port?: number
}

/**
 * Resolves what fleet.yaml says of a node; an alias is resolved by OpenSSH's own client.
 * Errors: `refused` for what is not supported or not resolvable.
 */
export async function resolveTarget(
  config: SshConfig,
  deps: TargetDeps,
  signal: AbortSignal,
): Promise<ResolvedTarget> {
  if ('alias' in config) return resolveAlias(config, deps, signal)
  return {
    host: config.host,
    port: config.port,
    user: config.user ?? deps.userName,
    identityFiles:
      config.identityFile === undefined ? null : [expandHome(config.identityFile, deps.userHome)],
    jump: config.jump ?? [],
  }
}

/** Resolves an alias by OpenSSH's own client. Errors: `refused`, for a proxy command too. */
export async function resolveAlias(
  name: SshHostName,
  deps: TargetDeps,
  signal: AbortSignal,
): Promise<ResolvedTarget> {
  const printed = await askSshClient(name, deps.userHome, signal)
  const { proxy, ...target } = readSshAnswer(name.alias, printed, deps.userHome)
  if (proxy?.kind === 'command') throw noProxyCommand(name.alias, proxy.words)
  return { ...target, jump: proxy === null ? [] : proxy.words.split(',') }
}

/**
 * What OpenSSH's own client knows of a host, as `ssh -G` prints it.
 * Errors: `refused` when it cannot be asked.
 */
export async function askSshClient(
  { alias, user, port }: SshHostName,
  userHome: string,
  signal: AbortSignal,
): Promise<string> {
  const configFile = join(userHome, '.ssh', 'config')
  const isThere = await access(configFile).then(
    () => true,
    () => false,
  )
  const args = [
    ...(isThere ? ['-F', configFile] : []),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '-G',
    '--',
    alias,
  ]
  const { stdout } = await promisify(execFile)('ssh', args, { signal, encoding: 'utf8' }).catch(
    (cause: unknown) => {
      signal.throwIfAborted()
      throw new AppError('refused', `The SSH alias "${alias}" cannot be resolved.`, {
        hint: 'Check it with: ssh -G followed by the alias. Drydock asks the OpenSSH client, which must be installed.',
        cause,
      })
    },
  )
  return stdout
}

/** A resolved alias, and what stands between this PC and it. */
export interface SshAnswer extends SshTarget {
  readonly proxy: { readonly kind: 'jump' | 'command'; readonly words: string } | null
}

/**
 * Reads what `ssh -G <alias>` printed.
 *
 * Shape: one `keyword value` a line, keywords in lower case; `identityfile` once for each file.
 * Absent: with no IdentityFile in the configuration the client lists all its usual files, among them
 * `~/.ssh/id_ecdsa_sk`: that is read as "none configured".
 * Errors: `refused` when no host is named.
 * Source: ssh(1), ssh_config(5).
 */
export function readSshAnswer(alias: string, text: string, userHome: string): SshAnswer {
  const lines = text.split('\n').map(line => /^(\S+) (.*)$/.exec(line))
  const all = (keyword: string): string[] =>
    lines.flatMap(line => (line !== null && line[1] === keyword && line[2] !== undefined ? [line[2]] : []))
  const [host] = all('hostname')
  const [user] = all('user')
  if (host === undefined || user === undefined) {
    throw new AppError('refused', `The SSH alias "${alias}" cannot be resolved: ssh -G names no host.`, {
      hint: 'Update the OpenSSH client, or give host and user in fleet.yaml.',
    })
  }
  const files = all('identityfile')
  const proxyOf = (kind: 'jump' | 'command'): SshAnswer['proxy'] => {
    const words = all(`proxy${kind}`)[0] ?? 'none'
    return words === 'none' ? null : { kind, words }
  }
  return {
    host,
    user,
    port: Number.parseInt(all('port')[0] ?? '22', 10),
    identityFiles: files.includes('~/.ssh/id_ecdsa_sk')
      ? null
      : files.map(file => expandHome(file, userHome)),
    proxy: proxyOf('jump') ?? proxyOf('command'),
  }
}

/** `~` and `~/…`, as a shell would. */
function expandHome(path: string, userHome: string): string {
  if (path === '~') return userHome
  return path.startsWith('~/') ? join(userHome, path.slice(2)) : path
}

function noProxyCommand(alias: string, command: string): AppError {
  return new AppError(
    'refused',
    `"${alias}" is reached by a ProxyCommand, which Drydock does not run: ${command}.`,
    {
      hint: 'Write it as ProxyJump in ~/.ssh/config, or as jump in fleet.yaml, when the way leads through SSH servers.',
    },
  )
}
