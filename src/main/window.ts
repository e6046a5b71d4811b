import { app, BrowserWindow, nativeTheme, screen } from 'electron'
import type { Settings } from '../contract/events'
import type { Log } from '../core/kernel/log'
import {
  type Bounds,
  boundsOnScreen,
  DEFAULT_SIZE,
  MIN_SIZE,
  readWindowState,
  writeWindowState,
} from './windowState'

/** `bg0` of the design, so that nothing flashes before the first paint. */
const BACKGROUND = { dark: '#0B0D11', light: '#F5F6F8' } as const
const MAX_CRASHES = 3
const CRASH_WINDOW_MS = 60_000

interface Deps {
  readonly origin: string
  readonly preload: string
  readonly icon: string
  /** Where place and theme are remembered. */
  readonly stateFile: string
  readonly log: Log
  onPainted(): void
}

export interface MainWindow {
  readonly browserWindow: BrowserWindow
  setTheme(theme: Settings['theme']): void
  /** Brings it to the front, wherever it is. */
  show(): void
}

/** The one window. It opens where it was, shows itself at its first paint, and comes back after a crash of its page. */
export function openMainWindow(deps: Deps): MainWindow {
  const remembered = readWindowState(deps.stateFile)
  let theme = remembered.theme
  nativeTheme.themeSource = theme
  const browserWindow = createWindow(deps, remembered.bounds)
  // The title belongs to the shell: it will carry the run mode.
  browserWindow.on('page-title-updated', event => event.preventDefault())
  browserWindow.once('ready-to-show', () => {
    if (remembered.isMaximized) browserWindow.maximize()
    browserWindow.show()
    deps.onPainted()
  })
  keepBackground(browserWindow)
  browserWindow.on('close', () => {
    remember(deps, {
      bounds: browserWindow.getNormalBounds(),
      isMaximized: browserWindow.isMaximized(),
      theme,
    })
  })
  recoverFromCrashes(browserWindow, deps.log)
  void load(browserWindow, deps)

  return {
    browserWindow,
    setTheme(next) {
      theme = next
      nativeTheme.themeSource = next
    },
    show() {
      if (browserWindow.isMinimized()) browserWindow.restore()
      browserWindow.show()
      browserWindow.focus()
    },
  }
}

/** What every window is made with: hidden until its first paint, and with every guard that there is. */
export function windowLook({
  preload,
  icon,
}: Pick<Deps, 'preload' | 'icon'>): Electron.BrowserWindowConstructorOptions {
  return {
    icon,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: background(),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  }
}

/** The colour behind the page follows the theme for as long as the window is there. */
export function keepBackground(window: BrowserWindow): void {
  const recolour = (): void => window.setBackgroundColor(background())
  nativeTheme.on('updated', recolour)
  window.once('closed', () => nativeTheme.off('updated', recolour))
}

function createWindow(deps: Deps, bounds: Bounds | null): BrowserWindow {
  const screens = screen.getAllDisplays().map(display => display.workArea)
  return new BrowserWindow({
    ...DEFAULT_SIZE,
    ...boundsOnScreen(bounds, screens),
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    title: 'Drydock',
    ...windowLook(deps),
  })
}

function background(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light
}

function remember({ stateFile, log }: Deps, state: Parameters<typeof writeWindowState>[1]): void {
  try {
    writeWindowState(stateFile, state)
  } catch (error) {
    log.error('window state could not be kept', error)
  }
}

async function load(browserWindow: BrowserWindow, { origin, log }: Deps): Promise<void> {
  try {
    await browserWindow.loadURL(`${origin}/`)
  } catch (error) {
    if (browserWindow.isDestroyed()) return
    log.error('page could not be loaded', error)
    browserWindow.show()
  }
}

/** A crashed page is loaded again: the engine was never in it. One that keeps crashing is left alone and logged. */
export function recoverFromCrashes({ webContents }: BrowserWindow, log: Log): void {
  let crashesAtMs: number[] = []
  webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return
    const now = Date.now()
    crashesAtMs = [...crashesAtMs.filter(atMs => now - atMs < CRASH_WINDOW_MS), now]
    const isHopeless = crashesAtMs.length > MAX_CRASHES
    log.error('page crashed', new Error(`${reason}, exit code ${exitCode}`), { isReloaded: !isHopeless })
    if (!isHopeless) webContents.reload()
  })
  webContents.on('unresponsive', () => log.warn('page does not answer'))
  webContents.on('responsive', () => log.info('page answers again'))
}
