// @ts-check
// What `electron <file or folder>` does, for an Electron that came without this part: it starts the app named by the
// first argument that is no switch, under the name, version and path of the nearest package.json.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from 'electron'

// Electron's own default app sets these two through methods that its documentation leaves out.
const shell =
  /** @type {typeof app & { setVersion(version: string): void, setAppPath(path: string): void }} */ (app)

const { target, preloads } = readArguments(process.argv.slice(1))
if (target === undefined) {
  process.stderr.write('Usage: electron <file or folder> [switches]\n')
  app.exit(2)
} else {
  for (const preload of preloads) createRequire(import.meta.url)(preload)
  await startApp(resolve(target))
}

/** @param {readonly string[]} args */
function readArguments(args) {
  /** @type {string[]} */
  const preloads = []
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? ''
    if (arg === '-r' || arg === '--require') preloads.push(resolve(args[(at += 1)] ?? ''))
    else if (!arg.startsWith('-')) return { target: arg, preloads }
  }
  return { target: undefined, preloads }
}

/** @param {string} path */
async function startApp(path) {
  const isFolder = existsSync(path) && statSync(path).isDirectory()
  const root = nearestPackage(isFolder ? path : dirname(path))
  /** @type {{ name?: string, productName?: string, version?: string, main?: string }} */
  const about = root === null ? {} : JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const name = about.productName ?? about.name
  if (name !== undefined) app.setName(name)
  if (about.version !== undefined) shell.setVersion(about.version)
  shell.setAppPath(root ?? dirname(path))
  const entry = isFolder ? join(path, about.main ?? 'index.js') : path
  await import(pathToFileURL(entry).href).catch(error => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    app.exit(1)
  })
}

/**
 * @param {string} folder
 * @returns {string | null}
 */
function nearestPackage(folder) {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  return parent === folder ? null : nearestPackage(parent)
}
