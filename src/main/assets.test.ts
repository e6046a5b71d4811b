import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Assets, contentType, listAssets, readAsset, resolveAsset } from './assets'

let folder: string
let root: string
let assets: Assets

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-assets-'))
  root = join(folder, 'renderer')
  await mkdir(join(root, 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await writeFile(join(root, 'index.html'), '<!doctype html>')
  await writeFile(join(root, 'assets', 'a b.js'), 'export {}')
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'))
  await symlink(folder, join(root, 'up'))
  assets = await listAssets(root)
})

afterAll(() => rm(folder, { recursive: true }))

describe('listAssets', () => {
  it('lists regular files alone: a link is none, to a file or to a folder', () => {
    expect([...assets.keys()].sort()).toEqual(['/assets/a b.js', '/index.html'])
  })
})

describe('resolveAsset', () => {
  it.each([
    ['app://drydock/', 'index.html'],
    ['app://drydock/index.html', 'index.html'],
    ['app://drydock/index.html?x=1#y', 'index.html'],
    ['app://drydock/assets/a%20b.js', 'assets/a b.js'],
    ['app://drydock/x/../index.html', 'index.html'],
  ])('finds the file behind %s', (url, file) => {
    expect(resolveAsset(assets, url)).toBe(join(root, file))
  })

  it.each([
    'app://drydock/../secret.txt',
    'app://drydock/..%2fsecret.txt',
    'app://drydock/..%2Fsecret.txt',
    'app://drydock/%2e%2e/secret.txt',
    'app://drydock/%2e%2e%2fsecret.txt',
    'app://drydock/%252e%252e%252fsecret.txt',
    'app://drydock/assets/..%2f..%2fsecret.txt',
    'app://drydock/..\\secret.txt',
    'app://drydock/..%5csecret.txt',
    'app://drydock//etc/passwd',
    'app://drydock/%2fetc%2fpasswd',
    'app://drydock/file:///etc/passwd',
    'app://drydock/C:/Windows/win.ini',
    'app://drydock/index.html%00',
    'app://drydock/index.html%00.png',
    'app://drydock/%c0%ae%c0%ae/secret.txt',
    'app://drydock/%',
    'app://drydock/link.txt',
    'app://drydock/up/secret.txt',
    'app://drydock/assets',
    'app://drydock/assets/',
    'app://drydock/INDEX.HTML',
    'app://other/index.html',
    'app://drydock.evil/index.html',
    'app://user@drydock/index.html',
    'https://drydock/index.html',
    'file:///etc/passwd',
    'app:index.html',
    '',
  ])('has nothing behind %s', url => {
    expect(resolveAsset(assets, url)).toBeNull()
  })

  it('never answers with anything but one of the listed files', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      '%2f',
      '%5c',
      '\\',
      '%00',
      '%2e',
      'up',
      'link.txt',
      'assets',
      'secret.txt',
    )
    const files = new Set([...assets.values(), null])
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), pieces => {
        expect(files).toContain(resolveAsset(assets, `app://drydock/${pieces.join('')}`))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('readAsset', () => {
  it('does not follow a link that took the place of a file', async () => {
    const file = join(root, 'late.txt')
    await symlink(join(folder, 'secret.txt'), file)
    expect(await readAsset(file)).toBeNull()
  })

  it('has nothing for a file that is gone', async () => {
    expect(await readAsset(join(root, 'gone.js'))).toBeNull()
  })
})

describe('contentType', () => {
  it('never guesses: an unknown ending is only bytes', () => {
    expect(['/a.HTML', '/a.js', '/a.woff2', '/a.exe', '/html'].map(contentType)).toEqual([
      'text/html; charset=utf-8',
      'text/javascript; charset=utf-8',
      'font/woff2',
      'application/octet-stream',
      'application/octet-stream',
    ])
  })
})
