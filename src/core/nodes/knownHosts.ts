import { createHash, createHmac } from 'node:crypto'
import type { HostKey } from '../../contract/nodes'

/** One usable line of a `known_hosts` file. */
export interface KnownHost {
  readonly marker: 'revoked' | 'cert-authority' | null
  /** Comma list of names and patterns, or one hashed name, as written. */
  readonly names: string
  readonly type: string
  /** The key itself, base64 of its SSH wire form. */
  readonly key: string
}

export interface KnownHostsFile {
  readonly entries: readonly KnownHost[]
  /** Lines that are neither empty, nor a comment, nor an entry. OpenSSH skips them too. */
  readonly brokenLines: number
}

/** A key as a server offers it. */
export interface OfferedKey extends HostKey {
  readonly key: string
}

export type HostVerdict =
  | { readonly kind: 'known' | 'unknown' | 'revoked' }
  | { readonly kind: 'changed'; readonly known: readonly HostKey[] }

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * Reads a `known_hosts` file.
 *
 * Shape: `[@marker] names type key [comment]` a line, blanks between; `#` begins a comment line.
 * Absent: an empty file has no entries.
 * Errors: none; broken lines are counted, because one of them must not hide the others.
 * Source: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
 */
export function parseKnownHosts(text: string): KnownHostsFile {
  const entries: KnownHost[] = []
  let brokenLines = 0
  for (const line of text.split('\n')) {
    const words = line.trim().split(/[ \t]+/)
    if (words[0] === '' || words[0]?.startsWith('#')) continue
    const entry = parseEntry(words)
    if (entry === null) brokenLines += 1
    else entries.push(entry)
  }
  return { entries, brokenLines }
}

function parseEntry(words: readonly string[]): KnownHost | null {
  const markers = { '@revoked': 'revoked', '@cert-authority': 'cert-authority' } as const
  const word = words[0] ?? ''
  const marker = word === '@revoked' || word === '@cert-authority' ? markers[word] : null
  if (word.startsWith('@') && marker === null) return null
  const [names, type, key] = marker === null ? words : words.slice(1)
  if (names === undefined || type === undefined || key === undefined) return null
  if (!BASE64.test(key) || typeOfKey(Buffer.from(key, 'base64')) !== type) return null
  return { marker, names, type, key }
}

/** The name under which OpenSSH files a host: bare on port 22, `[host]:port` on any other. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase()
  return port === 22 ? name : `[${name}]:${port}`
}

/** The entries that speak of this host. Authorities for certificates never do: plain keys are not theirs. */
export function entriesFor(file: KnownHostsFile, name: string): readonly KnownHost[] {
  return file.entries.filter(entry => entry.marker !== 'cert-authority' && namesMatch(entry.names, name))
}

/** What the entries of one host say of the key that it offers. A revoked key is revoked even if it is also known. */
export function judgeHostKey(entries: readonly KnownHost[], offered: OfferedKey): HostVerdict {
  const same = entries.filter(entry => sameKey(entry.key, offered.key))
  if (same.some(entry => entry.marker === 'revoked')) return { kind: 'revoked' }
  if (same.length > 0) return { kind: 'known' }
  const known = entries.filter(entry => entry.marker === null)
  if (known.length === 0) return { kind: 'unknown' }
  return { kind: 'changed', known: known.map(({ type, key }) => describeKey(type, key)) }
}

/** The line that makes a key known. */
export function knownHostsLine(name: string, offered: OfferedKey): string {
  return `${name} ${offered.type} ${offered.key}\n`
}

/** Names a key from its wire form, or null when it is no key. */
export function readOfferedKey(wire: Uint8Array): OfferedKey | null {
  const bytes = Buffer.from(wire)
  const type = typeOfKey(bytes)
  if (type === null) return null
  const key = bytes.toString('base64')
  return { ...describeKey(type, key), key }
}

/** `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it. */
function describeKey(type: string, key: string): HostKey {
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64')
  return { type, fingerprint: `SHA256:${digest.replace(/=+$/, '')}` }
}

/** The first string of the wire form: its length in four bytes, then the type's name. */
function typeOfKey(wire: Buffer): string | null {
  if (wire.length < 5) return null
  const length = wire.readUInt32BE(0)
  return length > 0 && 4 + length < wire.length ? wire.toString('latin1', 4, 4 + length) : null
}

function sameKey(a: string, b: string): boolean {
  return a === b || Buffer.from(a, 'base64').equals(Buffer.from(b, 'base64'))
}

function namesMatch(names: string, name: string): boolean {
  if (names.startsWith('|')) return hashMatches(names, name)
  let isMatch = false
  for (const pattern of names.toLowerCase().split(',')) {
    if (pattern.startsWith('!')) {
      // A negated name takes the host out, whatever else the line says.
      if (patternMatches(pattern.slice(1), name)) return false
    } else if (patternMatches(pattern, name)) {
      isMatch = true
    }
  }
  return isMatch
}

/** `*` is any run of characters, `?` any one: the patterns of `known_hosts` and of `Host` in `ssh_config`. */
export function patternMatches(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name
  // Walked without a regular expression: a line with many stars must not cost exponential time.
  let p = 0
  let n = 0
  let star = -1
  let afterStar = 0
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++
      afterStar = n
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p += 1
      n += 1
    } else if (star >= 0) {
      p = star + 1
      n = afterStar += 1
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p += 1
  return p === pattern.length
}

/** `|1|<salt>|<HMAC-SHA1 of the name>`, both base64. */
function hashMatches(hashed: string, name: string): boolean {
  const [, version, salt, digest, ...more] = hashed.split('|')
  if (version !== '1' || salt === undefined || digest === undefined || more.length > 0) return false
  const expected = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.equals(Buffer.from(digest, 'base64'))
}
