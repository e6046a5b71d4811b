import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { type Drydock, expect } from './app'
import { call, knock } from './door'

export type Theme = 'dark' | 'light'
type Size = readonly [width: number, height: number]

const FOLDER = join('test-results', 'looks')
/** Also written there when `DRYDOCK_PICTURES` is `docs`: the pictures that the documents show. */
const DOCS_FOLDER = join('docs', 'images')
export const areForDocs = process.env['DRYDOCK_PICTURES'] === 'docs'

const USUAL: readonly Size[] = [[1440, 900]]
/** From the usual size down to the smallest that the window can have. */
export const SIZES: readonly Size[] = [...USUAL, [1280, 800], [1100, 700], [900, 600]]

/** Takes pictures of the screen as it is now, in both themes; ends in the dark one at the usual size. */
export async function picture(
  drydock: Drydock,
  name: string,
  sizes = USUAL,
  check?: (page: Page) => Promise<void>,
): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await wear(drydock.page, theme)
    for (const [width, height] of sizes) {
      await resize(drydock, width, height)
      await drydock.page.screenshot({ path: await fileOf(FOLDER, `${name}-${theme}-${width}`) })
      await check?.(drydock.page)
    }
    await resize(drydock, 1440, 900)
  }
}

/** A picture that the documents show: both themes, at the usual size. */
export async function pictureForDocs(drydock: Drydock, name: string): Promise<void> {
  if (!areForDocs) return
  for (const theme of ['light', 'dark'] as const) {
    await wear(drydock.page, theme)
    await drydock.page.screenshot({ path: await fileOf(DOCS_FOLDER, `${name}-${theme}`) })
  }
}

export async function wear(page: Page, theme: Theme): Promise<void> {
  await knock(page, [call('/settings/set', { theme })])
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
}

async function resize({ app, page }: Drydock, width: number, height: number): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  )
  await page.waitForFunction(size => innerWidth === size.width && innerHeight === size.height, {
    width,
    height,
  })
}

async function fileOf(folder: string, name: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  return join(folder, `${name}.png`)
}
