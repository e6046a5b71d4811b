import { ipcRenderer } from 'electron'

// The page makes a channel and keeps one end; the other end goes to the engine. Nothing else is exposed.
window.addEventListener('message', ({ source, origin, data, ports: [port] }) => {
  const isOwnPage = source === window && origin === window.location.origin
  if (isOwnPage && data === 'engine-port' && port) ipcRenderer.postMessage('engine-port', null, [port])
})
