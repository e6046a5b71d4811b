import { join } from 'node:path'
import { expect, test } from './app'
import { call, knock } from './door'

const SETTINGS = call('/settings/set', { theme: 'dark' })
const SERVED = [{ status: 200, body: { theme: 'dark' } }]

test.describe('the door to the engine', () => {
  test('serves the page of the window', async ({ page }) => {
    expect(await knock(page, [SETTINGS])).toEqual(SERVED)
  })

  test('refuses what the contract refuses, and stays open', async ({ page, drydock }) => {
    const replies = await knock(page, [
      call('/settings/set', { theme: 'pink' }, 'expect-reply-1'),
      call('/settings/set', null, 'expect-reply-2'),
      call('/runs/start', { plan: '../../etc/passwd' }, 'expect-reply-3'),
      call('/runs/stop', { run: '$(reboot)', force: true, nodes: null }, 'expect-reply-4'),
      call('/mode/set', { dryRun: false, allowOrders: true, typed: 'LIVE', extra: 1 }, 'expect-reply-5'),
    ])
    expect(replies).toEqual(
      Array.from({ length: 5 }, () => ({
        status: 400,
        body: expect.objectContaining({ code: 'BAD_REQUEST' }),
      })),
    )
    expect(await knock(page, [SETTINGS])).toEqual(SERVED)
    expect((await drydock.log()).filter(line => line.level === 'error')).toEqual([])
  })

  test('drops what is no call at all, and stays open', async ({ page, drydock }) => {
    const garbage = [
      '{',
      '[]',
      'null',
      '{"i":1}',
      '{"i":1,"p":{"u":"https://evil.example/"}}',
      'x'.repeat(500_000),
      7,
      {},
    ]
    expect(await knock(page, [...garbage, SETTINGS])).toEqual(SERVED)
    expect((await drydock.log()).filter(line => line.level === 'error')).toEqual([])
  })

  test('closes the port of any other window unread', async ({ app, page, drydock }) => {
    const opening = app.waitForEvent('window')
    await app.evaluate(
      ({ BrowserWindow }, preload) =>
        new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } }).loadURL(
          'app://drydock/',
        ),
      join(import.meta.dirname, '..', 'out', 'preload', 'index.cjs'),
    )
    const other = await opening
    expect(await knock(other, [call('/settings/set', { theme: 'light' })])).toBe('closed')
    expect((await drydock.log()).map(line => line.message)).toContain('port refused')
    expect(await knock(page, [SETTINGS])).toEqual(SERVED)
  })

  test('takes no port from a frame inside the page', async ({ page }) => {
    const blocked = await page.evaluate(async () => {
      const violation = new Promise<string>(resolve => {
        document.addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective), {
          once: true,
        })
      })
      const frame = document.createElement('iframe')
      frame.src = 'app://drydock/'
      document.body.append(frame)
      return violation
    })
    expect(blocked).toBe('frame-src')
  })

  test('ends what a page had open when that page goes, however often', async ({ page }) => {
    for (let round = 0; round < 10; round += 1) {
      await page.reload()
      expect(await knock(page, [SETTINGS])).toEqual(SERVED)
    }
  })
})
