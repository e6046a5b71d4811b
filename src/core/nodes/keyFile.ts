import { open, readFile, type FileHandle } from 'node:fs/promises'

/** A private key that can sign. Opaque to all but the SSH shell, which made it. */
export interface PrivateKey {
  readonly type: string
  readonly comment: string
  /** The public half in wire form. */
  getPublicSSH(): Buffer
}

/** What can be done with the bytes of a private key file. */
export type KeyReading =
  | { readonly state: 'usable'; readonly key: PrivateKey }
  /** It has a passphrase, and none was given or the wrong one. */
  | { readonly state: 'locked' }
  | { readonly state: 'broken' }

export type ReadPrivateKey = (bytes: Buffer, passphrase: string | null) => KeyReading

export interface PublicKey {
  /** As OpenSSH writes it, e.g. `ssh-ed25519`. */
  readonly type: string
  readonly wire: Buffer
  readonly comment: string
}

export interface KeyFile {
  readonly path: string
  readonly bytes: Buffer
  readonly reading: KeyReading
  /** Null when neither the file nor its `.pub` tells. */
  readonly publicKey: PublicKey | null
  /** Others than its owner may read it: OpenSSH takes no such key. */
  readonly isTooOpen: boolean
  /** When it was last written (epoch ms). */
  readonly modifiedAtMs: number
}

// A 16,384-bit RSA key has 12 KiB.
const MAX_KEY_BYTES = 64 * 1024

/** Reads a private key file; null when there is none that is ours to read, or when it is too long for a key. */
export async function readKeyFile(path: string, read: ReadPrivateKey): Promise<KeyFile | null> {
  const found = await contentOf(path)
  if (found === null) return null
  const reading = read(found.bytes, null)
  const beside = await publicKeyBeside(path)
  return { path, ...found, reading, publicKey: publicHalf(found.bytes, reading, beside) }
}

async function contentOf(
  path: string,
): Promise<Pick<KeyFile, 'bytes' | 'isTooOpen' | 'modifiedAtMs'> | null> {
  let file: FileHandle | null = null
  try {
    file = await open(path, 'r')
    const stat = await file.stat()
    if (!stat.isFile() || stat.size > MAX_KEY_BYTES) return null
    const isOurs = process.getuid === undefined ? false : stat.uid === process.getuid()
    return {
      bytes: await file.readFile(),
      // As OpenSSH: only asked of files of one's own, and not on Windows.
      isTooOpen: isOurs && (stat.mode & 0o077) !== 0,
      modifiedAtMs: stat.mtimeMs,
    }
  } catch {
    // Not there or not ours to read: the same to an offer, and the sentence says so.
    return null
  } finally {
    await file?.close()
  }
}

/** The file itself has the last word; its `.pub` serves where the file keeps the public half locked, and for the comment. */
function publicHalf(bytes: Buffer, reading: KeyReading, beside: PublicKey | null): PublicKey | null {
  const wire = reading.state === 'usable' ? reading.key.getPublicSSH() : openSshPublicHalf(bytes)
  if (wire === null) return beside
  const type = typeOf(wire)
  if (type === null) return beside
  const isSame = beside?.wire.equals(wire) === true
  const own = reading.state === 'usable' ? reading.key.comment : ''
  return { type, wire, comment: isSame && beside.comment !== '' ? beside.comment : own }
}

async function publicKeyBeside(path: string): Promise<PublicKey | null> {
  const text = await readFile(`${path}.pub`, 'utf8').catch(() => null)
  return text === null ? null : parsePublicKey(text)
}

/**
 * Reads a `.pub` file.
 *
 * Shape: `type base64 [comment]` on one line.
 * Errors: null for anything else.
 * Source: sshd(8), "AUTHORIZED_KEYS FILE FORMAT".
 */
export function parsePublicKey(text: string): PublicKey | null {
  const match = /^(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+([^\n]*))?$/.exec(text.trim())
  const [, type, base64, comment] = match ?? []
  if (type === undefined || base64 === undefined) return null
  const wire = Buffer.from(base64, 'base64')
  return typeOf(wire) === type ? { type, wire, comment: comment?.trim() ?? '' } : null
}

const MAGIC = 'openssh-key-v1\0'

/**
 * The public half of a private key file in OpenSSH's own form, which has it in the clear even when the rest is
 * encrypted.
 *
 * Shape: base64 of `openssh-key-v1\0`, then strings (length in four bytes, bytes): cipher, KDF, its options; then the
 * number of keys in four bytes; then the first public key as a string.
 * Errors: null for any other file.
 * Source: PROTOCOL.key of OpenSSH.
 */
export function openSshPublicHalf(file: Buffer): Buffer | null {
  const armour = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END OPENSSH PRIVATE KEY-----/
  const base64 = armour.exec(file.toString('latin1'))?.[1]
  if (base64 === undefined) return null
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null
  const afterCipher = skipString(bytes, MAGIC.length)
  const afterKdf = skipString(bytes, afterCipher)
  const atCount = skipString(bytes, afterKdf)
  const at = atCount + 4
  const end = skipString(bytes, at)
  return end > bytes.length ? null : bytes.subarray(at + 4, end)
}

/** Where the next thing begins; beyond the end when the string is torn. */
function skipString(bytes: Buffer, at: number): number {
  return at + 4 > bytes.length ? Infinity : at + 4 + bytes.readUInt32BE(at)
}

/** The first string of the wire form is the type's name. */
function typeOf(wire: Buffer): string | null {
  if (wire.length < 5) return null
  const length = wire.readUInt32BE(0)
  return length > 0 && 4 + length < wire.length ? wire.toString('latin1', 4, 4 + length) : null
}
