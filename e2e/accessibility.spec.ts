import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, SAMPLE, test } from './fleetApp'
import { wear } from './pictures'

test.use({
  planned: {
    plans: [
      SAMPLE,
      { name: 'steps', command: 'i=0; while :; do i=$((i+1)); echo "WARN line $i"; sleep 0.2; done' },
    ],
  },
})

test('the questions before anything is sent are accessible in both themes: host key, leaving SAFE', async ({
  fleetScreen,
  page,
}) => {
  await fleetScreen.hostKeyDialog('pc2').waitFor()
  await isAccessible(page, 'unknown host key')
  await fleetScreen.trust('pc2')
  await fleetScreen.hostKeyDialog('pc3').getByRole('button', { name: 'Refuse' }).click()
  await expect(fleetScreen.link('pc3')).toContainText('Blocked')
  await isAccessible(page, 'fleet with a blocked node')
  await fleetScreen.dryRun.click()
  await page.getByRole('alertdialog').getByRole('textbox').waitFor()
  await isAccessible(page, 'leaving SAFE')
})

test('every screen is accessible in both themes while training runs, and so are palette and STOP', async ({
  trusted: fleetScreen,
  page,
}) => {
  test.setTimeout(360_000)
  await fleetScreen.start.click()
  await expect(fleetScreen.runRows.first()).toContainText('Succeeded', { timeout: 110_000 })
  await fleetScreen.choosePlan('steps')
  await fleetScreen.start.click()
  await expect(fleetScreen.logs).toContainText('WARN line 2')
  await isAccessible(page, 'fleet')
  for (const name of ['Runs', 'Results', 'Logs', 'Settings']) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click()
    if (name === 'Runs') await openFirst(page)
    await isAccessible(page, name)
  }
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Command palette' }).waitFor()
  await isAccessible(page, 'palette')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Command palette' }).waitFor({ state: 'detached' })
  await fleetScreen.stop.click()
  await fleetScreen.stopDialog.waitFor()
  await isAccessible(page, 'stop')
  await fleetScreen.stopDialog.getByRole('button', { name: 'Stop now' }).click()
  await expect(fleetScreen.stopResult).toHaveText(/^Nothing is left running/)
  await isAccessible(page, 'proof')
})

const openFirst = (page: Page): Promise<void> =>
  page
    .getByRole('button', { name: /^Show the workers/ })
    .first()
    .click()

/** Electron opens no second page for axe to put its results together in: the legacy mode does without. */
async function isAccessible(page: Page, screen: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await wear(page, theme)
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    const found = violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])
    expect(found, `${screen}, ${theme}`).toEqual([])
  }
}
