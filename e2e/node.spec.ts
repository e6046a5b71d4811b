import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { type Drydock, expect, test } from './app'
import { fleetPage } from './pages/fleetPage'
import { wear } from './pictures'
import { fleetYaml } from './rig/fleetYaml'

test.use({ fleet: fleetYaml({ plans: [] }) })

const chart = (page: Page, title: string, span: string) =>
  page.getByRole('slider', { name: `this-pc ${title}, ${span}`, exact: true })

test('a node is opened by the keyboard, its charts are drawn and read, and Escape leads back', async ({
  page,
}) => {
  const fleet = fleetPage(page)
  await expect(fleet.gauge('this-pc', 'CPU')).toHaveAttribute('aria-valuenow', /\d/)
  await tabToCard(page)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#node\/this-pc$/)
  await expect(page.getByRole('heading', { name: 'this-pc', level: 1 })).toBeFocused()
  await expect(fleet.node('this-pc')).toBeVisible()
  await expect(fleet.link('this-pc')).toContainText('Online')

  const cpu = chart(page, 'CPU', 'last 5 minutes')
  await expect(cpu).toHaveAttribute('aria-valuetext', /^\d\d:\d\d:\d\d UTC, \d+ percent$/)
  for (const title of ['RAM', 'Network']) await expect(chart(page, title, 'last 5 minutes')).toBeVisible()
  await expect.poll(() => inkOf(page, 'CPU')).toBeGreaterThan(100)
  await expect.poll(async () => Number(await cpu.getAttribute('aria-valuemax'))).toBeGreaterThan(3)
  await cpu.focus()
  await page.keyboard.press('Home')
  const first = await cpu.getAttribute('aria-valuetext')
  await page.keyboard.press('ArrowRight')
  await expect(cpu).not.toHaveAttribute('aria-valuetext', first ?? '')

  for (const [button, span] of [
    ['1 hour', 'last hour'],
    ['24 hours', 'last 24 hours'],
  ] as const) {
    await page.getByRole('button', { name: button, exact: true }).click()
    await expect(chart(page, 'RAM', span)).toHaveAttribute('aria-valuetext', /UTC, \d+ percent$/)
    await expect.poll(() => inkOf(page, 'RAM')).toBeGreaterThan(100)
  }
  await isAccessible(page)

  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/#fleet$/)
  await expect(fleet.node('this-pc')).toBeFocused()
})

test('what was measured before a restart is still there after it', async ({ page, drydock }) => {
  await expect(fleetPage(page).gauge('this-pc', 'RAM')).toHaveAttribute('aria-valuenow', /\d/)
  await drydock.restart()
  const { page: again } = drydock
  await expect(fleetPage(again).gauge('this-pc', 'RAM')).toHaveAttribute('aria-valuenow', /\d/)
  await fleetPage(again).node('this-pc').dblclick()
  await again.getByRole('button', { name: '1 hour', exact: true }).click()
  const ram = chart(again, 'RAM', 'last hour')
  await expect(ram).toHaveAttribute('aria-valuetext', /UTC, \d+ percent$/)
})

test('a diagnosis of this PC shows its rows, and can be taken along', async ({ page, drydock }) => {
  await expect(fleetPage(page).link('this-pc')).toContainText('Online')
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Command palette' }).waitFor()
  await page.keyboard.type('diagnose this-pc')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#node\/this-pc\/diagnosis$/)
  const result = page.getByRole('status', { name: 'Diagnosis result' })
  await expect(result).toHaveText(/\d+ PASS.* at \d\d:\d\d:\d\d UTC$/, { timeout: 60_000 })
  const table = page.getByRole('table', { name: 'Diagnosis of this-pc' })
  expect(await table.getByRole('row').count()).toBeGreaterThan(5)
  await expect(table).not.toContainText('Not seen')
  await isAccessible(page)

  const saved = await saveTo(drydock, () => page.getByRole('button', { name: 'Save as JSON' }).click())
  expect(JSON.parse(saved ?? '')).toMatchObject({
    node: 'this-pc',
    rows: expect.arrayContaining([expect.objectContaining({ verdict: 'PASS' })]),
  })
  await page.getByRole('button', { name: 'Run again' }).click()
  await expect(result).toHaveText(/ UTC$/, { timeout: 60_000 })
})

test('the page can save JSON that it made, where a person says, and nothing else', async ({
  page,
  drydock,
}) => {
  const offer = (type: string) => () =>
    page.evaluate(kind => {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob(['{"a":1}'], { type: kind }))
      link.download = 'report.json'
      link.click()
    }, type)
  expect(await saveTo(drydock, offer('application/json'))).toBe('{"a":1}')
  await offer('text/html')()
  await expect
    .poll(async () => (await drydock.log()).filter(line => line.message === 'download denied').length)
    .toBe(1)
})

/** What was saved, once `press` has asked for it. */
async function saveTo({ app, userHome }: Drydock, press: () => Promise<void>): Promise<string | null> {
  const path = join(userHome, 'saved.json')
  const done = app.evaluate(
    ({ session }, savePath) =>
      new Promise<string>(resolve => {
        session.defaultSession.once('will-download', (_event, item) => {
          item.setSavePath(savePath)
          item.once('done', (_done, state) => resolve(state))
        })
      }),
    path,
  )
  await press()
  return (await done) === 'completed' ? readFile(path, 'utf8') : null
}

/** Presses Tab until the card has the keyboard. */
async function tabToCard(page: Page): Promise<void> {
  const card = fleetPage(page).node('this-pc')
  for (let presses = 0; presses < 80; presses += 1) {
    if (await card.evaluate(element => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error('Not reached by 80 presses of Tab.')
}

/** How many pixels of a chart are drawn. */
function inkOf(page: Page, title: string): Promise<number> {
  return page
    .getByRole('region', { name: `${title} chart`, exact: true })
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
      let drawn = 0
      for (let at = 3; at < pixels.length; at += 4) if ((pixels[at] ?? 0) > 0) drawn += 1
      return drawn
    })
}

/** Electron opens no second page for axe to put its results together in: the legacy mode does without. */
async function isAccessible(page: Page): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await wear(page, theme)
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])).toEqual([])
  }
}
