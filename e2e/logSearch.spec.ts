import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import { expect, test } from './fleetApp'
import { fleetYaml } from './rig/fleetYaml'

/** More than the screen holds of one log, with one line near the beginning that is like no other. */
const LONG = `python3 -c '
import sys, time
print("the early line", flush=True)
time.sleep(2.5)
for n in range(1, 300001):
    print(f"row {n}" if n != 1234 else "row 1234 needle-in-the-hay")
print("the last line", flush=True)
time.sleep(900)'`
const WORDS = `i=0; while [ $i -lt 400 ]; do i=$((i+1)); [ $((i % 100)) = 0 ] && echo "fold $i ERROR of model" || echo "quiet line $i"; done; echo done-with-words; sleep 900`

test.use({
  fleet: fleetYaml({
    nodes: {},
    plans: [
      { name: 'long', command: LONG, on: ['this-pc'] },
      { name: 'words', command: WORDS, on: ['this-pc'] },
    ],
  }),
})

const parts = (page: Page) => ({
  log: page.getByRole('log', { name: 'Logs' }),
  filter: page.getByRole('searchbox', { name: 'Filter logs' }),
  onlyMatches: page.getByRole('switch', { name: 'Only matches' }),
  follow: page.getByRole('switch', { name: 'Follow' }),
  current: page.locator('.log-line[data-current]'),
  count: page.locator('.log-count'),
  hits: page.getByRole('list', { name: 'Search hits' }),
  menu: page.getByRole('button', { name: 'Download logs' }),
})

test('matches are marked, counted and gone through without losing what is around them; what is shown is saved', async ({
  fleetScreen,
  page,
  app,
  drydock,
}) => {
  const { log, filter, onlyMatches, current, count, menu } = parts(page)
  await fleetScreen.choosePlan('words')
  await fleetScreen.start.click()
  await expect(log).toContainText('done-with-words')

  await filter.fill('ERROR of')
  await expect(count).toHaveText('0/4')
  await expect(log).not.toContainText('quiet line')
  await onlyMatches.click()
  await expect(log).toContainText('quiet line')
  await filter.focus()
  // From the first line in sight, which is near the end; after the last match comes the first.
  await filter.press('Enter')
  await expect(count).toHaveText('4/4')
  await filter.press('Enter')
  await expect(count).toHaveText('1/4')
  await expect(current).toContainText('fold 100 ERROR of model')
  for (const around of ['quiet line 99', 'quiet line 101'])
    await expect(log.getByText(around, { exact: true })).toBeInViewport()
  await page.keyboard.press('F3')
  await expect(current).toContainText('fold 200 ERROR')
  await page.keyboard.press('Shift+F3')
  await page.keyboard.press('Shift+F3')
  await expect(current).toContainText('fold 400 ERROR')
  await expect(count).toHaveText('4/4')
  await page.getByRole('button', { name: 'Regular expression' }).click()
  await filter.fill('fold (1|3)00')
  await expect(count).toHaveText('0/2')
  await onlyMatches.click()
  await expect(log).not.toContainText('quiet line')

  const saved = await savedBy(app, join(drydock.userHome, 'shown.log'), async () => {
    await menu.click()
    await page.getByRole('menuitem', { name: 'What is shown' }).click()
  })
  const stamp = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC  this-pc w1  `
  expect(saved).toMatch(new RegExp(`^${stamp}fold 100 ERROR of model\n${stamp}fold 300 ERROR of model\n$`))
  await fleetScreen.stopAll()
})

test('a line that is far out of memory is found on disk, gone to with its neighbours, and the end is a press away', async ({
  fleetScreen,
  page,
}) => {
  test.setTimeout(240_000)
  const { log, filter, follow, current, hits } = parts(page)
  await fleetScreen.choosePlan('long')
  await fleetScreen.start.click()
  await expect(log).toContainText('the last line', { timeout: 120_000 })

  await filter.fill('needle-in-the-hay')
  await expect(page.getByText('No line matches')).toBeVisible()
  await page.getByRole('button', { name: 'Search all of it' }).click()
  await expect(page.getByText('1 line has “needle-in-the-hay”')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/^all [\d.]+\s?MB searched$/)).toBeVisible()
  await hits.getByRole('button').first().click()
  await expect(current).toContainText('row 1234 needle-in-the-hay')
  await expect(current).toBeInViewport()
  for (const around of ['row 1233', 'row 1235'])
    await expect(log.getByText(around, { exact: true })).toBeInViewport()
  await expect(follow).not.toBeChecked()

  // Further down is more of it, and up too.
  await log.hover({ position: { x: 100, y: 40 } })
  await expect(async () => {
    await page.mouse.wheel(0, 8_000)
    await expect(log).toContainText(/row [2-9]\d\d\d/, { timeout: 500 })
  }).toPass({ timeout: 30_000 })

  await page.getByRole('button', { name: 'Newest lines' }).click()
  await expect(log).toContainText('the last line')
  await expect(follow).toBeChecked()

  // To the second at which the first line came; it is not in memory either.
  await page.getByRole('button', { name: 'Close the search' }).click()
  await filter.fill('the early line')
  await page.getByRole('button', { name: 'Search all of it' }).click()
  const early = hits.getByRole('button').first()
  const iso = await early.locator('time').getAttribute('datetime')
  await page.getByRole('button', { name: 'Close the search' }).click()
  await filter.fill('')
  const jump = page.getByRole('textbox', { name: 'Jump to time' })
  await jump.fill(String(iso).slice(11, 19))
  await jump.press('Enter')
  await expect(log.getByText('the early line', { exact: true })).toBeInViewport()
  await jump.fill('25:00')
  await jump.press('Enter')
  await expect(page.getByText(/^Not a time/)).toBeVisible()
  await fleetScreen.stopAll()
})

test('logs have a window of their own, and nothing else has', async ({ fleetScreen, page, app, drydock }) => {
  await fleetScreen.choosePlan('words')
  await fleetScreen.start.click()
  await expect(fleetScreen.logs).toContainText('done-with-words')

  const opening = app.waitForEvent('window')
  await page.getByRole('button', { name: 'Open in a window' }).click()
  const own = await opening
  await expect(parts(own).log).toContainText('done-with-words')
  expect(await own.title()).toBe('words: logs · Drydock')
  expect(await own.evaluate(() => [window.opener, location.hash.split('/')[0]])).toEqual([
    null,
    '#logs-window',
  ])
  await expect(own.getByRole('button', { name: 'Open in a window' })).toHaveCount(0)

  // No window for any other address, and none that a log window opens.
  const windows = (): number => app.windows().length
  const open = (from: Page, url: string) => from.evaluate(to => window.open(to) === null, url)
  const address = own.url()
  for (const url of [
    'app://drydock/',
    'app://drydock/#fleet',
    'https://evil.example/#logs-window/r1/all',
    'about:blank',
  ])
    expect(await open(page, url)).toBe(true)
  expect(await open(own, address)).toBe(true)
  await expect
    .poll(async () => (await drydock.log()).filter(({ message }) => message === 'window denied').length)
    .toBe(5)
  expect(windows()).toBe(2)

  // The same guards as the main window's.
  const preferences = await app.evaluate(({ webContents }) =>
    webContents
      .getAllWebContents()
      .map(contents => (contents as unknown as { getLastWebPreferences(): unknown }).getLastWebPreferences()),
  )
  for (const found of preferences)
    expect(found).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
    })

  // Eight and no more.
  for (let more = 0; more < 9; more += 1) await open(page, address)
  await expect
    .poll(async () => (await drydock.log()).filter(({ message }) => message === 'log window refused').length)
    .toBe(2)
  expect(windows()).toBe(9)
  await own.close()
  await expect(fleetScreen.logs).toContainText('done-with-words')
  await fleetScreen.stopAll()
  // The main window takes them with it: nothing is left open without it.
  await app.close()
})

async function savedBy(app: ElectronApplication, path: string, press: () => Promise<void>): Promise<string> {
  const done = app.evaluate(
    ({ session }, to) =>
      new Promise<string>(resolve => {
        session.defaultSession.once('will-download', (_event, item) => {
          item.setSavePath(to)
          item.once('done', (_done, state) => resolve(state))
        })
      }),
    path,
  )
  await press()
  expect(await done).toBe('completed')
  return readFile(path, 'utf8')
}
