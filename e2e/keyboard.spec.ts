import type { Locator, Page } from '@playwright/test'
import { expect, SAMPLE, test } from './fleetApp'

test.use({
  planned: {
    plans: [
      { name: 'steps', command: 'i=0; while :; do i=$((i+1)); echo "line $i of {{node}}"; sleep 0.2; done' },
      SAMPLE,
    ],
  },
})

test('a whole day by the keyboard alone: trust, start, read logs, filter, stop, done', async ({
  fleetScreen,
  page,
}) => {
  // Refuse has the keyboard first: nothing is trusted by an Enter too many.
  for (const node of ['pc2', 'pc3']) {
    const dialog = fleetScreen.hostKeyDialog(node)
    await expect(dialog.getByRole('button', { name: 'Refuse' })).toBeFocused()
    await page.keyboard.press('Tab')
    await expect(dialog.getByRole('button', { name: 'Trust this key' })).toBeFocused()
    await focusIsVisible(page)
    await page.keyboard.press('Enter')
  }
  for (const node of ['pc2', 'pc3']) await expect(fleetScreen.link(node)).toContainText('Online')

  await tabTo(page, fleetScreen.plan)
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('option', { name: 'steps' })).toBeVisible()
  await page.keyboard.press('Enter')
  await tabTo(page, fleetScreen.start)
  await focusIsVisible(page)
  await page.keyboard.press('Enter')
  await expect(fleetScreen.runRows.first()).toContainText('Running')

  await byPalette(page, 'logs', /^Logs/)
  await expect(fleetScreen.logs).toContainText('line 3 of pc2')
  await page.keyboard.press('Control+f')
  await expect(fleetScreen.logFilter).toBeFocused()
  await page.keyboard.type('of pc2')
  await expect(fleetScreen.logs).not.toContainText('of pc3')
  await expect(fleetScreen.logs).toContainText('of pc2')
  await page.keyboard.press('Escape')
  await expect(fleetScreen.logs).toContainText('of pc3')

  await byPalette(page, 'fleet', /^Fleet/)
  await expect(fleetScreen.node('pc2')).toBeVisible()
  await tabTo(page, fleetScreen.stop)
  await focusIsVisible(page)
  await page.keyboard.press('Enter')
  await expect(fleetScreen.stopDialog).toBeVisible()
  await tabTo(page, fleetScreen.stopDialog.getByRole('button', { name: 'Stop now' }))
  await focusIsVisible(page)
  await page.keyboard.press('Enter')
  await expect(fleetScreen.stopResult).toHaveText(/^Nothing is left running/)
  await tabTo(page, page.getByRole('button', { name: 'Done' }))
  await page.keyboard.press('Enter')
  await expect(fleetScreen.stopDialog).toHaveCount(0)
  await expect(fleetScreen.stop).toBeFocused()
  await expect(fleetScreen.runRows.first()).toContainText('Stopped')
})

test('every gauge of a card is reached by arrows and tells more than it shows', async ({
  trusted: fleetScreen,
  page,
}) => {
  await fleetScreen.node('pc2').focus()
  await page.keyboard.press('ArrowRight')
  await expect(fleetScreen.gauge('pc2', 'CPU')).toBeFocused()
  await focusIsVisible(page)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await expect(fleetScreen.gauge('pc2', 'GPU 0')).toBeFocused()
  await expect(page.getByRole('tooltip')).toContainText('Share of time a kernel was running')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('tooltip')).toHaveCount(0)
})

test('the palette comes by Ctrl+K and F1, and Escape gives the keyboard back', async ({
  trusted: fleetScreen,
  page,
}) => {
  const palette = page.getByRole('dialog', { name: 'Command palette' })
  await tabTo(page, fleetScreen.start)
  for (const key of ['Control+k', 'F1']) {
    await page.keyboard.press(key)
    await expect(palette).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(palette).toHaveCount(0)
    await expect(fleetScreen.start).toBeFocused()
  }
})

/** Presses Tab until `target` has the keyboard, as somebody who only has keys would. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate(element => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error('Not reached by 80 presses of Tab.')
}

async function byPalette(page: Page, words: string, option: RegExp): Promise<void> {
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: 'Command palette' })
  await palette.waitFor()
  await page.keyboard.type(words)
  await expect(palette.getByRole('option', { name: option }).first()).toHaveAttribute('data-highlighted', '')
  await page.keyboard.press('Enter')
  await expect(palette).toHaveCount(0)
}

/** What has the keyboard shows it: an outline of two pixels that lies within the window. */
async function focusIsVisible(page: Page): Promise<void> {
  const outline = await page.evaluate(() => {
    const element = document.activeElement
    if (element === null) return null
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    const { left, top, right, bottom } = element.getBoundingClientRect()
    const isInside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight
    return { outlineStyle, outlineWidth, isInside }
  })
  expect(outline).toEqual({ outlineStyle: 'solid', outlineWidth: '2px', isInside: true })
}
