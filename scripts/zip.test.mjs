// @ts-check
import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { unzip } from './zip.mjs'

/** @type {string} */
let folder

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-zip-'))
  onTestFinished(() => rm(folder, { recursive: true }))
})

const FILE = 0o100000
const LINK = 0o120000

/**
 * A zip as Info-ZIP writes it: every entry deflated unless `isStored`.
 * @param {readonly { name: string, text?: string, mode: number, isStored?: boolean }[]} entries
 */
function zipOf(entries) {
  /** @type {Buffer[]} */
  const bodies = []
  /** @type {Buffer[]} */
  const directory = []
  let at = 0
  for (const { name, text = '', mode, isStored = false } of entries) {
    const data = isStored || text === '' ? Buffer.from(text) : deflateRawSync(text)
    const method = isStored || text === '' ? 0 : 8
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(method, 8)
    local.writeUInt16LE(Buffer.byteLength(name), 26)
    local.writeUInt16LE(4, 28)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(method, 10)
    entry.writeUInt32LE(data.length, 20)
    entry.writeUInt32LE(text.length, 24)
    entry.writeUInt16LE(Buffer.byteLength(name), 28)
    entry.writeUInt32LE((mode << 16) >>> 0, 38)
    entry.writeUInt32LE(at, 42)
    const body = Buffer.concat([local, Buffer.from(name), Buffer.from('xtra'), data])
    bodies.push(body)
    directory.push(entry, Buffer.from(name))
    at += body.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(at, 16)
  end.writeUInt16LE(7, 20)
  return Buffer.concat([...bodies, listed, end, Buffer.from('comment')])
}

/**
 * @param {Parameters<typeof zipOf>[0]} entries
 * @param {(name: string) => string | null} [place]
 */
async function unpacked(entries, place = name => name) {
  const archive = join(folder, 'a.zip')
  await writeFile(archive, zipOf(entries))
  const target = join(folder, 'out')
  await unzip(archive, target, place)
  return target
}

it('unpacks deflated, stored and empty files with their modes, folders and links', async () => {
  const target = await unpacked([
    { name: 'a/', mode: 0o040755 },
    { name: 'a/program', mode: FILE | 0o755, text: 'x'.repeat(10_000) },
    { name: 'a/plain', mode: FILE | 0o644, text: 'as it is', isStored: true },
    { name: 'a/empty', mode: FILE | 0o600 },
    { name: 'link', mode: LINK | 0o777, text: 'a/plain', isStored: true },
  ])
  expect((await readdir(target, { recursive: true })).sort()).toEqual([
    'a',
    'a/empty',
    'a/plain',
    'a/program',
    'link',
  ])
  expect(await readFile(join(target, 'a', 'program'), 'utf8')).toBe('x'.repeat(10_000))
  expect((await stat(join(target, 'a', 'program'))).mode & 0o777).toBe(0o755)
  expect(await readFile(join(target, 'link'), 'utf8')).toBe('as it is')
  expect(await readlink(join(target, 'link'))).toBe('a/plain')
  expect((await stat(join(target, 'a', 'empty'))).size).toBe(0)
})

it('leaves out and renames what it is told to', async () => {
  const entries = [
    { name: 'Other/Other', mode: FILE | 0o755, text: 'program' },
    { name: 'Other/skipped', mode: FILE | 0o644, text: 'no' },
  ]
  const target = await unpacked(entries, name => (name === 'Other/Other' ? 'electron' : null))
  expect(await readdir(target)).toEqual(['electron'])
})

it('refuses a path that leads out of the folder', async () => {
  await expect(unpacked([{ name: '../out.txt', mode: FILE | 0o644, text: 'x' }])).rejects.toThrow(
    'leads outside',
  )
  expect(await readdir(folder)).toEqual(['a.zip'])
})

it('says so when the archive is none, or is cut off', async () => {
  const archive = join(folder, 'broken.zip')
  await writeFile(archive, 'not a zip')
  await expect(unzip(archive, folder, name => name)).rejects.toThrow('Not a zip archive')
  const whole = zipOf([{ name: 'a', mode: FILE | 0o644, text: 'x'.repeat(1_000) }])
  await writeFile(archive, whole.subarray(20))
  await expect(unzip(archive, folder, name => name)).rejects.toThrow(/broken|cut off/)
})
