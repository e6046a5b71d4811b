// @ts-check
// The tests in the real app, on a virtual display. Arguments go to Playwright.
import { ensureBuilt } from './build.mjs'
import { main } from './commands.mjs'
import { findElectron } from './electron.mjs'
import { runPlaywright } from './playwright.mjs'
import { ensureSystem } from './system.mjs'

await main(async () => {
  await ensureSystem(['run', 'display', 'sample', 'test'])
  const electron = await findElectron()
  await ensureBuilt()
  return runPlaywright(electron, process.argv.slice(2))
})
