// @ts-check
// Every test there is, after whatever set-up it needs. A part that fails stops no other. The last line counts.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from './build.mjs'
import { runChecks } from './checks.mjs'
import { main, ROOT, runNode } from './commands.mjs'
import { findElectron } from './electron.mjs'
import { runPlaywright } from './playwright.mjs'
import { ensureSystem } from './system.mjs'
import { fromPlaywright, outcomeOf, summary } from './testReports.mjs'

const REPORTS = join(ROOT, 'test-results')
const NOTHING_FAILED = { passed: 0, failed: 0, skipped: [] }

await main(async () => {
  /** @type {Parameters<typeof summary>[0][number][]} */
  const parts = []
  await rm(REPORTS, { recursive: true, force: true })
  for (const [name, work] of plan()) {
    console.log(`\n── ${name} ──`)
    const startedAt = performance.now()
    const outcome = await work().catch(error => {
      console.log(error instanceof Error ? error.message : String(error))
      return { passed: 0, failed: 1, skipped: [] }
    })
    parts.push({ name, outcome, seconds: (performance.now() - startedAt) / 1000 })
  }
  const { text, failed } = summary(parts)
  console.log(text)
  return failed > 0 ? 1 : 0
})

/** @returns {readonly (readonly [string, () => Promise<import('./testReports.mjs').Outcome>])[]} */
function plan() {
  return [
    ['set-up', setUp],
    ['check', runChecks],
    ['unit', () => vitest('unit')],
    ['integration', () => vitest('integration')],
    ['build', buildApp],
    ['e2e', endToEnd],
  ]
}

async function setUp() {
  await ensureSystem(['run', 'display', 'sample', 'test'])
  await findElectron()
  return NOTHING_FAILED
}

async function buildApp() {
  await build('info')
  return { passed: 1, failed: 0, skipped: [] }
}

/** @param {'unit' | 'integration'} project */
async function vitest(project) {
  const report = join(REPORTS, `${project}.json`)
  const reporters = ['--reporter=default', `--reporter=${join(ROOT, 'scripts', 'vitestSummary.mjs')}`]
  const code = await runNode('node_modules/vitest/vitest.mjs', ['run', '--project', project, ...reporters], {
    ...process.env,
    DRYDOCK_TEST_SUMMARY: report,
  })
  return outcomeOf(await readJson(report), code)
}

async function endToEnd() {
  const code = await runPlaywright(await findElectron({ say: () => {} }), [])
  const report = await readJson(join(REPORTS, 'e2e.json'))
  return outcomeOf(report === null ? null : fromPlaywright(report), code)
}

/** @param {string} path */
async function readJson(path) {
  const text = await readFile(path, 'utf8').catch(() => null)
  return text === null ? null : JSON.parse(text)
}
