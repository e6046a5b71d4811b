import { homedir } from 'node:os'
import { join } from 'node:path'
import { app, dialog, protocol, safeStorage, session, type WebContents } from 'electron'
import { version } from '../../package.json'
import { sentenceOf } from '../core/kernel/appError'
import type { Log } from '../core/kernel/log'
import { openFleet, type OpenFleet } from '../core/openFleet'
import { openAppLog } from './appLog'
import { pageOrigin } from './appOrigin'
import { APP_SCHEME_PRIVILEGES, serveApp } from './appProtocol'
import { listAssets } from './assets'
import { guardPages, guardSession } from './guards'
import { drydockHome, prepareHome } from './home'
import { createKeychain } from './keychain'
import { createLogWindows } from './logWindows'
import { setAppMenu } from './menu'
import { openPortDoor } from './portDoor'
import { type MainWindow, openMainWindow } from './window'

/** A disposal that hangs must not keep the app from quitting: runs do not depend on it. */
const CLOSE_LIMIT_MS = 5_000
const OUT = join(import.meta.dirname, '..')
const RESOURCES = join(OUT, '..', 'resources')

boot()

function boot(): void {
  const home = drydockHome()
  try {
    prepareHome(home)
  } catch (error) {
    giveUp(`Drydock cannot use its folder ${home}: ${sentenceOf(error)}`)
    return
  }
  app.setName('Drydock')
  // Chromium's own files too: nothing outside the home is written.
  app.setPath('userData', join(home, 'electron'))
  app.setPath('crashDumps', join(home, 'electron', 'crashes'))
  if (!app.requestSingleInstanceLock()) {
    process.stderr.write(`Drydock is already open on ${home}.\n`)
    app.exit(0)
    return
  }
  // Root on Linux has no sandbox to enable (Electron starts for it only when told so): its helpers would not start.
  if (process.platform !== 'linux' || process.geteuid?.() !== 0) app.enableSandbox()
  protocol.registerSchemesAsPrivileged([APP_SCHEME_PRIVILEGES])
  const log = openAppLog(join(home, 'drydock.log'))
  logCrashes(log)
  const opening = openEngine(home, log)
  app
    .whenReady()
    .then(() => openScreen(home, log, opening))
    .catch((error: unknown) => giveUp(`Drydock could not open its window: ${sentenceOf(error)}`, log, error))
}

function openEngine(home: string, log: Log): Promise<OpenFleet> {
  const secrets = createKeychain({
    file: join(home, 'secrets.json'),
    safeStorage,
    platform: process.platform,
    whenReady: () => app.whenReady(),
    log,
  })
  const opening = openFleet({ home, userHome: homedir(), resources: RESOURCES, version, log, secrets })
  opening.then(
    () => log.info('engine open', sinceStart()),
    (error: unknown) => giveUp(`Drydock could not open ${home}: ${sentenceOf(error)}`, log, error),
  )
  closeOnQuit(opening, log)
  return opening
}

async function openScreen(home: string, log: Log, opening: Promise<OpenFleet>): Promise<void> {
  const origin = pageOrigin()
  const look = { preload: join(OUT, 'preload', 'index.cjs'), icon: join(RESOURCES, 'icons', 'drydock.png') }
  const door = openPortDoor({ origin, router: opening.then(fleet => fleet.router), log })
  const logWindows = createLogWindows({ ...look, origin, log, onOpen: window => door.admit(window) })
  // Only the main page may open them: what it opens is not to multiply by itself.
  let mainPage: WebContents | null = null
  guardPages({ log, origin, openLogs: (opener, url) => opener === mainPage && logWindows.open(url) })
  guardSession({ log, origin }, session.defaultSession)
  serveApp(session.defaultSession.protocol, {
    assets: await listAssets(join(OUT, 'renderer')),
    logDownload: async (run, of) => (await opening).logDownload(run, of),
  })
  setAppMenu()
  const window = openMainWindow({
    ...look,
    origin,
    stateFile: join(home, 'window.json'),
    log,
    onPainted: () => log.info('window painted', sinceStart()),
  })
  mainPage = window.browserWindow.webContents
  door.admit(window.browserWindow)
  window.browserWindow.once('closed', () => logWindows.closeAll())
  app.on('second-instance', () => window.show())
  void followTheme(window, opening)
}

async function followTheme(window: MainWindow, opening: Promise<OpenFleet>): Promise<void> {
  const fleet = await opening.catch(() => null)
  if (fleet === null) return
  window.setTheme(fleet.settings().theme)
  fleet.onSettings(settings => window.setTheme(settings.theme))
}

/** Closing the window quits; the engine closes its files and links first. Runs belong to their machines and go on. */
function closeOnQuit(opening: Promise<OpenFleet>, log: Log): void {
  let closing: Promise<void> | null = null
  app.on('window-all-closed', () => app.quit())
  app.on('will-quit', event => {
    event.preventDefault()
    closing ??= closeEngine(opening, log).finally(() => app.exit(0))
  })
}

async function closeEngine(opening: Promise<OpenFleet>, log: Log): Promise<void> {
  const limit = AbortSignal.timeout(CLOSE_LIMIT_MS)
  const tooLong = new Promise<'too long'>(resolve => {
    limit.addEventListener('abort', () => resolve('too long'), { once: true })
  })
  const disposed = opening.then(fleet => fleet[Symbol.asyncDispose]()).then(() => 'closed' as const)
  try {
    log.info('engine close', { outcome: await Promise.race([disposed, tooLong]) })
  } catch (error) {
    log.error('engine did not close cleanly', error)
  }
}

/** A bug in one corner must not take the fleet's display down with it: it is logged, and the rest goes on. */
function logCrashes(log: Log): void {
  process.on('uncaughtException', error => log.error('uncaught exception', error))
  process.on('unhandledRejection', error => log.error('unhandled rejection', error))
}

function giveUp(sentence: string, log?: Log, error?: unknown): void {
  const ref = log?.error(sentence, error) ?? null
  process.stderr.write(`${sentence}\n`)
  if (app.isReady())
    dialog.showErrorBox('Drydock cannot start', ref === null ? sentence : `${sentence}\n\n(${ref})`)
  app.exit(1)
}

/** How long the process has been there, and how long its main script: what lies between is Electron's own start. */
function sinceStart(): { readonly sinceStartMs: number | null; readonly sinceScriptMs: number } {
  const startedAtMs = process.getCreationTime()
  return {
    sinceStartMs: startedAtMs === null ? null : Math.round(Date.now() - startedAtMs),
    sinceScriptMs: Math.round(performance.now() - performance.nodeTiming.bootstrapComplete),
  }
}
