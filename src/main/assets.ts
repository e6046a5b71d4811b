import { constants } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { APP_HOST, APP_SCHEME } from './appOrigin'

/** What can be asked for: URL path to file. */
export type Assets = ReadonlyMap<string, string>

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** The regular files below `root`. A symbolic link is none, wherever it leads. */
export async function listAssets(root: string): Promise<Assets> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return new Map(files.map(file => [file.slice(root.length).replaceAll('\\', '/'), file]))
}

/**
 * The file behind a URL, or null. No path is ever built from what is asked for: it is looked up among the files that
 * were there at the start, so there is nothing to traverse.
 */
export function resolveAsset(assets: Assets, requestUrl: string): string | null {
  if (!URL.canParse(requestUrl)) return null
  const url = new URL(requestUrl)
  if (url.protocol !== `${APP_SCHEME}:` || url.host !== APP_HOST || url.username !== '') return null
  const path = decoded(url.pathname)
  return path === null ? null : (assets.get(path === '/' ? '/index.html' : path) ?? null)
}

/** The bytes of a file, or null when it is gone or was replaced by a link meanwhile. */
export async function readAsset(file: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = await readFile(file, { flag: constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) }).catch(
    () => null,
  )
  return bytes === null ? null : new Uint8Array(bytes)
}

export function contentType(file: string): string {
  return TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream'
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return null
  }
}
