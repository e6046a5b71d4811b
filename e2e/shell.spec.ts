import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { findElectron } from '../scripts/electron.mjs'
import { type Drydock, expect, test } from './app'
import { call, knock } from './door'

test("opens at 1440 × 900 in the theme's colour, under its own name", async ({ app, page }) => {
  const opened = await app.evaluate(({ app, BrowserWindow }) => {
    const [first] = BrowserWindow.getAllWindows()
    return {
      name: app.getName(),
      title: first?.getTitle(),
      size: first?.getSize(),
      least: first?.getMinimumSize(),
      background: first?.getBackgroundColor(),
    }
  })
  expect(opened).toEqual({
    name: 'Drydock',
    title: 'Drydock',
    size: [1440, 900],
    least: [900, 600],
    background: '#0B0D11',
  })
  expect(await page.evaluate(() => window.location.origin)).toBe('app://drydock')
})

test('writes into its home alone, readable by its owner alone', async ({ drydock }) => {
  await drydock.quit()
  // This PC is a node too, and keeps its runs where every node does.
  expect((await readdir(drydock.userHome)).filter(name => name !== '.drydock')).toEqual([])
  expect((await stat(drydock.home)).mode & 0o777).toBe(0o700)
  expect((await stat(join(drydock.home, 'drydock.log'))).mode & 0o777).toBe(0o600)
})

test('closes the engine before it ends, and remembers its window', async ({ drydock }) => {
  await drydock.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 30, width: 1000, height: 700 })
  })
  await drydock.restart()
  const bounds = await drydock.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBounds(),
  )
  expect(bounds).toMatchObject({ width: 1000, height: 700 })
  const messages = (await drydock.log()).map(line => [line.message, line['outcome']])
  expect(messages).toContainEqual(['engine close', 'closed'])
})

test('starts again on a home whose app was killed', async ({ drydock }) => {
  await drydock.killHard()
  await drydock.start()
  expect(await drydock.page.evaluate(() => window.location.origin)).toBe('app://drydock')
})

test('is open once on a home: the second start says so and ends well', async ({ drydock }) => {
  const second = await startBeside(drydock, {})
  expect(second.code).toBe(0)
  expect(second.said).toContain(`Drydock is already open on ${drydock.home}.`)
})

test('says in a sentence that it cannot use its folder, and ends', async ({ drydock }) => {
  const failed = await startBeside(drydock, { DRYDOCK_HOME: '/dev/null/drydock' })
  expect(failed.code).toBe(1)
  expect(failed.said).toContain('Drydock cannot use its folder /dev/null/drydock: ')
})

test('follows the theme of the settings, and opens in it the next time', async ({ drydock }) => {
  const look = () =>
    drydock.app.evaluate(({ BrowserWindow, nativeTheme }) => ({
      theme: nativeTheme.themeSource,
      background: BrowserWindow.getAllWindows()[0]?.getBackgroundColor(),
    }))
  await knock(drydock.page, [call('/settings/set', { theme: 'light' })])
  await expect.poll(look).toEqual({ theme: 'light', background: '#F5F6F8' })
  await drydock.restart()
  await expect.poll(look).toEqual({ theme: 'light', background: '#F5F6F8' })
})

test('loads its page again after a crash of it; the engine stays', async ({ drydock }) => {
  const { app } = drydock
  await drydock.page.getByRole('navigation', { name: 'Main' }).waitFor()
  const enginePid = app.process().pid
  await app.evaluate(({ webContents }) => {
    const [contents] = webContents.getAllWebContents()
    return new Promise<void>(resolve => {
      contents?.once('did-finish-load', () => resolve())
      contents?.forcefullyCrashRenderer()
    })
  })
  const alive = await app.evaluate(({ webContents }) =>
    webContents.getAllWebContents()[0]?.executeJavaScript('window.location.origin'),
  )
  expect(alive).toBe('app://drydock')
  expect(app.process().pid).toBe(enginePid)
  const lines = await drydock.log()
  expect(lines.filter(line => line.message === 'page crashed')).toMatchObject([{ isReloaded: true }])
  expect(lines.filter(line => line.message === 'engine open')).toHaveLength(1)
})

/** Another start of the same program, with the switches and the environment of the running one, until it ends. */
async function startBeside(drydock: Drydock, env: Readonly<Record<string, string>>) {
  const { executable } = await findElectron({ say: () => undefined })
  const { pid, spawnargs } = drydock.app.process()
  const words = (await readFile(`/proc/${pid}/environ`, 'utf8'))
    .split('\0')
    .filter(word => word.includes('='))
  const own = Object.fromEntries(
    words.map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  )
  const child = spawn(executable, spawnargs.slice(1), {
    env: { ...own, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', chunk => (said += String(chunk)))
  const [code] = await once(child, 'close')
  return { code, said }
}
