import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

export interface ElectronPage extends AsyncDisposable {
  /** Wall clock, just before the process was started. */
  readonly startedAtMs: number
  /** Wall clock of each mark that the page's script made: `painted`, `gauge`. Rejects after `limitMs`. */
  mark(name: string, limitMs: number): Promise<number>
}

/** Runs in the page before anything of its own: tells when it first shows something, and its first live gauge. */
const WATCHER = `(() => {
  new PerformanceObserver(list => {
    for (const entry of list.getEntries())
      if (entry.name === 'first-contentful-paint') benchMark('painted ' + (performance.timeOrigin + entry.startTime))
  }).observe({ type: 'paint', buffered: true })
  const observer = new MutationObserver(() => {
    if (document.querySelector('[role=meter][aria-valuenow]') === null) return
    observer.disconnect()
    requestAnimationFrame(() => benchMark('gauge ' + (performance.timeOrigin + performance.now())))
  })
  observer.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-valuenow'] })
})()`

/** Starts an Electron app and looks at its first page through the debugging pipe, which costs no waiting for a port. */
export function openElectronPage(
  executable: string,
  app: string,
  env: Readonly<Record<string, string>>,
): ElectronPage {
  // Electron has no sandbox for root.
  const switches = process.geteuid?.() === 0 ? ['--no-sandbox'] : []
  const startedAtMs = performance.timeOrigin + performance.now()
  const child = spawn(executable, [app, '--remote-debugging-pipe', ...switches], {
    env,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const marks = new Map<string, number>()
  watchFirstPage(child, text => {
    const [name = '', atMs] = text.split(' ')
    if (!marks.has(name)) marks.set(name, Number(atMs))
  })

  return {
    startedAtMs,
    async mark(name, limitMs) {
      const limit = performance.now() + limitMs
      for (let atMs = marks.get(name); ; atMs = marks.get(name)) {
        if (atMs !== undefined) return atMs
        if (performance.now() > limit) throw new Error(`${app} made no mark "${name}" in ${limitMs} ms`)
        await new Promise(resolve => setTimeout(resolve, 20))
      }
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await exited
      clearTimeout(timer)
    },
  }
}

interface Message {
  readonly method?: string
  readonly params?: {
    readonly sessionId?: string
    readonly targetInfo?: { readonly type: string }
    readonly payload?: string
  }
}

/** The Chrome DevTools Protocol over its pipe: JSON messages, each ended by a zero byte. */
function watchFirstPage(child: ChildProcess, onMark: (text: string) => void): void {
  const input = child.stdio[3] as Writable
  const output = child.stdio[4] as Readable
  input.on('error', () => {}) // the app has ended
  let id = 0
  const send = (method: string, params: object, sessionId?: string): void => {
    id += 1
    input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
  }
  const attach = (sessionId: string | undefined): void => {
    send('Runtime.enable', {}, sessionId)
    send('Runtime.addBinding', { name: 'benchMark' }, sessionId)
    send('Page.enable', {}, sessionId)
    send('Page.addScriptToEvaluateOnNewDocument', { source: WATCHER }, sessionId)
    send('Runtime.runIfWaitingForDebugger', {}, sessionId)
  }
  let held = ''
  output.setEncoding('utf8').on('data', (text: string) => {
    const parts = (held + text).split('\0')
    held = parts.pop() ?? ''
    for (const { method, params } of parts.map(part => JSON.parse(part) as Message)) {
      if (method === 'Target.attachedToTarget') attach(params?.sessionId)
      if (method === 'Runtime.bindingCalled') onMark(params?.payload ?? '')
    }
  })
  send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true })
}
