import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './app'
import { fleetPage } from './pages/fleetPage'

test('the first start writes a fleet with this PC and the sample, and opens on it', async ({
  page,
  home,
}) => {
  const screen = fleetPage(page)
  await expect(screen.link('this-pc')).toContainText('Online')
  await expect(screen.gauge('this-pc', 'CPU')).toHaveAttribute('aria-valuenow', /\d/)
  await expect(screen.plan).toContainText('kelly-monte-carlo')
  await expect(screen.start).toBeEnabled()
  await expect(screen.stop).toBeDisabled()
  const file = join(home, 'fleet.yaml')
  expect(await readFile(file, 'utf8')).toContain('name: this-pc')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a broken file keeps the last good fleet and names line and fix; a mended one is taken at once', async ({
  page,
  home,
}) => {
  const screen = fleetPage(page)
  await screen.link('this-pc').getByText('Online').waitFor()
  const file = join(home, 'fleet.yaml')
  const good = await readFile(file, 'utf8')
  await writeFile(file, good.replace('graceSeconds', 'graceSecond'))
  const alert = screen.alerts.filter({ hasText: 'fleet.yaml' })
  await expect(alert).toContainText(/line \d+/)
  await expect(alert).toContainText('graceSeconds')
  await expect(screen.link('this-pc')).toContainText('Online')
  await writeFile(file, good.replaceAll('this-pc', 'my-desk'))
  await expect(screen.node('my-desk')).toBeVisible()
  await expect(screen.node('this-pc')).toHaveCount(0)
  await expect(alert).toHaveCount(0)
})
