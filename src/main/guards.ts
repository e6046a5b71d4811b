import { app, shell, type Session, type WebContents } from 'electron'
import type { Log } from '../core/kernel/log'
import { APP_ORIGIN } from './appOrigin'
import { externalLink } from './externalLink'

/** Reports, and the log lines that are on the screen. */
const SAVED_TYPES: ReadonlySet<string> = new Set(['application/json', 'text/plain'])

interface Deps {
  readonly log: Log
  /** Where the page comes from. */
  readonly origin: string
}

interface PageDeps extends Deps {
  /** Opens a log window, if the page is one that may and the address is one of those. Whether it did. */
  readonly openLogs: (opener: WebContents, url: string) => boolean
}

/** Every scheme that leaves the app. The page's own content security policy forbids them too. */
const OUTSIDE: readonly string[] = ['http', 'https', 'ws', 'wss', 'ftp', 'file'].map(
  scheme => `${scheme}://*/*`,
)

/** For every page of this process, whoever makes it: no navigation, no windows but those of logs, no embedded pages, no way past TLS. */
export function guardPages(deps: PageDeps): void {
  app.on('web-contents-created', (_event, contents) => guardPage(deps, contents))
  app.on('certificate-error', (event, _contents, url, error, _certificate, callback) => {
    event.preventDefault()
    deps.log.warn('certificate rejected', { url, error })
    callback(false)
  })
  app.on('select-client-certificate', (event, _contents, _url, _list, callback) => {
    event.preventDefault()
    callback()
  })
  app.on('login', event => event.preventDefault())
}

function guardPage({ log, origin, openLogs }: PageDeps, contents: WebContents): void {
  const deny = (what: string) => (event: { readonly url: string; preventDefault(): void }) => {
    // The development server's page reloads itself; the built one has no such origin.
    if (origin !== APP_ORIGIN && event.url.startsWith(`${origin}/`)) return
    event.preventDefault()
    log.warn(`${what} denied`, { url: event.url })
  }
  contents.on('will-navigate', deny('navigation'))
  contents.on('will-frame-navigate', deny('frame navigation'))
  contents.on('will-redirect', deny('redirect'))
  contents.on('will-attach-webview', event => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    // Denied in any case: the app makes its log windows itself, without an opener.
    if (!openLogs(contents, url)) openOutside(url, log)
    return { action: 'deny' }
  })
}

function openOutside(url: string, log: Log): void {
  const link = externalLink(url)
  if (link === null) {
    log.warn('window denied', { url })
    return
  }
  shell.openExternal(link).catch((error: unknown) => log.error('link could not be opened', error, { link }))
}

/** No permission is ever given, nothing leaves for the network, and the only downloads are logs and reports that the page made. */
export function guardSession({ log, origin }: Deps, session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, callback) => {
    log.warn('permission denied', { permission })
    callback(false)
  })
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, callback) => callback({}))
  session.setSpellCheckerEnabled(false)
  if (origin === APP_ORIGIN) {
    session.webRequest.onBeforeRequest({ urls: [...OUTSIDE] }, ({ url }, callback) => {
      log.warn('request denied', { url })
      callback({ cancel: true })
    })
  }
  session.on('will-download', (event, item) => {
    if (item.getURL().startsWith(`${APP_ORIGIN}/logs/`)) return
    // Where it goes is asked for in a dialog of the system, as it is for a log.
    if (item.getURL().startsWith(`blob:${APP_ORIGIN}/`) && SAVED_TYPES.has(item.getMimeType())) return
    log.warn('download denied', { url: item.getURL() })
    event.preventDefault()
  })
}
