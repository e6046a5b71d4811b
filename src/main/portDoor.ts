import { RPCHandler } from '@orpc/server/message-port'
import { type BrowserWindow, ipcMain, type IpcMainEvent } from 'electron'
import type { OpenFleet } from '../core/openFleet'
import type { Log } from '../core/kernel/log'
import { type NarrowPort, narrowPort } from './narrowPort'
import { explainErrors } from './requestErrors'

/** One page needs one; a page that opens and reopens has few. */
const MAX_PORTS = 8

interface Deps {
  readonly window: BrowserWindow
  readonly origin: string
  /** Knocking before the engine is open waits for it. */
  readonly router: Promise<OpenFleet['router']>
  readonly log: Log
}

/**
 * The one way from the page to the engine. It opens for the main frame of one window while that shows the app's own
 * origin; a port from any other sender is closed unread. When the page goes away, what it had open ends.
 */
export function openPortDoor({ window, origin, router, log }: Deps): Disposable {
  const { webContents } = window
  const ports = new Set<NarrowPort>()
  const handler = router.then(
    open => new RPCHandler(open, { clientInterceptors: [explainErrors(log)] }),
    // Whoever opens the engine reports why it did not open; nobody is served.
    () => null,
  )

  function accept(event: IpcMainEvent): void {
    const [port, ...surplus] = event.ports
    for (const extra of surplus) extra.close()
    if (port === undefined) return
    if (!isOwnPage(event) || ports.size >= MAX_PORTS) {
      log.warn('port refused', { from: event.senderFrame?.url ?? 'a frame that is gone' })
      port.close()
      return
    }
    void serve(narrowPort(port, log))
  }

  function isOwnPage({ sender, senderFrame }: IpcMainEvent): boolean {
    return sender === webContents && senderFrame === webContents.mainFrame && senderFrame.origin === origin
  }

  async function serve(port: NarrowPort): Promise<void> {
    ports.add(port)
    port.on('close', () => ports.delete(port))
    const engine = await handler
    if (engine === null || !ports.has(port)) return
    engine.upgrade(port)
    port.start()
  }

  function closeAll(): void {
    for (const port of ports) port[Symbol.dispose]()
  }

  ipcMain.on('engine-port', accept)
  // Committed, not begun: a navigation that is denied begins too, and leaves the page where it was.
  webContents.on('did-navigate', closeAll)
  webContents.on('render-process-gone', closeAll)
  webContents.once('destroyed', closeAll)

  return {
    [Symbol.dispose]() {
      ipcMain.off('engine-port', accept)
      closeAll()
    },
  }
}
