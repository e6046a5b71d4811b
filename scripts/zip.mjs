// @ts-check
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdir, open, rename, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw } from 'node:zlib'

/**
 * @typedef {object} ZipEntry
 * @property {string} name with `/` between folders; a folder's ends in one
 * @property {number} mode Unix mode bits, 0 when the archive was not made on Unix
 * @property {number} method 0 stored, 8 deflated
 * @property {number} packedBytes
 * @property {number} headerAt
 */

const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const LOCAL_HEADER = 0x04034b50
const END_BYTES = 22
const LONGEST_COMMENT = 0xffff
const FILE_TYPE = 0o170000
const SYMLINK = 0o120000

/**
 * Unpacks the entries that `place` gives a path for, modes and symbolic links included. Every machine has Node, not
 * every machine has `unzip`, and Python's own unpacker drops the modes.
 * Errors: not a zip, an archive beyond 4 GiB, a path that leads out of `folder`.
 * Source: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.16.
 * @param {string} archive
 * @param {string} folder
 * @param {(name: string) => string | null} place the path inside `folder` for an entry; null leaves it out
 */
export async function unzip(archive, folder, place) {
  const file = await open(archive, 'r')
  try {
    for (const entry of await readDirectory(file)) {
      const path = place(entry.name)
      if (path !== null) await writeEntry({ file, archive }, entry, inside(folder, path))
    }
  } finally {
    await file.close()
  }
}

/**
 * @param {string} folder
 * @param {string} path
 */
function inside(folder, path) {
  const target = join(folder, path)
  if (target !== folder && !target.startsWith(folder + sep))
    throw new Error(`The archive leads outside: ${path}`)
  return target
}

/** @param {import('node:fs/promises').FileHandle} file */
async function readDirectory(file) {
  const { size } = await file.stat()
  const tail = await readAt(
    file,
    Math.max(0, size - END_BYTES - LONGEST_COMMENT),
    Math.min(size, END_BYTES + LONGEST_COMMENT),
  )
  let end = tail.length - END_BYTES
  while (end >= 0 && tail.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1
  if (end < 0) throw new Error('Not a zip archive, or it is cut off.')
  const count = tail.readUInt16LE(end + 10)
  const bytes = tail.readUInt32LE(end + 12)
  const at = tail.readUInt32LE(end + 16)
  if (count === 0xffff || at === 0xffffffff)
    throw new Error('The archive is larger than this reader handles.')
  return parseDirectory(await readAt(file, at, bytes), count)
}

/**
 * @param {Buffer} directory
 * @param {number} count
 */
function parseDirectory(directory, count) {
  /** @type {ZipEntry[]} */
  const entries = []
  let at = 0
  while (entries.length < count) {
    if (directory.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error('The archive has a broken directory.')
    const nameBytes = directory.readUInt16LE(at + 28)
    entries.push({
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      mode: directory.readUInt32LE(at + 38) >>> 16,
      headerAt: directory.readUInt32LE(at + 42),
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
    })
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
  return entries
}

/**
 * @param {{ file: import('node:fs/promises').FileHandle, archive: string }} source
 * @param {ZipEntry} entry
 * @param {string} target
 */
async function writeEntry({ file, archive }, entry, target) {
  if (entry.name.endsWith('/')) {
    await mkdir(target, { recursive: true })
    return
  }
  await mkdir(dirname(target), { recursive: true })
  const header = await readAt(file, entry.headerAt, 30)
  if (header.readUInt32LE(0) !== LOCAL_HEADER) throw new Error(`The archive is broken at ${entry.name}.`)
  const start = entry.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
  if ((entry.mode & FILE_TYPE) === SYMLINK) {
    const link = await readAt(file, start, entry.packedBytes)
    await symlink(link.toString('utf8'), target)
    return
  }
  await copyOut(archive, entry, start, `${target}.part`)
  if (entry.mode !== 0) await chmod(`${target}.part`, entry.mode & 0o777)
  await rename(`${target}.part`, target)
}

/**
 * @param {string} archive
 * @param {ZipEntry} entry
 * @param {number} start
 * @param {string} target
 */
async function copyOut(archive, entry, start, target) {
  if (entry.packedBytes === 0) {
    await writeFile(target, '')
    return
  }
  const output = createWriteStream(target)
  const packed = createReadStream(archive, { start, end: start + entry.packedBytes - 1 })
  if (entry.method === 0) await pipeline(packed, output)
  else if (entry.method === 8) await pipeline(packed, createInflateRaw(), output)
  else throw new Error(`The archive packs ${entry.name} by method ${entry.method}, which this reader cannot.`)
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} position
 * @param {number} length
 */
async function readAt(file, position, length) {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  if (bytesRead < length) throw new Error('The archive is cut off.')
  return buffer
}
