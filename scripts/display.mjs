// @ts-check
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SCREEN = '1600x1000x24'
const START_LIMIT_MS = 20_000

/**
 * @typedef {object} Display
 * @property {Readonly<Record<string, string>>} env what a program needs to draw on it
 * @property {() => Promise<void>} close
 */

/**
 * A virtual display (Xvfb) of our own: it takes the next free number by itself, and only who has the cookie may draw on
 * it or look at it. Elsewhere than on Linux the desktop's own display is used.
 * @returns {Promise<Display>}
 */
export async function openDisplay() {
  if (process.platform !== 'linux') return { env: {}, close: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'drydock-display-'))
  const authority = join(folder, 'Xauthority')
  await writeFile(authority, authorityFor(randomBytes(16)), { mode: 0o600 })
  const args = ['-displayfd', '3', '-screen', '0', SCREEN, '-auth', authority, '-nolisten', 'tcp', '-noreset']
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  const ended = new Promise(resolve => server.on('close', resolve).on('error', resolve))
  // A script that dies without closing takes the display with it.
  const abandon = () => void server.kill('SIGKILL')
  process.on('exit', abandon)
  const close = async () => {
    process.off('exit', abandon)
    server.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const number = await displayNumber(server)
    return { env: { DISPLAY: `:${number}`, XAUTHORITY: authority }, close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * @param {import('node:child_process').ChildProcess} server
 * @returns {Promise<string>}
 */
function displayNumber(server) {
  return new Promise((resolve, reject) => {
    let complaint = ''
    const limit = setTimeout(() => reject(new Error('Xvfb did not start in time.')), START_LIMIT_MS)
    const fail = (/** @type {string} */ reason) => {
      clearTimeout(limit)
      reject(new Error(`The virtual display did not start: ${reason}`))
    }
    server.on('error', error => fail(error.message))
    server.on('exit', code => fail(complaint.trim() || `exit code ${code}`))
    server.stderr?.on('data', chunk => {
      complaint = (complaint + String(chunk)).slice(-2_000)
    })
    let text = ''
    server.stdio[3]?.on('data', chunk => {
      text += String(chunk)
      if (!text.endsWith('\n')) return
      clearTimeout(limit)
      resolve(text.trim())
    })
  })
}

/**
 * An authority file with one cookie for any address and any display number, so that `xauth` is not needed.
 * Shape: family, address, number, name, data; each length and the family big-endian 16 bits (X11's Xauth.h).
 * @param {Buffer} cookie
 */
function authorityFor(cookie) {
  const field = (/** @type {string | Buffer} */ value) => {
    const bytes = Buffer.from(value)
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
  }
  const anyAddress = Buffer.from([0xff, 0xff])
  return Buffer.concat([anyAddress, field(''), field(''), field('MIT-MAGIC-COOKIE-1'), field(cookie)])
}
