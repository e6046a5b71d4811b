import { BrowserWindow } from 'electron'
import type { Log } from '../core/kernel/log'
import { logWindowUrl } from './logWindowUrl'
import { keepBackground, recoverFromCrashes, windowLook } from './window'

/** More logs than anybody looks at side by side; each has streams of its own. */
const MAX_WINDOWS = 8
const SIZE = { width: 1100, height: 720, minWidth: 640, minHeight: 360 } as const

interface Deps {
  readonly origin: string
  readonly preload: string
  readonly icon: string
  readonly log: Log
  /** Before anything is loaded in it. */
  readonly onOpen: (window: BrowserWindow) => void
}

export interface LogWindows {
  /** Opens a window of its own for this address, if it is one of a log window. Whether it is. */
  open(url: string): boolean
  closeAll(): void
}

/** Windows that show logs and nothing else, at most eight. They have no opener, and the same guards as the main one. */
export function createLogWindows({ origin, preload, icon, log, onOpen }: Deps): LogWindows {
  const windows = new Set<BrowserWindow>()

  function create(url: string): void {
    const window = new BrowserWindow({ ...SIZE, title: 'Drydock logs', ...windowLook({ preload, icon }) })
    windows.add(window)
    window.once('closed', () => windows.delete(window))
    window.once('ready-to-show', () => window.show())
    keepBackground(window)
    recoverFromCrashes(window, log)
    onOpen(window)
    window.loadURL(url).catch((error: unknown) => {
      log.error('log window could not be loaded', error)
      if (!window.isDestroyed()) window.close()
    })
  }

  return {
    open(url) {
      const own = logWindowUrl(url, origin)
      if (own === null) return false
      if (windows.size < MAX_WINDOWS) create(own)
      else log.warn('log window refused', { open: windows.size })
      return true
    },
    closeAll() {
      for (const window of windows) window.close()
    },
  }
}
