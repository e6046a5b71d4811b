import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from '@playwright/test'
import { openDisplay } from '../scripts/display.mjs'
import { findElectron } from '../scripts/electron.mjs'
import { sandboxObstacle } from '../scripts/system.mjs'

const ROOT = join(import.meta.dirname, '..')
/** Made when the suite runs as root, and left for the next time. */
const USER = 'drydock-e2e'

interface Owner {
  readonly uid: number
  readonly gid: number
}

test('the page of an ordinary user runs under seccomp', async () => {
  test.skip(process.platform !== 'linux', 'seccomp is a part of Linux')
  const electron = await findElectron({ say: () => undefined })
  const owner = process.geteuid?.() === 0 ? ordinaryUser() : null
  const stage = mkdtempSync(join(tmpdir(), 'drydock-e2e-sandbox-'))
  const display = await openDisplay()
  let app: ChildProcess | null = null
  try {
    const folder = owner === null ? electron.folder : stageElectron(electron.folder, stage)
    const checkout = owner === null ? ROOT : stageCheckout(stage)
    const obstacle = sandboxObstacle(folder)
    test.skip(obstacle !== null, obstacle ?? '')

    const home = ownFolder(stage, 'home', owner)
    const authority = join(ownFolder(stage, 'display', owner), 'Xauthority')
    copyFileSync(display.env['XAUTHORITY'] ?? '', authority)
    if (owner !== null) chownSync(authority, owner.uid, owner.gid)
    app = spawn(join(folder, basename(electron.executable)), [join(checkout, 'out', 'main', 'index.js')], {
      ...owner,
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        HOME: ownFolder(stage, 'user', owner),
        XDG_RUNTIME_DIR: ownFolder(stage, 'run', owner),
        DRYDOCK_HOME: home,
        DISPLAY: display.env['DISPLAY'],
        XAUTHORITY: authority,
      },
    })
    const ended = once(app, 'close')
    await expect
      .poll(() => readText(join(home, 'drydock.log')), { timeout: 60_000 })
      .toContain('"window painted"')

    // Words are apart by NUL, or by blanks in a process that wrote its own title.
    const family = descendantsOf(app.pid ?? 0).map(pid => ({
      pid,
      words: readText(`/proc/${pid}/cmdline`).split(/[\0 ]/),
    }))
    const renderers = family.filter(({ words }) => words.includes('--type=renderer'))
    expect(renderers).toHaveLength(1)
    expect(family.flatMap(({ words }) => words).filter(word => word.endsWith('-no-sandbox'))).toEqual([])
    const status = readText(`/proc/${renderers[0]?.pid}/status`)
    const uid = owner?.uid ?? process.geteuid?.()
    expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).toBe(String(uid))
    expect(/^Seccomp:\t(\d)/m.exec(status)?.[1]).toBe('2')
    expect(/^NoNewPrivs:\t(\d)/m.exec(status)?.[1]).toBe('1')

    app.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  } finally {
    app?.kill('SIGKILL')
    await display.close()
    rmSync(stage, { recursive: true, force: true })
  }
})

function ordinaryUser(): Owner {
  if (spawnSync('id', [USER]).status !== 0) {
    execFileSync('useradd', ['--no-create-home', '--user-group', '--shell', '/usr/sbin/nologin', USER])
  }
  const number = (flag: string): number => Number(execFileSync('id', [flag, USER], { encoding: 'utf8' }))
  return { uid: number('-u'), gid: number('-g') }
}

/** Root's own folders are closed to that user. Links where they can be made, since the folder is large. */
function stageElectron(from: string, stage: string): string {
  const folder = join(stage, 'electron')
  chmodSync(stage, 0o755)
  if (spawnSync('cp', ['-al', from, folder]).status !== 0) execFileSync('cp', ['-a', from, folder])
  // What an installed package does once: the helper belongs to root, for systems that leave the sandbox to it.
  const helper = join(folder, 'chrome-sandbox')
  rmSync(helper)
  copyFileSync(join(from, 'chrome-sandbox'), helper)
  chmodSync(helper, 0o4755)
  return folder
}

/** The built app and the packages that it runs with, not those that it is built with. */
function stageCheckout(stage: string): string {
  const checkout = join(stage, 'checkout')
  for (const name of ['out', 'resources', 'package.json'])
    cpSync(join(ROOT, name), join(checkout, name), { recursive: true })
  const lock: { packages: Record<string, { dev?: boolean }> } = JSON.parse(
    readText(join(ROOT, 'package-lock.json')),
  )
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    const isInstalled = path !== '' && existsSync(join(ROOT, path))
    if (isInstalled && dev !== true) cpSync(join(ROOT, path), join(checkout, path), { recursive: true })
  }
  return checkout
}

function ownFolder(stage: string, name: string, owner: Owner | null): string {
  const folder = join(stage, name)
  mkdirSync(folder, { mode: 0o700 })
  if (owner !== null) chownSync(folder, owner.uid, owner.gid)
  return folder
}

/** By parent, from a snapshot of /proc. */
function descendantsOf(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => ({ pid: Number(name), parent: parentOf(name) }))
  const children = (of: number): number[] =>
    parents.filter(({ parent }) => parent === of).flatMap(({ pid }) => [pid, ...children(pid)])
  return children(pid)
}

function parentOf(pid: string): number | null {
  const stat = readText(`/proc/${pid}/stat`)
  return stat === '' ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/** Empty for a file that is not there (yet, or any more). */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
