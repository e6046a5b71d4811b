import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleepFor } from 'node:timers/promises'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { startManyNodes } from '../e2e/rig/manyNodes'
import type { ManyNodes } from '../e2e/rig/manyNodes'
import { openDisplay } from '../scripts/display.mjs'
import type { BenchOptions, Report } from './benchRow'
import { figures } from './figures'
import { mainThreadOf } from './mainThread'

const NODES = 100
const SERVERS = 10
const LIMIT_MS = 180_000
/** Tracing costs memory by the second: the frames of so many are looked at, the rest is watched from the page. */
const TRACED_SECONDS = 15
const KEY_EVERY_MS = 200
/** The page is told of an input only from here on (Event Timing); a quicker one counts as this. */
const LEAST_EVENT_MS = 16

/** A hundred lines every ten milliseconds, by the clock and not by the pause, so that a busy box gets as many. */
const CHATTER = `import sys, time
begun, line = time.monotonic(), 0
while True:
    due = int((time.monotonic() - begun) * 10000)
    sys.stdout.write("".join("step %d equity %.2f drawdown -0.1%d it/s 12.4\\n" % (n, 10000 + n % 977, n % 9) for n in range(line, due)))
    sys.stdout.flush()
    line = due
    time.sleep(0.01)
`

/** The real app, under a load that no fleet has all day: what its screen's main thread does, and how soon a key shows. */
export async function benchScreen(report: Report, { seconds }: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-screen-'))
  const script = join(folder, 'chatter.py')
  writeFileSync(script, CHATTER)
  await using many = await startManyNodes({
    count: NODES,
    servers: SERVERS,
    serversWithGpu: SERVERS,
    plans: `plans:\n  - name: chatter\n    engine: process\n    tracks:\n      - name: bots\n        on: [node-01]\n        workers: 1\n        command: python3 ${script}\n        stop: { signal: TERM, graceSeconds: 5 }\n`,
  })
  for (const { node } of many.servers) writeFileSync(join(node.binFolder, 'gpu.steady'), '')
  const display = await openDisplay()
  try {
    const app = await launch(folder, many, display.env)
    try {
      await measure(app, folder, seconds, report)
      await stopAll(await app.firstWindow())
    } finally {
      await app.close()
    }
  } finally {
    await display.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function launch(
  folder: string,
  many: ManyNodes,
  display: Readonly<Record<string, string>>,
): Promise<ElectronApplication> {
  const home = join(folder, 'drydock')
  mkdirSync(home)
  writeFileSync(join(home, 'fleet.yaml'), many.fleet)
  writeFileSync(join(home, 'known_hosts'), many.knownHosts)
  const executable = execFileSync(process.execPath, ['scripts/electronPath.mjs'], { encoding: 'utf8' }).trim()
  return _electron.launch({
    executablePath: executable,
    args: [resolve('out/main/index.js')],
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      DRYDOCK_HOME: home,
      ...display,
    },
    chromiumSandbox: process.geteuid?.() !== 0,
    timeout: LIMIT_MS,
  })
}

async function measure(
  app: ElectronApplication,
  folder: string,
  seconds: number,
  report: Report,
): Promise<void> {
  const page = await app.firstWindow()
  await page.getByText(`${NODES}/${NODES} online`).waitFor({ timeout: LIMIT_MS })
  await sleepFor(5_000)
  await traceFrames(app, folder, `screen with ${NODES} nodes`, report)
  await page.getByRole('button', { name: 'Start training' }).click()
  await page.keyboard.press('Control+`')
  await page.getByRole('log').getByText('step').first().waitFor({ timeout: LIMIT_MS })
  await sleepFor(5_000)

  const of = `screen with ${NODES} nodes and 10,000 log lines/s`
  await traceFrames(app, folder, of, report)
  await page.evaluate(WATCHER)
  await pressKeys(page, seconds)
  const seen = await page.evaluate<Seen>('benchSeen')
  const quick = Array.from({ length: Math.max(0, seen.keys - seen.eventsMs.length) }, () => LEAST_EVENT_MS)
  report(figures(`${of}: key to paint`, 'ms', [...seen.eventsMs, ...quick], 'goal p95 <= 50; in steps of 8'))
  report(
    figures(`${of}: long tasks in ${seconds} s`, '', [seen.longTasks], 'goal 0; over 50 ms of wall clock'),
  )
}

/** What the main thread does while somebody walks through the table. */
async function traceFrames(
  app: ElectronApplication,
  folder: string,
  of: string,
  report: Report,
): Promise<void> {
  const trace = join(folder, 'trace.json')
  await app.evaluate(({ contentTracing }) =>
    contentTracing.startRecording({ included_categories: ['toplevel'], excluded_categories: ['*'] }),
  )
  await pressKeys(await app.firstWindow(), TRACED_SECONDS)
  await app.evaluate(({ contentTracing }, file) => contentTracing.stopRecording(file), trace)
  const { workMs, longestMs } = mainThreadOf(readFileSync(trace, 'utf8'))
  const busyPct = workMs.reduce((sum, ms) => sum + ms, 0) / (TRACED_SECONDS * 10)
  report(
    figures(`${of}: main-thread work a frame`, 'ms', workMs, 'goal p99 <= 8; CPU time in steps of 1/60 s'),
  )
  report(figures(`${of}: main thread`, '% of a core', [busyPct], 'CPU time'))
  report(figures(`${of}: longest task`, 'ms', [longestMs], 'CPU time'))
}

interface Seen {
  readonly longTasks: number
  readonly eventsMs: readonly number[]
  readonly keys: number
}

/** Runs in the page, as text: nothing of the benches is there. Counts from anew whenever it is run. */
const WATCHER = `(() => {
  const isFirst = window.benchSeen === undefined
  window.benchSeen = { longTasks: 0, eventsMs: [], keys: 0 }
  if (!isFirst) return
  new PerformanceObserver(list => { benchSeen.longTasks += list.getEntries().length }).observe({ type: 'longtask' })
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (entry.name === 'keydown') benchSeen.eventsMs.push(entry.duration)
  }).observe({ type: 'event', durationThreshold: ${LEAST_EVENT_MS} })
  document.addEventListener('keydown', () => { benchSeen.keys += 1 }, { capture: true })
})()`

/** As somebody who walks through the table, up and down again. */
async function pressKeys(page: Page, seconds: number): Promise<void> {
  await page.getByRole('region', { name: 'node-01', exact: true }).focus()
  const end = performance.now() + seconds * 1000
  for (let press = 0; performance.now() < end; press += 1) {
    await page.keyboard.press(press % 60 < 30 ? 'ArrowDown' : 'ArrowUp')
    await sleepFor(KEY_EVERY_MS)
  }
}

async function stopAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Stop training', exact: true }).click()
  await page.getByRole('button', { name: 'Stop now' }).click()
  await page.getByRole('status', { name: 'Stop result' }).waitFor({ timeout: LIMIT_MS })
}
