import type { CustomScheme, Protocol } from 'electron'
import { LogId, RunId } from '../contract/ids'
import type { OpenFleet } from '../core/openFleet'
import { APP_SCHEME } from './appOrigin'
import { type Assets, contentType, readAsset, resolveAsset } from './assets'

/** Registered before the app is ready: a real origin, treated like https. */
export const APP_SCHEME_PRIVILEGES: CustomScheme = {
  scheme: APP_SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
}

export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

type LogDownload = OpenFleet['logDownload']

interface Deps {
  readonly assets: Assets
  /** Waits for the engine: the page may be up before it. */
  readonly logDownload: LogDownload
}

/** Serves the page's own files and the logs as downloads. Everything else is 404. */
export function serveApp(protocol: Protocol, deps: Deps): void {
  protocol.handle(APP_SCHEME, request => answer(deps, request))
}

/** Exported for its test: the same answers without Electron. */
export async function answer(deps: Deps, request: Pick<Request, 'method' | 'url'>): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Method not allowed')
  const wanted = parseLogUrl(request.url)
  if (wanted !== null) return logResponse(deps.logDownload, wanted)
  const file = resolveAsset(deps.assets, request.url)
  const bytes = file === null ? null : await readAsset(file)
  if (file === null || bytes === null) return plain(404, 'Not found')
  return new Response(bytes, { headers: { ...SECURITY_HEADERS, 'content-type': contentType(file) } })
}

interface WantedLog {
  readonly run: RunId
  /** null: all logs of the run in one file. */
  readonly log: LogId | null
}

/** `/logs/<run>.log` or `/logs/<run>/<log>.log`; null for anything else, ids that the contract refuses included. */
function parseLogUrl(requestUrl: string): WantedLog | null {
  const match = /^app:\/\/drydock\/logs\/([^/?#%]+)(?:\/([^/?#%]+))?\.log$/.exec(requestUrl)
  if (match === null) return null
  const run = RunId.safeParse(match[1])
  const log = match[2] === undefined ? null : LogId.safeParse(match[2])
  if (!run.success || log?.success === false) return null
  return { run: run.data, log: log?.data ?? null }
}

async function logResponse(logDownload: LogDownload, { run, log }: WantedLog): Promise<Response> {
  const download = await logDownload(run, log)
  if (download === null) return plain(404, 'There is no such log.')
  // The name is made of ids; whatever else gets in is kept out of the header.
  const fileName = download.fileName.replaceAll(/[^A-Za-z0-9._-]/g, '_')
  return new Response(download.stream, {
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName}"`,
    },
  })
}

function plain(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: { ...SECURITY_HEADERS, 'content-type': 'text/plain; charset=utf-8' },
  })
}
