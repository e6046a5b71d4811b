// @ts-check
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { build, preview } from 'vite'
import { ROOT } from './commands.mjs'
import { launchElectron } from './launchElectron.mjs'

/** The screen's own folder, and where its gallery is built: never into the app. */
const SCREEN = join(ROOT, 'src', 'renderer')
const GALLERY = join(ROOT, 'out', 'gallery')
const WINDOW = fileURLToPath(new URL('./galleryWindow.mjs', import.meta.url))

export const THEMES = /** @type {const} */ (['dark', 'light'])

/** Errors: the build's own. */
export async function buildGallery() {
  await build({
    configFile: false,
    root: SCREEN,
    plugins: [react(), tailwindcss()],
    logLevel: 'warn',
    build: {
      target: 'chrome130',
      outDir: GALLERY,
      emptyOutDir: true,
      chunkSizeWarningLimit: 1_000,
      rollupOptions: { input: join(SCREEN, 'gallery.html') },
    },
  })
}

/**
 * Serves the built gallery on loopback, on a free port.
 * @returns {Promise<{ address: string, close: () => Promise<void> }>}
 */
export async function serveGallery() {
  const server = await preview({
    configFile: false,
    root: SCREEN,
    logLevel: 'silent',
    build: { outDir: GALLERY },
    preview: { host: '127.0.0.1', port: 0 },
  })
  const at = server.httpServer.address()
  if (at === null || typeof at === 'string') throw new Error('The gallery has no address.')
  return {
    address: `http://127.0.0.1:${at.port}/gallery.html`,
    close: () => server.close(),
  }
}

/**
 * The gallery in the project's own Electron. Close the app to end it.
 * @param {{ executable: string }} electron
 * @param {string} address
 * @param {Readonly<Record<string, string | undefined>>} env
 */
export async function openGallery(electron, address, env) {
  const { ELECTRON_RUN_AS_NODE: _set, ...rest } = env
  return launchElectron({
    executable: electron.executable,
    args: [WINDOW, address],
    env: /** @type {Record<string, string>} */ (rest),
  })
}

/**
 * The names of all scenes, as the gallery's list has them.
 * @param {import('@playwright/test').Page} page
 * @param {string} address
 * @returns {Promise<readonly string[]>}
 */
export async function sceneNames(page, address) {
  await page.goto(address)
  const links = page.getByRole('link', { name: /^(?!light$)/ })
  await links.first().waitFor()
  return links.allInnerTexts()
}

/**
 * Shows one scene, a fresh page each time, and returns once its letters and lines are drawn.
 * @param {import('@playwright/test').Page} page
 * @param {string} address
 * @param {string} name
 * @param {'dark' | 'light'} theme
 */
export async function showScene(page, address, name, theme) {
  await page.goto('about:blank')
  await page.goto(`${address}#${name}/${theme}`)
  await page.getByRole('main').first().waitFor()
  // Away from whatever the pointer of the display rests on: its tooltip belongs to no picture.
  await page.mouse.move(0, 0)
  await page.evaluate(DRAWN)
}

/** Sparklines and logs are drawn in the frame after the next, charts and parts that are read later once they are there. As text, because it runs in the page. */
const DRAWN = `(async () => {
  await document.fonts.ready
  for (let frame = 0; frame < 3 || (frame < 300 && document.querySelector('.chart-canvas[aria-busy], [data-pending]')); frame += 1)
    await new Promise(resolve => requestAnimationFrame(resolve))
  for (let frame = 0; frame < 3; frame += 1) await new Promise(resolve => requestAnimationFrame(resolve))
})()`
