import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { vi } from 'vitest'
import { readProcess, signalProcess, waitUntilGone } from './processes'

/** A Docker Engine of the test's own: its own socket, its own images, nothing of this machine's. */
export interface RigDocker extends AsyncDisposable {
  /** For `DOCKER_HOST`. */
  readonly host: string
  /** A busybox whose commands are all there; Docker's registries cannot be reached from everywhere. */
  readonly image: string
  readonly folder: string
  docker(...args: readonly string[]): string
  /** What `docker` printed and its exit code, whatever that is. */
  tryDocker(...args: readonly string[]): { readonly code: number | null; readonly output: string }
  start(): Promise<void>
  /** Ends the daemon; its containers go on (`--live-restore`) unless they were started without it. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

const IMAGE = 'drydock-busybox:1'

/** Why no Docker Engine can be started here; null when one can. It takes root and dockerd. */
export function dockerObstacle(): string | null {
  if (process.getuid?.() !== 0) return 'a Docker Engine of the test takes root'
  return existsSync('/usr/sbin/dockerd') ? null : 'dockerd is not installed (docker.io)'
}

/** Needs Debian's docker.io and busybox, and root. */
export async function startRigDocker(): Promise<RigDocker> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-docker-'))
  const host = `unix://${join(folder, 'docker.sock')}`
  let daemon: ChildProcess | null = null

  function tryDocker(...args: readonly string[]) {
    const env = { ...process.env, DOCKER_HOST: host }
    const { status, stdout, stderr } = spawnSync('docker', args, { env, encoding: 'utf8' })
    return { code: status, output: `${stdout}${stderr}` }
  }

  function docker(...args: readonly string[]): string {
    const { code, output } = tryDocker(...args)
    if (code !== 0) throw new Error(`docker ${args.join(' ')}: ${output}`)
    return output.trim()
  }

  async function start(): Promise<void> {
    const log = openSync(join(folder, 'dockerd.log'), 'a')
    const places = ['data-root', 'exec-root', 'pidfile'].flatMap(name => [`--${name}`, join(folder, name)])
    const plain = ['--iptables=false', '--bridge=none', '--storage-driver=vfs', '--live-restore']
    daemon = spawn('/usr/sbin/dockerd', [...plain, '-H', host, ...places], { stdio: ['ignore', log, log] })
    await vi
      .waitFor(() => docker('version'), { timeout: 55_000, interval: 100 })
      .catch(error => {
        throw new Error(readFileSync(join(folder, 'dockerd.log'), 'utf8').slice(-2000), { cause: error })
      })
  }

  async function stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const ending = daemon
    daemon = null
    if (ending === null) return
    const exited = new Promise<void>(resolve => void ending.once('exit', () => resolve()))
    ending.kill(signal)
    await exited
    if (signal === 'SIGTERM') return
    // A daemon that was killed takes its containerd along and leaves their pid files: the next would wait for both.
    const ofContainerd = join(folder, 'exec-root', 'containerd', 'containerd.pid')
    const containerd = readProcess(Number(readFileSync(ofContainerd, 'utf8')))
    if (containerd !== null) {
      signalProcess(containerd, 'SIGKILL')
      await waitUntilGone([containerd])
    }
    for (const file of [join(folder, 'pidfile'), ofContainerd]) rmSync(file, { force: true })
  }

  await start()
  importBusybox(join(folder, 'root'), docker)
  return {
    host,
    image: IMAGE,
    folder,
    docker,
    tryDocker,
    start,
    stop,
    async [Symbol.asyncDispose]() {
      if (daemon === null) await start()
      const ids = docker('ps', '-aq').split('\n').filter(Boolean)
      if (ids.length > 0) tryDocker('rm', '-f', ...ids)
      await stop()
      // dockerd mounts its folder on itself, and leaves that behind.
      const mounts = readFileSync('/proc/mounts', 'utf8')
        .split('\n')
        .map(line => line.split(' ')[1] ?? '')
      for (const mount of mounts.filter(path => path.startsWith(`${folder}/`)).toReversed()) {
        spawnSync('umount', ['-l', mount])
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function importBusybox(root: string, docker: (...args: readonly string[]) => string): void {
  for (const name of ['bin', 'tmp', 'etc']) mkdirSync(join(root, name), { recursive: true })
  cpSync('/bin/busybox', join(root, 'bin', 'busybox'), { dereference: true })
  for (const library of librariesOf('/bin/busybox')) {
    mkdirSync(join(root, dirname(library)), { recursive: true })
    cpSync(library, join(root, library), { dereference: true })
  }
  const applets = spawnSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).stdout.split('\n')
  for (const name of applets) {
    if (name !== '' && name !== 'busybox') symlinkSync('busybox', join(root, 'bin', name))
  }
  const tar = `${root}.tar`
  spawnSync('tar', ['-C', root, '-cf', tar, '.'])
  docker('import', tar, IMAGE)
}

/** What a program is loaded with; nothing of a static one. */
function librariesOf(program: string): string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' })
  return stdout.split('\n').flatMap(line => /(\/\S+) \(0x/.exec(line)?.slice(1) ?? [])
}
