import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openDisplay } from '../scripts/display.mjs'
import type { Report } from './benchRow'
import { openElectronPage } from './electronPage'
import { figures } from './figures'

const ROUNDS = 7
const LIMIT_MS = 60_000

const FLEET = `version: 1
nodes:
  - name: this-pc
    local: true
plans: []
`

/** What every Electron app has to do before it shows anything. */
const BARE_APP = `const { app, BrowserWindow } = require('electron')
app.setPath('userData', process.env.BARE_HOME)
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, show: false, webPreferences: { sandbox: true } })
  window.once('ready-to-show', () => window.show())
  window.loadURL('data:text/html,<h1>Bare</h1>')
})
app.on('window-all-closed', () => app.quit())
`

/** From the start of the process to the engine, the window and the first gauge; a bare window in the same rounds. */
export async function benchColdStart(report: Report): Promise<void> {
  const executable = electronPath()
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-cold-'))
  const display = await openDisplay()
  try {
    const starts = startersIn(folder, executable, display.env)
    await starts.drydock() // makes its database and its caches, as the very first start of all does
    await starts.bare()
    const ours: DrydockStart[] = []
    const bare: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await starts.drydock())
      bare.push(await starts.bare())
    }
    const column = (name: keyof DrydockStart): number[] => ours.map(start => start[name])
    report(
      figures(
        'cold start: engine open, since the main script began',
        'ms',
        column('engineMs'),
        'goal <= 120',
      ),
    )
    report(
      figures('cold start: first paint, since the process began', 'ms', column('paintedMs'), 'goal <= 500'),
    )
    report(figures('peer: first paint of a bare Electron window', 'ms', bare))
    report(figures('cold start: first live gauge of this PC', 'ms', column('gaugeMs'), 'goal <= 1000'))
  } finally {
    await display.close()
    rmSync(folder, { recursive: true, maxRetries: 5 })
  }
  report(rendererSize())
}

interface DrydockStart {
  readonly engineMs: number
  readonly paintedMs: number
  readonly gaugeMs: number
}

function startersIn(folder: string, executable: string, display: Readonly<Record<string, string>>) {
  const home = join(folder, 'drydock')
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_RUNTIME_DIR: folder, ...display }
  execFileSync('mkdir', ['-p', home, join(folder, 'bare')])
  writeFileSync(join(home, 'fleet.yaml'), FLEET)
  const bareApp = join(folder, 'bare.cjs')
  writeFileSync(bareApp, BARE_APP)

  return {
    async drydock(): Promise<DrydockStart> {
      rmSync(join(home, 'drydock.log'), { force: true })
      const app = resolve('out/main/index.js')
      await using page = openElectronPage(executable, app, { ...env, DRYDOCK_HOME: home })
      const paintedMs = (await page.mark('painted', LIMIT_MS)) - page.startedAtMs
      const gaugeMs = (await page.mark('gauge', LIMIT_MS)) - page.startedAtMs
      return { engineMs: engineOpenMs(join(home, 'drydock.log')), paintedMs, gaugeMs }
    },
    async bare(): Promise<number> {
      await using page = openElectronPage(executable, bareApp, { ...env, BARE_HOME: join(folder, 'bare') })
      return (await page.mark('painted', LIMIT_MS)) - page.startedAtMs
    },
  }
}

/** What the app's own log says of its engine. */
function engineOpenMs(log: string): number {
  const line = readFileSync(log, 'utf8')
    .split('\n')
    .find(one => one.includes('"engine open"'))
  const { sinceScriptMs } = JSON.parse(line ?? '{}') as { readonly sinceScriptMs?: number }
  return sinceScriptMs ?? NaN
}

/** A process of its own: it may have to fetch one first, and knows where it lies. */
function electronPath(): string {
  return execFileSync(process.execPath, ['scripts/electronPath.mjs'], { encoding: 'utf8' }).trim()
}

function rendererSize() {
  const folder = resolve('out/renderer')
  // What the page asks for by itself; the rest is loaded by the screens that need it.
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const scripts = [...page.matchAll(/(?:src|href)="([^"]+\.js)"/g)].flatMap(([, name]) => name ?? [])
  const bytes = scripts.map(name => gzipSync(readFileSync(join(folder, name)), { level: 9 }).length)
  const value = bytes.reduce((sum, one) => sum + one, 0) / 1024
  return {
    name: 'renderer JS of the first screen, gzip',
    value,
    unit: 'KiB',
    repeats: 1,
    note: 'goal <= 244 (250 KB)',
  }
}
