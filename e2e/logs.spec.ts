import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './fleetApp'

const FLOOD = `python3 -c '
import sys, time
n = 0
end = time.time() + 6
while time.time() < end:
    for _ in range(200):
        n += 1
        print(f"flood line {n}")
    sys.stdout.flush()
    time.sleep(0.02)
print(f"last line {n}")'`

test.use({
  planned: {
    plans: [
      {
        name: 'colours',
        command: `printf '\\033[31mred words\\033[0m\\nplain words\\nWARN look here\\n'; sleep 900`,
        on: ['this-pc'],
      },
      { name: 'flood', command: FLOOD, on: ['pc3'] },
    ],
  },
})

test('colours, filter, follow and download', async ({ trusted: fleetScreen, page, app, drydock }) => {
  await fleetScreen.choosePlan('colours')
  await fleetScreen.start.click()
  await expect(fleetScreen.logs).toContainText('red words')
  await expect(fleetScreen.logs).not.toContainText('[31m')
  const colour = (text: string) =>
    fleetScreen.logs.getByText(text).evaluate(element => getComputedStyle(element).color)
  expect(await colour('red words')).not.toBe(await colour('plain words'))
  await fleetScreen.logFilter.fill('plain')
  await expect(fleetScreen.logs).not.toContainText('red words')
  await expect(fleetScreen.logs).toContainText('plain words')
  await fleetScreen.logFilter.fill('')
  await expect(fleetScreen.follow).toBeChecked()
  const saved = join(drydock.userHome, 'saved.log')
  const done = app.evaluate(
    ({ session }, path) =>
      new Promise<string>(resolve => {
        session.defaultSession.once('will-download', (_event, item) => {
          item.setSavePath(path)
          item.once('done', (_done, state) => resolve(state))
        })
      }),
    saved,
  )
  await fleetScreen.download.click()
  await page.getByRole('menuitem', { name: 'All, from disk' }).click()
  expect(await done).toBe('completed')
  expect(await readFile(saved, 'utf8')).toContain(
    '\u001b[31mred words\u001b[0m\nplain words\nWARN look here\n',
  )
  await page.keyboard.press('Escape')
  await fleetScreen.stopAll()
})

test('ten thousand lines a second: the screen stays usable and not a line is lost', async ({
  trusted: fleetScreen,
  page,
  drydock,
}) => {
  await fleetScreen.choosePlan('flood')
  await fleetScreen.start.click()
  await expect(fleetScreen.logs).toContainText('flood line')
  // While it floods, a click is answered.
  const answered = await page.evaluate(async () => {
    const times: number[] = []
    for (let i = 0; i < 20; i += 1) {
      const start = performance.now()
      await new Promise(resolve => requestAnimationFrame(resolve))
      times.push(performance.now() - start)
    }
    return Math.max(...times)
  })
  test
    .info()
    .annotations.push({ type: 'longest frame in a flood', description: `${Math.round(answered)} ms` })
  await fleetScreen.follow.click()
  await expect(fleetScreen.follow).not.toBeChecked()
  await fleetScreen.follow.click()
  await expect(fleetScreen.runRows.first()).toContainText('Succeeded', { timeout: 60_000 })
  await expect(fleetScreen.logs).toContainText(/last line \d+/)
  const { readdir } = await import('node:fs/promises')
  const [run = ''] = await readdir(join(drydock.home, 'logs'))
  const lines = (await readFile(join(drydock.home, 'logs', run, 'bots-1.log'), 'utf8')).trimEnd().split('\n')
  const last = Number(/last line (\d+)/.exec(lines.at(-1) ?? '')?.[1])
  expect(last).toBeGreaterThan(10_000)
  expect(lines.slice(0, -1)).toEqual(Array.from({ length: last }, (_, i) => `flood line ${i + 1}`))
})
