// @ts-check
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * @typedef {object} Need
 * @property {{ command: string } | { library: string } | { folder: string }} by how its presence shows, whoever
 *   installed it
 * @property {readonly string[]} packages Debian's and Ubuntu's names for it, newest first
 */

/** @type {Readonly<Record<'run' | 'display' | 'sample' | 'test', readonly Need[]>>} */
const NEEDS = {
  /** What Electron is linked against. */
  run: [
    { by: { library: 'libnss3.so' }, packages: ['libnss3'] },
    { by: { library: 'libatk-1.0.so.0' }, packages: ['libatk1.0-0t64', 'libatk1.0-0'] },
    { by: { library: 'libatk-bridge-2.0.so.0' }, packages: ['libatk-bridge2.0-0t64', 'libatk-bridge2.0-0'] },
    { by: { library: 'libgtk-3.so.0' }, packages: ['libgtk-3-0t64', 'libgtk-3-0'] },
    { by: { library: 'libgbm.so.1' }, packages: ['libgbm1'] },
    { by: { library: 'libasound.so.2' }, packages: ['libasound2t64', 'libasound2'] },
    { by: { library: 'libXss.so.1' }, packages: ['libxss1'] },
    { by: { library: 'libXtst.so.6' }, packages: ['libxtst6'] },
    { by: { library: 'libnotify.so.4' }, packages: ['libnotify4'] },
    { by: { library: 'libsecret-1.so.0' }, packages: ['libsecret-1-0'] },
  ],
  /** A virtual display, and letters to draw on it. */
  display: [
    { by: { command: 'Xvfb' }, packages: ['xvfb'] },
    { by: { folder: '/usr/share/fonts/truetype' }, packages: ['fonts-dejavu-core'] },
  ],
  /** What the sample plan runs in. */
  sample: [{ by: { command: 'python3' }, packages: ['python3'] }],
  /** Real nodes on loopback, and the tools that look at them. */
  test: [
    { by: { command: 'sshd' }, packages: ['openssh-server'] },
    { by: { command: 'ssh' }, packages: ['openssh-client'] },
    { by: { command: 'python3' }, packages: ['python3'] },
    { by: { command: 'busybox' }, packages: ['busybox'] },
    { by: { command: 'dockerd' }, packages: ['docker.io'] },
    { by: { command: 'dash' }, packages: ['dash'] },
    { by: { command: 'shellcheck' }, packages: ['shellcheck'] },
    { by: { command: 'strace' }, packages: ['strace'] },
    { by: { command: 'ps' }, packages: ['procps'] },
  ],
}

/** Where administrators' programs lie that an ordinary user's PATH leaves out. */
const ADMIN_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin']
const APT = [
  '-o',
  'DPkg::Lock::Timeout=300',
  '-o',
  'Acquire::Retries=3',
  '-qq',
  '-y',
  '--no-install-recommends',
]

/**
 * Sees to it that the system packages of these sets are there: installs them when it may (root on Debian or Ubuntu), else
 * fails with one copyable line. Linux only; elsewhere Electron brings what it needs.
 * @param {readonly (keyof typeof NEEDS)[]} sets
 * @param {{ say?: (line: string) => void }} [options]
 */
export async function ensureSystem(sets, { say = line => process.stderr.write(`${line}\n`) } = {}) {
  if (process.platform !== 'linux') return
  const missing = missingNeeds(sets.flatMap(set => NEEDS[set]))
  if (missing.length === 0) return
  const isDebian = hasCommand('apt-get')
  if (!isDebian || process.geteuid?.() !== 0) throw new Error(whatToInstall(missing, isDebian))
  say(`Installing system packages: ${missing.map(need => need.packages.at(-1)).join(' ')} …`)
  await apt(['update', '-qq'])
  const packages = missing.map(nameOnThisRelease)
  await apt(['install', ...APT, ...packages])
  const still = missingNeeds(missing)
  if (still.length > 0) throw new Error(whatToInstall(still, true))
}

/**
 * Those of `needs` that are not there, each once.
 * @param {readonly Need[]} needs
 */
export function missingNeeds(needs) {
  const libraries = needs.some(need => 'library' in need.by) ? knownLibraries() : null
  const missing = needs.filter(({ by }) => {
    if ('command' in by) return !hasCommand(by.command)
    if ('folder' in by) return !existsSync(by.folder)
    return libraries !== null && !libraries.has(by.library)
  })
  return missing.filter(
    (need, at) => missing.findIndex(other => other.packages[0] === need.packages[0]) === at,
  )
}

/**
 * @param {readonly Need[]} missing
 * @param {boolean} isDebian
 */
function whatToInstall(missing, isDebian) {
  if (isDebian) {
    return `System packages are missing. Install them with: sudo apt-get install -y ${missing.map(nameOnThisRelease).join(' ')}`
  }
  const things = missing.map(({ by }) => Object.values(by)[0])
  return `The system lacks ${things.join(', ')}. Install them with its package manager, then try again.`
}

/** @param {string} name */
export function hasCommand(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...ADMIN_FOLDERS]
  return folders.some(folder => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** @returns {Set<string> | null} the names the dynamic linker knows; null where that cannot be asked */
function knownLibraries() {
  const ldconfig = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find(path => existsSync(path))
  if (ldconfig === undefined) return null
  const { status, stdout } = spawnSync(ldconfig, ['-p'], { encoding: 'utf8' })
  if (status !== 0) return null
  return new Set(stdout.split('\n').map(line => line.trim().split(' ')[0] ?? ''))
}

/**
 * Debian 13 and Ubuntu 24.04 renamed some libraries (`…t64`): the first name that the package lists know, else the old.
 * @param {Need} need
 */
function nameOnThisRelease({ packages }) {
  const old = packages.at(-1) ?? ''
  if (packages.length === 1) return old
  const known = packages.find(name => {
    const { status, stdout } = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' })
    return status === 0 && /Candidate: (?!\(none\))/.test(stdout)
  })
  return known ?? old
}

/** @param {readonly string[]} args */
function apt(args) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const child = spawn('apt-get', args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let tail = ''
    const keep = (/** @type {Buffer} */ chunk) => {
      tail = (tail + String(chunk)).slice(-4_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', code => {
      if (code === 0) resolve(undefined)
      else reject(new Error(`apt-get ${args[0]} failed (exit code ${code}):\n${tail.trim()}`))
    })
  })
}

/**
 * Why this user's Electron would not start its sandbox, or null. Ubuntu 24.04 and some servers forbid ordinary users the
 * namespaces that it is made of; then Electron needs its helper to belong to root.
 * @param {string} electronFolder
 */
export function sandboxObstacle(electronFolder) {
  if (process.platform !== 'linux') return null
  const setting = (/** @type {string} */ name) => {
    const path = `/proc/sys/${name}`
    return existsSync(path) ? readFileSync(path, 'utf8').trim() : null
  }
  const isForbidden =
    setting('kernel/apparmor_restrict_unprivileged_userns') === '1' ||
    setting('kernel/unprivileged_userns_clone') === '0' ||
    setting('user/max_user_namespaces') === '0'
  if (!isForbidden) return null
  const helper = join(electronFolder, 'chrome-sandbox')
  const { stdout } = spawnSync('stat', ['-c', '%u %a', helper], { encoding: 'utf8' })
  if (stdout.trim() === '0 4755') return null
  return `This system lets only root set up Electron's sandbox. Allow it once with: sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'`
}
