import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page, test as base } from '@playwright/test'
import { findElectron } from '../scripts/electron.mjs'
import {
  buildGallery,
  openGallery,
  sceneNames,
  serveGallery,
  showScene,
  THEMES,
} from '../scripts/galleryServer.mjs'

interface Gallery {
  readonly page: Page
  readonly address: string
  readonly names: readonly string[]
  /** Errors that the page has told since the last time. */
  takeErrors(): readonly string[]
}

const test = base.extend<object, { gallery: Gallery }>({
  /** Built and opened once: a window of the project's own Electron on the gallery. */
  gallery: [
    async ({}, use) => {
      await buildGallery()
      const server = await serveGallery()
      const electron = await findElectron({ say: () => undefined })
      const { app, page } = await openGallery(electron, server.address, process.env)
      let errors: string[] = []
      page.on('console', message => (message.type() === 'error' ? errors.push(message.text()) : undefined))
      page.on('pageerror', error => errors.push(String(error)))
      const names = await sceneNames(page, server.address)
      await use({
        page,
        address: server.address,
        names,
        takeErrors() {
          const taken = errors
          errors = []
          return taken
        },
      })
      await app.close()
      await server.close()
    },
    { scope: 'worker' },
  ],
})

for (const theme of THEMES) {
  test(`every scene is drawn without an error and is accessible, ${theme}`, async ({ gallery }) => {
    test.setTimeout(900_000)
    const { page, address, names } = gallery
    expect(names.length).toBeGreaterThan(30)
    const found: Record<string, unknown> = {}
    for (const name of names) {
      await showScene(page, address, name, theme)
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
      const broken = violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)
      const problems = [...gallery.takeErrors(), ...broken, ...(await overflowOf(page))]
      if (problems.length > 0) found[name] = problems
    }
    expect(found).toEqual({})
  })
}

test('the app ships without the gallery', async () => {
  const assets = join('out', 'renderer', 'assets')
  const scripts = (await readdir(assets)).filter(name => name.endsWith('.js'))
  expect(scripts.length).toBeGreaterThan(0)
  for (const name of scripts) expect(await readFile(join(assets, name), 'utf8')).not.toContain('hp-server')
  expect(await readdir(join('out', 'renderer'))).not.toContain('gallery.html')
})

/** The window never scrolls, whatever is in it; the page of components is no window of the app. */
async function overflowOf(page: Page): Promise<readonly string[]> {
  const [wide, high, isApp] = await page.evaluate(() => {
    const root = document.documentElement
    const isShell = document.querySelector('.shell') !== null
    return [root.scrollWidth - innerWidth, root.scrollHeight - innerHeight, isShell] as const
  })
  return isApp && (wide > 0 || high > 0) ? [`the window scrolls by ${wide} × ${high}`] : []
}
