import { app, Menu } from 'electron'

/** The application menu: the platform's own roles, so that copy, zoom and full screen have their usual keys. */
export function setAppMenu(): void {
  const isMac = process.platform === 'darwin'
  const view: Electron.MenuItemConstructorOptions[] = [
    { role: 'reload' },
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ]
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ role: 'appMenu' } as const] : []),
      { label: 'File', submenu: [isMac ? { role: 'close' } : { role: 'quit' }] },
      { role: 'editMenu' },
      { label: 'View', submenu: app.isPackaged ? view : [...view, { role: 'toggleDevTools' }] },
      { role: 'windowMenu' },
    ]),
  )
}
