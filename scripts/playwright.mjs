// @ts-check
import { runNode } from './commands.mjs'
import { openDisplay } from './display.mjs'

/**
 * Runs Playwright's tests on a display of their own, so that no window opens on somebody's desktop.
 * @param {import('./electron.mjs').Electron} electron
 * @param {readonly string[]} args
 */
export async function runPlaywright(electron, args) {
  const display = await openDisplay()
  try {
    return await runNode('node_modules/@playwright/test/cli.js', ['test', ...args], {
      ...process.env,
      ...display.env,
      ELECTRON_OVERRIDE_DIST_PATH: electron.folder,
    })
  } finally {
    await display.close()
  }
}
