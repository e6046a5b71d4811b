import { type Drydock, expect, test } from './app'
import { call, knock } from './door'

/** Where the page is, wherever on its screens. */
const APP = /^app:\/\/drydock\/(#.*)?$/

/** Resolves when the app's log has such a line: the guard has spoken. */
async function logged(drydock: Drydock, message: string, url: string): Promise<void> {
  await expect
    .poll(async () => (await drydock.log()).filter(line => line.message === message).map(line => line['url']))
    .toContain(url)
}

test.describe('navigation', () => {
  for (const [what, url] of [
    ['to the web', 'https://evil.example/'],
    ['to a file', 'file:///etc/passwd'],
    ['within the app', 'app://drydock/elsewhere'],
    ['to another host of the app', 'app://evil/'],
  ] as const) {
    test(`${what} does not happen`, async ({ page, drydock }) => {
      await page.evaluate(target => {
        Reflect.set(window, '__stays', true)
        window.location.href = target
      }, url)
      // Chromium itself keeps pages from files, before anybody is asked.
      if (!url.startsWith('file:')) await logged(drydock, 'frame navigation denied', url)
      expect(await page.evaluate(() => Reflect.get(window, '__stays'))).toBe(true)
      expect(page.url()).toMatch(APP)
      expect(await knock(page, [call('/settings/set', { theme: 'dark' })])).toEqual([
        { status: 200, body: { theme: 'dark' } },
      ])
    })
  }

  test('by link, by script and by refresh does not happen', async ({ page, drydock }) => {
    await page.evaluate(() => {
      Reflect.set(window, '__stays', true)
      const link = document.createElement('a')
      link.href = 'https://evil.example/link'
      link.target = '_top'
      document.body.append(link)
      link.click()
    })
    await logged(drydock, 'frame navigation denied', 'https://evil.example/link')
    await page.evaluate(() => window.location.replace('https://evil.example/replace'))
    await logged(drydock, 'frame navigation denied', 'https://evil.example/replace')
    await page.evaluate(() => {
      const refresh = document.createElement('meta')
      refresh.httpEquiv = 'refresh'
      refresh.content = '0;url=https://evil.example/refresh'
      document.head.append(refresh)
    })
    await logged(drydock, 'frame navigation denied', 'https://evil.example/refresh')
    expect(await page.evaluate(() => Reflect.get(window, '__stays'))).toBe(true)
  })

  test('by redirect does not happen', async ({ app, page, drydock }) => {
    const outcome = await app.evaluate(async ({ protocol, session, webContents }) => {
      // Take one guard away to see the other.
      session.defaultSession.webRequest.onBeforeRequest(null)
      protocol.handle('http', () => Response.redirect('https://evil.example/redirected', 302))
      const [contents] = webContents.getAllWebContents()
      return contents?.loadURL('http://127.0.0.1/').then(
        () => 'loaded',
        (error: { code: string }) => error.code,
      )
    })
    expect(outcome).toBe('ERR_FAILED')
    await logged(drydock, 'redirect denied', 'https://evil.example/redirected')
    expect(page.url()).toMatch(APP)
  })

  test('opens no window; a manual goes to the browser, anything else nowhere', async ({
    app,
    page,
    drydock,
  }) => {
    await app.evaluate(({ shell }) => {
      const opened: string[] = []
      Reflect.set(globalThis, '__opened', opened)
      shell.openExternal = async url => void opened.push(url)
    })
    const results = await page.evaluate(() =>
      [
        'https://docs.ray.io/',
        'https://evil.example/',
        'https://docs.ray.io@evil.example/',
        'http://docs.ray.io/',
        'app://drydock/',
        'about:blank',
        'javascript:1',
      ].map(url => window.open(url)),
    )
    expect(results).toEqual(results.map(() => null))
    await logged(drydock, 'window denied', 'https://evil.example/')
    expect(app.windows()).toHaveLength(1)
    expect(await app.evaluate(() => Reflect.get(globalThis, '__opened'))).toEqual(['https://docs.ray.io/'])
  })

  test('embeds no other page', async ({ app, page }) => {
    await page.evaluate(() => {
      const embedded = document.createElement('webview')
      embedded.setAttribute('src', 'https://evil.example/')
      document.body.append(embedded)
    })
    const count = await app.evaluate(({ webContents }) => webContents.getAllWebContents().length)
    expect(count).toBe(1)
  })
})
