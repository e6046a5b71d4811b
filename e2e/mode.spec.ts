import { expect, test } from './fleetApp'
import { fleetPage } from './pages/fleetPage'

test.use({
  planned: {
    plans: [
      { name: 'quiet', command: 'exec sleep 900', on: ['this-pc'] },
      { name: 'flipping', command: 'DRY_RUN=0 sleep 900 & wait', on: ['this-pc'] },
    ],
  },
})

test('starts SAFE, leaves it by a typed name, and is SAFE again at the next start', async ({
  trusted: fleetScreen,
  page,
  drydock,
}) => {
  await expect(fleetScreen.mode).toHaveText(/^SAFE.*orders WILL NOT be sent/)
  await expect(fleetScreen.dryRun).toBeChecked()
  await expect(fleetScreen.allowOrders).not.toBeChecked()
  await fleetScreen.dryRun.click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog).toContainText('NO ORDERS')
  await page.keyboard.press('Escape')
  await expect(fleetScreen.mode).toHaveText(/^SAFE/)
  await fleetScreen.dryRun.click()
  await dialog.getByRole('textbox').fill('no orders')
  await expect(dialog.getByRole('button', { name: /switch to/i })).toBeDisabled()
  await dialog.getByRole('textbox').fill('NO ORDERS')
  await dialog.getByRole('button', { name: /switch to/i }).click()
  await expect(fleetScreen.mode).toHaveText(/^NO ORDERS.*orders WILL NOT be sent/)
  await drydock.restart()
  await expect(fleetPage(drydock.page).mode).toHaveText(/^SAFE/)
})

test('says what a run was started with, and MIXED while it differs from the switches', async ({
  trusted: fleetScreen,
  page,
}) => {
  await fleetScreen.choosePlan('quiet')
  await fleetScreen.start.click()
  await expect(fleetScreen.runRows.first()).toContainText('SAFE')
  await fleetScreen.dryRun.click()
  await page.getByRole('alertdialog').getByRole('textbox').fill('NO ORDERS')
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /switch to/i })
    .click()
  await expect(fleetScreen.mode).toHaveText(/^MIXED/)
  await expect(fleetScreen.runRows.first()).toContainText('SAFE')
  await page.getByRole('group').getByRole('button', { name: 'Back to SAFE' }).click()
  await expect(fleetScreen.mode).toHaveText(/^SAFE/)
  await fleetScreen.stopAll()
})

test('stops a run whose process carries another mode, with an alert that says so', async ({
  trusted: fleetScreen,
}) => {
  await fleetScreen.choosePlan('flipping')
  await fleetScreen.start.click()
  await expect(fleetScreen.alerts.filter({ hasText: 'carries DRY_RUN=0' })).toBeVisible()
  await expect(fleetScreen.runRows.first()).toContainText('Stopped')
})
