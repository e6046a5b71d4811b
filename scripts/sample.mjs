// @ts-check
// The sample plan in the real app on a virtual display: START TRAINING is pressed like a person would press it, and
// what the screen shows is told here. For machines without a display, and to see in a minute what Drydock does.
import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { main, ROOT } from './commands.mjs'
import { openDisplay } from './display.mjs'
import { findElectron } from './electron.mjs'
import { launchElectron } from './launchElectron.mjs'
import { createProgressLine } from './progressLine.mjs'
import { alerts, pickPlan, readResults, readRun, startTraining } from './sampleScreen.mjs'
import { ensureSystem, sandboxObstacle } from './system.mjs'
import { alignColumns } from './testReports.mjs'

const PLAN = 'kelly-monte-carlo'
const ENDED = ['Succeeded', 'Failed', 'Stopped', 'Lost', 'Unknown']
const LOOK_EVERY_MS = 500
/** A run that says nothing new for so long is given up on. */
const SILENCE_LIMIT_MS = 5 * 60_000

await main(async () => {
  await ensureSystem(['run', 'display', 'sample'])
  const electron = await findElectron()
  const isRoot = process.geteuid?.() === 0
  const obstacle = isRoot ? null : sandboxObstacle(electron.folder)
  if (obstacle !== null) throw new Error(obstacle)
  await ensureBuilt()
  const home = await chooseHome()
  const display = await openDisplay()
  try {
    const { ELECTRON_RUN_AS_NODE: _set, ...environment } = process.env
    const { app, page } = await launchElectron({
      executable: electron.executable,
      args: [join(ROOT, 'out', 'main', 'index.js')],
      env: { .../** @type {Record<string, string>} */ (environment), ...display.env, DRYDOCK_HOME: home },
    })
    process.once('SIGINT', () => {
      console.log(`\nThe run goes on without the window. Open Drydock with DRYDOCK_HOME=${home} to stop it.`)
    })
    try {
      await runSample(page, home)
    } finally {
      await app.close()
    }
  } finally {
    await display.close()
  }
})

async function chooseHome() {
  const given = process.env.DRYDOCK_HOME
  if (given === undefined || given === '') return mkdtemp(join(tmpdir(), 'drydock-sample-'))
  await mkdir(given, { recursive: true, mode: 0o700 })
  return resolve(given)
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} home
 */
async function runSample(page, home) {
  await pickPlan(page, PLAN)
  const before = await readRun(page)
  await startTraining(page)
  const run = await follow(page, before?.name ?? null)
  const picture = join(home, 'sample.png')
  if (run.state !== 'Succeeded') {
    await page.screenshot({ path: picture })
    const said = [run.text, ...(await alerts(page))].join('\n')
    throw new Error(
      `The sample ended as ${run.state}:\n${said}\nScreenshot: ${picture}\nLogs: ${join(home, 'logs')}`,
    )
  }
  const results = await readResults(page)
  await page.screenshot({ path: picture })
  console.log(`\n${alignColumns(results).join('\n')}\n`)
  console.log(`Screenshot: ${picture}`)
}

/**
 * Tells the newest run's progress until it has ended.
 * @param {import('@playwright/test').Page} page
 * @param {string | null} before the newest run before START
 */
async function follow(page, before) {
  const line = createProgressLine(process.stdout)
  let last = ''
  let newsAtMs = Date.now()
  for (;;) {
    const run = await readRun(page)
    if (run !== null && run.name !== before) {
      line.show(`${PLAN}  ${run.state}  ${run.progress}`, run.percent)
      if (ENDED.includes(run.state)) {
        line.end()
        return run
      }
    }
    const now = run === null ? '' : `${run.name} ${run.state} ${run.progress}`
    if (now !== last) newsAtMs = Date.now()
    last = now
    if (Date.now() - newsAtMs > SILENCE_LIMIT_MS) {
      throw new Error(
        `Nothing new for ${SILENCE_LIMIT_MS / 60_000} minutes:\n${(await alerts(page)).join('\n')}`,
      )
    }
    await page.waitForTimeout(LOOK_EVERY_MS)
  }
}
