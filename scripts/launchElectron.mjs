// @ts-check
import { _electron, errors } from '@playwright/test'

const ATTACH_MS = 40_000
const WINDOW_MS = 60_000

/**
 * Starts an Electron app under Playwright and waits for its first window. Once in some hundred times Playwright opens
 * both connections to an app that is up and painted, and then waits for ever: that start is ended, and there is one
 * more. An app that does not come up fails twice.
 * @param {{ executable: string, args: readonly string[], env: Readonly<Record<string, string>> }} start
 * @returns {Promise<{ app: import('@playwright/test').ElectronApplication, page: import('@playwright/test').Page }>}
 */
export async function launchElectron(start) {
  try {
    return await launchOnce(start)
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error
    console.error(
      `Playwright did not get hold of the app; starting it once more. ${error.message.split('\n')[0]}`,
    )
    return launchOnce(start)
  }
}

/** @param {Parameters<typeof launchElectron>[0]} start */
async function launchOnce({ executable, args, env }) {
  const app = await _electron.launch({
    executablePath: executable,
    args: [...args],
    env: { ...env },
    // Electron has no sandbox for root. Everybody else's tests run in it.
    chromiumSandbox: process.geteuid?.() !== 0,
    timeout: ATTACH_MS,
  })
  try {
    const page = await app.firstWindow({ timeout: WINDOW_MS })
    await page.waitForLoadState('domcontentloaded', { timeout: WINDOW_MS })
    return { app, page }
  } catch (error) {
    app.process().kill('SIGKILL')
    throw error
  }
}
