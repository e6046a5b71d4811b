/** Shorter secrets are not masked: they would blot out half of every log. */
const MIN_SECRET_BYTES = 4
const MAX_VALUE_BYTES = 4096
const MAX_USER_BYTES = 128
const MAX_PASSWORD_BYTES = 256
const KEYS = ['password', 'secret', 'token', 'api_key']
const LONGEST_KEY = 8
const [STAR, EQUALS, COLON, SLASH, AT, BLANK, DOUBLE, SINGLE] = [42, 61, 58, 47, 64, 32, 34, 39]

/** Overwrites secrets in a stream of bytes with as many `*`, so that every offset stays what it was. */
export interface SecretMask {
  /** Bytes at the end of what came that were not given out yet: they may be the beginning of a secret. */
  readonly heldBytes: number
  /** How much of what was written before `prime` wants to see. */
  readonly contextBytes: number
  /** Goes on after these (masked) bytes, as after a restart. */
  prime(written: Uint8Array): void
  push(bytes: Uint8Array): Uint8Array
  /** Nothing more will come: gives out what was held back. */
  flush(): Uint8Array
}

/**
 * Masks the secrets that are given (those of four bytes and more), and two forms that carry one by their nature:
 * `scheme://user:PASSWORD@` and `…PASSWORD=`, `…SECRET=`, `…TOKEN=`, `…API_KEY=` in any case, up to a blank or a quote,
 * or within quotes. What comes out does not depend on how the bytes were cut into pieces.
 */
export function createSecretMask(values: readonly string[]): SecretMask {
  const secrets = values.map(value => Buffer.from(value)).filter(({ length }) => length >= MIN_SECRET_BYTES)
  const longest = Math.max(0, ...secrets.map(({ length }) => length))
  const contextBytes = Math.max(2 * MAX_VALUE_BYTES, 2 * longest)
  const maxHeld = Math.max(MAX_PASSWORD_BYTES, 4 * longest)
  let context = Buffer.alloc(0)
  let held = Buffer.alloc(0)

  /** Gives out what is certain (at the end: all of it), and keeps the rest. */
  function give(bytes: Uint8Array, isEnd: boolean): Uint8Array {
    const window = Buffer.concat([context, held, bytes])
    const from = context.length
    const known = secretRanges(window, from, secrets, longest)
    const url = urlRanges(window, from)
    const begun = secrets.map(secret => begunAt(window, from, secret))
    const ranges = [...known, ...url.ranges, ...valueRanges(window, from)]
    if (isEnd) {
      for (const at of begun) if (window.length - at >= MIN_SECRET_BYTES) ranges.push([at, window.length])
    }
    const hold = isEnd ? window.length : holdAt(Math.min(url.begunAt, ...begun, window.length), known)
    const end = Math.max(from, hold, window.length - (isEnd ? 0 : maxHeld))
    const given = masked(window, from, end, ranges)
    context = Buffer.from(window.subarray(Math.max(0, end - contextBytes), end))
    held = Buffer.from(window.subarray(end))
    return given
  }

  return {
    get heldBytes() {
      return held.length
    },
    contextBytes,
    prime(written) {
      context = Buffer.from(written.subarray(-contextBytes))
      held = Buffer.alloc(0)
    },
    push: bytes => give(bytes, false),
    flush: () => give(new Uint8Array(), true),
  }
}

type Range = readonly [start: number, end: number]

function secretRanges(window: Buffer, from: number, secrets: readonly Buffer[], longest: number): Range[] {
  const ranges: Range[] = []
  for (const secret of secrets) {
    const first = Math.max(0, from - longest)
    for (let at = window.indexOf(secret, first); at !== -1; at = window.indexOf(secret, at + 1))
      ranges.push([at, at + secret.length])
  }
  return ranges
}

/** Where the longest beginning of the secret stands that the window ends with; its length when there is none. */
function begunAt(window: Buffer, from: number, secret: Buffer): number {
  const first = Math.max(from, window.length - secret.length + 1)
  for (
    let at = window.indexOf(secret[0] ?? 0, first);
    at !== -1;
    at = window.indexOf(secret[0] ?? 0, at + 1)
  ) {
    if (window.subarray(at).equals(secret.subarray(0, window.length - at))) return at
  }
  return window.length
}

/** What is held back begins within no secret: after a restart the half of it would be unknown. */
function holdAt(wanted: number, secrets: readonly Range[]): number {
  let hold = wanted
  for (const [start, end] of [...secrets].sort((a, b) => b[1] - a[1]))
    if (start < hold && end > hold) hold = start
  return hold
}

/** Values behind a key that names a secret. */
function valueRanges(window: Buffer, from: number): Range[] {
  const ranges: Range[] = []
  for (let at = Math.max(1, from - MAX_VALUE_BYTES - 2); at < window.length; at += 1) {
    if (window[at] !== EQUALS || !isKeyEnd(window[at - 1])) continue
    const key = window.toString('latin1', Math.max(0, at - LONGEST_KEY), at).toLowerCase()
    if (!KEYS.some(one => key.endsWith(one))) continue
    const quote = window[at + 1]
    const isQuoted = quote === DOUBLE || quote === SINGLE
    const start = at + (isQuoted ? 2 : 1)
    let end = start
    const limit = Math.min(window.length, start + MAX_VALUE_BYTES)
    while (end < limit && !(isQuoted ? endsQuoted(window[end], quote) : endsWord(window[end]))) end += 1
    ranges.push([start, end])
  }
  return ranges
}

/** The last letters of the keys, in both cases: nearly every `=` of a log is none of theirs. */
function isKeyEnd(byte = 0): boolean {
  const lower = byte | 32
  return lower === 100 || lower === 116 || lower === 110 || lower === 121
}

const endsWord = (byte = 0): boolean => byte <= BLANK || byte === DOUBLE || byte === SINGLE
const endsQuoted = (byte = 0, quote = 0): boolean => byte === quote || byte === 10 || byte === 13

/** Passwords in addresses; `begunAt` is where one stands that is not over yet (or the window's length). */
function urlRanges(window: Buffer, from: number): { readonly ranges: Range[]; readonly begunAt: number } {
  const ranges: Range[] = []
  const first = Math.max(0, from - MAX_USER_BYTES - MAX_PASSWORD_BYTES - 4)
  for (let at = window.indexOf('://', first); at !== -1; at = window.indexOf('://', at + 1)) {
    const userEnd = wordEnd(window, at + 3, MAX_USER_BYTES)
    if (window[userEnd] !== COLON) continue
    let end = userEnd + 1
    const limit = end + MAX_PASSWORD_BYTES
    while (end < limit && (wordEnd(window, end, 1) > end || window[end] === COLON)) end += 1
    if (end >= window.length && end < limit) return { ranges, begunAt: userEnd + 1 }
    if (window[end] === AT) ranges.push([userEnd + 1, end])
  }
  return { ranges, begunAt: window.length }
}

function wordEnd(window: Buffer, from: number, most: number): number {
  let end = from
  while (end < from + most && end < window.length && !endsWord(window[end]) && !isUrlMark(window[end]))
    end += 1
  return end
}

const isUrlMark = (byte = 0): boolean => byte === COLON || byte === SLASH || byte === AT

function masked(window: Buffer, from: number, end: number, ranges: readonly Range[]): Uint8Array {
  const hits = ranges.filter(range => range[0] < end && range[1] > from && range[0] < range[1])
  const given = window.subarray(from, end)
  if (hits.length === 0) return given
  const copy = Buffer.from(given)
  for (const [start, stop] of hits)
    copy.fill(STAR, Math.max(0, start - from), Math.min(copy.length, stop - from))
  return copy
}
