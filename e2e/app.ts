import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type ElectronApplication, type Page, type TestInfo } from '@playwright/test'
import { findElectron } from '../scripts/electron.mjs'
import { launchElectron } from '../scripts/launchElectron.mjs'

export { expect } from '@playwright/test'

/** The built app, exactly as it is started by hand. */
const MAIN = join(import.meta.dirname, '..', 'out', 'main', 'index.js')

interface DrydockOptions {
  /** Written as `fleet.yaml` before the first start; null leaves the first start to the app. */
  readonly fleet: string | null
  /** More environment for the app; it gets little of this process's. */
  readonly env: Readonly<Record<string, string>>
}

/** A real app on a folder of its own. `app` and `page` are those of the newest start. */
export interface Drydock extends AsyncDisposable {
  readonly app: ElectronApplication
  readonly page: Page
  /** `DRYDOCK_HOME`. */
  readonly home: string
  /** `HOME`: whose `~/.ssh` is read, and where nothing is written. */
  readonly userHome: string
  start(): Promise<void>
  /** Closes the window and waits until the process has ended. */
  quit(): Promise<void>
  restart(): Promise<void>
  /** SIGKILL to the app's process, and to no other. */
  killHard(): Promise<void>
  /** The app's own log so far. */
  log(): Promise<readonly LogLine[]>
}

interface LogLine {
  readonly level: string
  readonly message: string
  readonly [field: string]: unknown
}

/** A fresh home with the app running on it. Disposing ends the app and removes the folders. */
async function openDrydock(options: DrydockOptions): Promise<Drydock> {
  const home = await mkdtemp(join(tmpdir(), 'drydock-e2e-home-'))
  const userHome = await mkdtemp(join(tmpdir(), 'drydock-e2e-user-'))
  // Every desktop session has one. Without it the toolkit keeps its own cache in the user's home.
  const runtime = await mkdtemp(join(tmpdir(), 'drydock-e2e-run-'))
  if (options.fleet !== null) await writeFile(join(home, 'fleet.yaml'), options.fleet)
  const environment = environmentOf({
    HOME: userHome,
    DRYDOCK_HOME: home,
    XDG_RUNTIME_DIR: runtime,
    ...options.env,
  })
  let current: Started | null = null

  const running = (): Started => {
    if (current === null) throw new Error('The app is not running.')
    return current
  }

  const drydock: Drydock = {
    get app() {
      return running().app
    },
    get page() {
      return running().page
    },
    home,
    userHome,
    async start() {
      current = await launch(environment)
    },
    async quit() {
      await current?.app.close()
      current = null
    },
    async restart() {
      await drydock.quit()
      await drydock.start()
    },
    async killHard() {
      const { app, pid, startTicks } = running()
      const closed = new Promise<void>(resolve => app.once('close', () => resolve()))
      if (startTicksOf(pid) !== startTicks) throw new Error(`Process ${pid} is not the app any more.`)
      process.kill(pid, 'SIGKILL')
      await closed
      current = null
    },
    async log() {
      const text = await readFile(join(home, 'drydock.log'), 'utf8')
      return text
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line) as LogLine)
    },
    async [Symbol.asyncDispose]() {
      await drydock.quit()
      for (const folder of [home, userHome, runtime])
        await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
  try {
    await drydock.start()
  } catch (error) {
    const log = await readFile(join(home, 'drydock.log'), 'utf8').catch(() => '(no log)')
    await drydock[Symbol.asyncDispose]()
    throw new Error(`The app did not come up; its log: ${log}`, { cause: error })
  }
  return drydock
}

interface Started {
  readonly app: ElectronApplication
  readonly page: Page
  readonly pid: number
  readonly startTicks: string
}

async function launch(env: Record<string, string>): Promise<Started> {
  const { executable } = await findElectron({ say: () => undefined })
  const { app, page } = await launchElectron({ executable, args: [MAIN], env })
  const pid = app.process().pid
  if (pid === undefined) throw new Error('The app has no process.')
  await app.context().tracing.start({ snapshots: true, screenshots: false })
  return { app, page, pid, startTicks: startTicksOf(pid) }
}

/** Field 22 of /proc/<pid>/stat; the name in brackets before it may hold blanks. */
function startTicksOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

function environmentOf(own: Readonly<Record<string, string>>): Record<string, string> {
  const kept = ['PATH', 'LANG', 'TMPDIR', 'DISPLAY', 'XAUTHORITY'].flatMap(name => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), ...own }
}

/**
 * Each test gets an app of its own. `test.use({ fleet, appEnv })`, or `test.extend` with nodes that have to be built
 * first, says what its `fleet.yaml` and its environment are.
 */
export const test = base.extend<{
  fleet: string | null
  appEnv: Readonly<Record<string, string>>
  drydock: Drydock
  app: ElectronApplication
  page: Page
  home: string
}>({
  fleet: [null, { option: true }],
  appEnv: [{}, { option: true }],
  drydock: [
    async ({ fleet, appEnv }, use, testInfo) => {
      await using drydock = await openDrydock({ fleet, env: appEnv })
      await use(drydock)
      if (testInfo.status !== testInfo.expectedStatus) await keepEvidence(drydock, testInfo)
    },
    { timeout: 240_000 },
  ],
  app: ({ drydock }, use) => use(drydock.app),
  page: ({ drydock }, use) => use(drydock.page),
  home: ({ drydock }, use) => use(drydock.home),
})

/** What a failed test leaves for whoever looks into it. Evidence that cannot be had is no failure of its own. */
async function keepEvidence(drydock: Drydock, testInfo: TestInfo): Promise<void> {
  const log = await readFile(join(drydock.home, 'drydock.log'), 'utf8').catch(() => '(no log)')
  await testInfo.attach('drydock.log', { body: log, contentType: 'text/plain' })
  await Promise.allSettled([
    (async () => drydock.page.screenshot({ path: testInfo.outputPath('screen.png'), timeout: 5_000 }))(),
    (async () => drydock.app.context().tracing.stop({ path: testInfo.outputPath('trace.zip') }))(),
  ])
}
