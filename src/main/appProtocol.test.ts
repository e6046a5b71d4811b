import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answer, CONTENT_SECURITY_POLICY } from './appProtocol'
import { listAssets } from './assets'

let root: string
let deps: Parameters<typeof answer>[0]
const asked: (readonly [string, string | null])[] = []

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'drydock-page-'))
  await writeFile(join(root, 'index.html'), '<!doctype html>')
  deps = {
    assets: await listAssets(root),
    async logDownload(run, worker) {
      asked.push([run, worker])
      if (run === 'gone') return null
      return { fileName: `${run}"\r\nx: y.log`, stream: new Blob(['line\n']).stream() }
    },
  }
})

afterAll(() => rm(root, { recursive: true }))

const get = (url: string, method = 'GET') => answer(deps, { method, url })

it('serves the page with its type and the whole security policy', async () => {
  const response = await get('app://drydock/')
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('<!doctype html>')
  expect(Object.fromEntries(response.headers)).toEqual({
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'content-type': 'text/html; charset=utf-8',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
})

it('keeps the security policy on what it refuses', async () => {
  const response = await get('app://drydock/..%2fsecret')
  expect([response.status, response.headers.get('content-security-policy')]).toEqual([
    404,
    CONTENT_SECURITY_POLICY,
  ])
})

it('changes nothing for anybody: only reading is a method', async () => {
  expect((await get('app://drydock/', 'POST')).status).toBe(405)
})

it('serves a log as a download whose name cannot break out of its header', async () => {
  asked.length = 0
  const response = await get('app://drydock/logs/20261124-101500-ab12/bots-1.log')
  expect(await response.text()).toBe('line\n')
  expect(response.headers.get('content-disposition')).toBe(
    'attachment; filename="20261124-101500-ab12___x__y.log"',
  )
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  await get('app://drydock/logs/20261124-101500-ab12/@2.log')
  await get('app://drydock/logs/20261124-101500-ab12.log')
  expect(asked).toEqual([
    ['20261124-101500-ab12', 'bots-1'],
    ['20261124-101500-ab12', '@2'],
    ['20261124-101500-ab12', null],
  ])
})

it.each([
  'app://drydock/logs/gone.log',
  'app://drydock/logs/../drydock.db',
  'app://drydock/logs/..%2f..%2fdrydock.log',
  'app://drydock/logs/%2e%2e/x.log',
  'app://drydock/logs/.hidden.log',
  'app://drydock/logs/r1/w1/w2.log',
  'app://drydock/logs/r1/.log',
  'app://drydock/logs/r1/@0.log',
  'app://drydock/logs/r1/@x.log',
  'app://drydock/logs/r1',
  `app://drydock/logs/${'r'.repeat(65)}.log`,
])('has no log behind %s', async url => {
  expect((await get(url)).status).toBe(404)
})
