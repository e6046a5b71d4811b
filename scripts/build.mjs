// @ts-check
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, runNode } from './commands.mjs'

const SOURCES = ['src', 'electron.vite.config.ts', 'package.json', 'package-lock.json']
const RESULTS = ['out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html']

/**
 * Builds the app when there is no build or a source is newer than it.
 * @param {{ say?: (line: string) => void }} [options]
 */
export async function ensureBuilt({ say = line => process.stderr.write(`${line}\n`) } = {}) {
  if (isBuilt()) return
  say('Building …')
  await build('warn')
}

/**
 * Errors: the build's own message is on stderr.
 * @param {'info' | 'warn'} logLevel
 */
export async function build(logLevel) {
  const code = await runNode('node_modules/electron-vite/bin/electron-vite.js', [
    'build',
    '--logLevel',
    logLevel,
  ])
  if (code !== 0 || !isBuilt()) throw new Error('The build failed.')
}

function isBuilt() {
  const results = RESULTS.map(path => join(ROOT, path))
  if (!results.every(path => existsSync(path))) return false
  const builtAtMs = Math.min(...results.map(path => statSync(path).mtimeMs))
  return SOURCES.every(path => newestMs(join(ROOT, path)) <= builtAtMs)
}

/** @param {string} path @returns {number} */
function newestMs(path) {
  const facts = statSync(path)
  if (!facts.isDirectory()) return /\.test\.tsx?$/.test(path) ? 0 : facts.mtimeMs
  return Math.max(0, ...readdirSync(path).map(name => newestMs(join(path, name))))
}
