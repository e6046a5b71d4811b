// @ts-check
// A bare window for the gallery: `electron scripts/galleryWindow.mjs <address>`. It is no part of the app.
import { app, BrowserWindow, Menu } from 'electron'

const address = process.argv.find(arg => arg.startsWith('http://127.0.0.1:'))

// Not awaited up here: Electron is not ready before this file has been read to its end.
void app.whenReady().then(() => {
  Menu.setApplicationMenu(null)
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    useContentSize: true,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
  })
  return window.loadURL(address ?? 'about:blank')
})
app.on('window-all-closed', () => app.quit())
