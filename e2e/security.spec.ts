import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CONTENT_SECURITY_POLICY } from '../src/main/appProtocol'
import { expect, test } from './app'
import { attack } from './attack'

test.describe('the page', () => {
  test('is sandboxed and isolated, whichever page it is', async ({ app }) => {
    const preferences = await app.evaluate(({ webContents }) =>
      webContents
        .getAllWebContents()
        // Electron's own method for its own checks: what the page really runs under, not what was asked for.
        .map(contents =>
          (contents as unknown as { getLastWebPreferences(): unknown }).getLastWebPreferences(),
        ),
    )
    expect(preferences).toHaveLength(1)
    for (const found of preferences) {
      expect(found).toMatchObject({
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        webviewTag: false,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        enableBlinkFeatures: '',
      })
    }
  })

  test('has nothing of Node or Electron', async ({ page }) => {
    const kinds = await page.evaluate(() =>
      [
        'require',
        'process',
        'module',
        'exports',
        'Buffer',
        'global',
        'setImmediate',
        'electron',
        'ipcRenderer',
      ].map(name => typeof Reflect.get(window, name)),
    )
    expect(new Set(kinds)).toEqual(new Set(['undefined']))
  })

  test('comes with the whole content security policy', async ({ page }) => {
    const headers = await page.evaluate(async () => Object.fromEntries((await fetch('/')).headers))
    expect(headers).toMatchObject({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'content-type': 'text/html; charset=utf-8',
    })
    expect(CONTENT_SECURITY_POLICY.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "font-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "object-src 'none'",
      "require-trusted-types-for 'script'",
    ])
  })

  test('runs no foreign script and reaches no foreign server', async ({ page, drydock }) => {
    const hits: string[] = []
    const server = createServer((request, response) => {
      hits.push(request.url ?? '')
      response.end()
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const origin = `127.0.0.1:${(server.address() as AddressInfo).port}`

    const ran = await page.evaluate(attack, origin)

    expect(ran).toEqual([undefined, undefined])
    await expect
      .poll(() => page.evaluate(() => [...(Reflect.get(window, '__violations') as Set<string>)].sort()))
      .toEqual(
        expect.arrayContaining([
          'base-uri',
          'connect-src',
          'form-action',
          'frame-src',
          'img-src',
          'object-src',
          'require-trusted-types-for',
          'script-src',
          'script-src-attr',
          'script-src-elem',
          'style-src-elem',
          'worker-src',
        ]),
      )
    // Whatever got past the page's own policy would have met the guard of the session.
    expect((await drydock.log()).filter(line => line.message === 'request denied')).toEqual([])
    await new Promise(resolve => server.close(resolve))
    expect(hits).toEqual([])
  })
})

test('no permission is given', async ({ app, page }) => {
  const answers = await page.evaluate(async () => {
    const nameOf = (error: unknown): string => (error instanceof Error ? error.name : String(error))
    const position = new Promise(resolve => {
      navigator.geolocation.getCurrentPosition(
        () => resolve('given'),
        error => resolve(error.code === error.PERMISSION_DENIED ? 'denied' : 'no position'),
      )
    })
    const names = [
      'notifications',
      'geolocation',
      'camera',
      'microphone',
      'clipboard-read',
      'midi',
      'persistent-storage',
    ]
    return {
      queries: await Promise.all(
        names.map(async name => (await navigator.permissions.query({ name: name as PermissionName })).state),
      ),
      notification: await Notification.requestPermission(),
      media: await navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'given', nameOf),
      screen: await navigator.mediaDevices.getDisplayMedia({ video: true }).then(() => 'given', nameOf),
      clipboard: await navigator.clipboard.readText().then(() => 'given', nameOf),
      position: await position,
    }
  })
  expect(answers.queries).toEqual(answers.queries.map(() => 'denied'))
  expect(answers.notification).toBe('denied')
  expect(answers.media).not.toBe('given')
  expect(answers.screen).not.toBe('given')
  expect(answers.clipboard).toBe('NotAllowedError')
  expect(answers.position).toBe('denied')

  const isTrusted = await app.evaluate(
    ({ app, webContents }) =>
      new Promise(resolve => {
        const [contents] = webContents.getAllWebContents()
        app.emit(
          'certificate-error',
          { preventDefault: () => undefined },
          contents,
          'https://x/',
          'net::ERR',
          {},
          resolve,
        )
      }),
  )
  expect(isTrusted).toBe(false)
})

test('the app protocol serves its own files and nothing above them', async ({ page }) => {
  const statuses = await page.evaluate(async () => {
    const urls = [
      '/index.html',
      '/..%2f..%2fpackage.json',
      '/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd',
      '/%2e%2e%2f%2e%2e%2fpackage.json',
      '/..%5c..%5cpackage.json',
      '/..\\..\\package.json',
      '/%2fetc%2fpasswd',
      '//etc/passwd',
      '/etc/passwd',
      '/index.html%00',
      '/assets',
      '/../main/index.js',
      '/..%2fmain%2findex.js',
      '/logs/..%2f..%2fdrydock.db.log',
      '/logs/no-such-run.log',
      '/logs/no-such-run/bots-1.log',
    ]
    const status = (url: string): Promise<number> =>
      fetch(`app://drydock${url}`).then(response => response.status)
    return Promise.all(urls.map(status))
  })
  expect(statuses).toEqual([200, ...Array.from({ length: 15 }, () => 404)])
})
