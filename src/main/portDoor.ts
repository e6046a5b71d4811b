import { RPCHandler } from '@orpc/server/message-port'
import { type BrowserWindow, ipcMain, type IpcMainEvent, type WebContents } from 'electron'
import type { OpenFleet } from '../core/openFleet'
import type { Log } from '../core/kernel/log'
import { type NarrowPort, narrowPort } from './narrowPort'
import { explainErrors } from './requestErrors'

/** One page needs one; a page that opens and reopens has few. */
const MAX_PORTS = 8

interface Deps {
  readonly origin: string
  /** Knocking before the engine is open waits for it. */
  readonly router: Promise<OpenFleet['router']>
  readonly log: Log
}

export interface PortDoor extends Disposable {
  /** From now on this window's page may knock. */
  admit(window: BrowserWindow): void
}

/**
 * The one way from a page to the engine. It opens for the main frame of an admitted window while that shows the app's
 * own origin; a port from any other sender is closed unread. When a page goes away, what it had open ends.
 */
export function openPortDoor({ origin, router, log }: Deps): PortDoor {
  /** What each admitted page has open. */
  const pages = new Map<WebContents, Set<NarrowPort>>()
  const handler = router.then(
    open => new RPCHandler(open, { clientInterceptors: [explainErrors(log)] }),
    // Whoever opens the engine reports why it did not open; nobody is served.
    () => null,
  )

  function accept(event: IpcMainEvent): void {
    const [port, ...surplus] = event.ports
    for (const extra of surplus) extra.close()
    if (port === undefined) return
    const ports = isOwnPage(event) ? pages.get(event.sender) : undefined
    if (ports === undefined || ports.size >= MAX_PORTS) {
      log.warn('port refused', { from: event.senderFrame?.url ?? 'a frame that is gone' })
      port.close()
      return
    }
    void serve(narrowPort(port, log), ports)
  }

  function isOwnPage({ sender, senderFrame }: IpcMainEvent): boolean {
    return senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.origin === origin
  }

  async function serve(port: NarrowPort, ports: Set<NarrowPort>): Promise<void> {
    ports.add(port)
    port.on('close', () => ports.delete(port))
    const engine = await handler
    if (engine === null || !ports.has(port)) return
    engine.upgrade(port)
    port.start()
  }

  ipcMain.on('engine-port', accept)

  return {
    admit({ webContents }) {
      const ports = new Set<NarrowPort>()
      pages.set(webContents, ports)
      const closeAll = (): void => closePorts(ports)
      // Committed, not begun: a navigation that is denied begins too, and leaves the page where it was.
      webContents.on('did-navigate', closeAll)
      webContents.on('render-process-gone', closeAll)
      webContents.once('destroyed', () => {
        pages.delete(webContents)
        closeAll()
      })
    },
    [Symbol.dispose]() {
      ipcMain.off('engine-port', accept)
      for (const ports of pages.values()) closePorts(ports)
    },
  }
}

function closePorts(ports: ReadonlySet<NarrowPort>): void {
  for (const port of ports) port[Symbol.dispose]()
}
