import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  entriesFor,
  judgeHostKey,
  knownHostName,
  knownHostsLine,
  parseKnownHosts,
  readOfferedKey,
  type OfferedKey,
} from './knownHosts'

const A = offered('ssh-ed25519', 'a')
const B = offered('ssh-ed25519', 'b')
const RSA = offered('ssh-rsa', 'rsa')

/** What a file says of `host` on `port`, when it offers `key`. */
function verdict(text: string, host: string, port: number, key: OfferedKey): unknown {
  return judgeHostKey(entriesFor(parseKnownHosts(text), knownHostName(host, port)), key)
}

describe('known_hosts', () => {
  it('reads markers, names, keys and comments, and counts what it cannot read', () => {
    const text = [
      '# a comment',
      '',
      `  pc2,192.168.1.11 ${A.type} ${A.key} w1@laptop\r`,
      `@revoked * ${B.type} ${B.key}`,
      `@cert-authority *.lan ${RSA.type} ${RSA.key}`,
      'only-a-name',
      'pc3 ssh-ed25519 !!!notbase64',
      `pc4 ssh-rsa ${A.key}`,
      `@unknown pc5 ${A.type} ${A.key}`,
    ].join('\n')
    expect(parseKnownHosts(text)).toEqual({
      entries: [
        { marker: null, names: 'pc2,192.168.1.11', type: A.type, key: A.key },
        { marker: 'revoked', names: '*', type: B.type, key: B.key },
        { marker: 'cert-authority', names: '*.lan', type: RSA.type, key: RSA.key },
      ],
      brokenLines: 4,
    })
  })

  it.each([
    ['pc2', 'pc2', 22, true],
    ['PC2', 'pc2', 22, true],
    ['pc2', 'PC2', 22, true],
    ['pc2', 'pc2', 2222, false],
    ['[pc2]:2222', 'pc2', 2222, true],
    ['[pc2]:2222', 'pc2', 22, false],
    ['a,pc2,b', 'pc2', 22, true],
    ['*.lan', 'pc2.lan', 22, true],
    ['*.lan', 'pc2.lan.evil', 22, false],
    ['pc?', 'pc2', 22, true],
    ['pc?', 'pc22', 22, false],
    ['*', 'anything', 22, true],
    ['*,!pc2', 'pc2', 22, false],
    ['!pc2,*', 'pc2', 22, false],
    ['!pc?', 'other', 22, false],
    ['[*.lan]:2222', 'pc2.lan', 2222, true],
    ['192.168.1.?', '192.168.1.7', 22, true],
    ['::1', '::1', 22, true],
    ['[::1]:2222', '::1', 2222, true],
    ['', 'pc2', 22, false],
  ] as const)('names: "%s" speaks of %s on port %i: %s', (names, host, port, isMatch) => {
    const expected = isMatch ? { kind: 'known' } : { kind: 'unknown' }
    expect(verdict(`${names} ${A.type} ${A.key}`, host, port, A)).toEqual(expected)
  })

  it('matches patterns as their plain meaning does, in any combination of stars', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(letters, pattern, (name, names) => {
        const meaning = names.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
        const expected = new RegExp(`^(${meaning})$`).test(name) ? 1 : 0
        expect(entriesFor(parseKnownHosts(`${names} ${A.type} ${A.key}`), name)).toHaveLength(expected)
      }),
    )
  })

  it('does not take exponential time for a line full of stars', () => {
    const names = `${'*a'.repeat(40)}b`
    expect(verdict(`${names} ${A.type} ${A.key}`, 'a'.repeat(200), 22, A)).toEqual({ kind: 'unknown' })
  })

  it('finds every hashed name, and no other host by it', () => {
    const host = fc.stringMatching(/^[a-z0-9.-]{1,30}$/)
    fc.assert(
      fc.property(host, host, fc.integer({ min: 1, max: 65_535 }), (hashed, other, port) => {
        const line = `${hashName(knownHostName(hashed, port))} ${A.type} ${A.key}`
        expect(verdict(line, hashed, port, A)).toEqual({ kind: 'known' })
        if (other !== hashed) expect(verdict(line, other, port, A)).toEqual({ kind: 'unknown' })
      }),
    )
  })

  it('does not trip over hashed names that are broken', () => {
    for (const names of ['|1|', '|1|a|b|c', '|2|YQ==|YQ==', '|', '|1||']) {
      expect(verdict(`${names} ${A.type} ${A.key}`, 'pc2', 22, A)).toEqual({ kind: 'unknown' })
    }
  })
})

describe('the verdict on a host key', () => {
  const known = (key: OfferedKey): object => ({ type: key.type, fingerprint: key.fingerprint })

  it('is "changed" for another key, also of another type, and names the known ones', () => {
    expect(verdict(`pc2 ${A.type} ${A.key}\npc2 ${RSA.type} ${RSA.key}`, 'pc2', 22, B)).toEqual({
      kind: 'changed',
      known: [known(A), known(RSA)],
    })
    expect(verdict(`pc2 ${RSA.type} ${RSA.key}`, 'pc2', 22, A)).toEqual({
      kind: 'changed',
      known: [known(RSA)],
    })
  })

  it('is "known" when one of several keys is the one', () => {
    expect(verdict(`pc2 ${A.type} ${A.key}\npc2 ${B.type} ${B.key}`, 'pc2', 22, B)).toEqual({ kind: 'known' })
  })

  it('is "revoked" for a revoked key, even if it is known too', () => {
    expect(verdict(`pc2 ${A.type} ${A.key}\n@revoked * ${A.type} ${A.key}`, 'pc2', 22, A)).toEqual({
      kind: 'revoked',
    })
    expect(verdict(`@revoked * ${A.type} ${A.key}`, 'pc2', 22, B)).toEqual({ kind: 'unknown' })
  })

  it('never comes from an authority for certificates', () => {
    expect(verdict(`@cert-authority pc2 ${A.type} ${A.key}`, 'pc2', 22, A)).toEqual({ kind: 'unknown' })
    expect(verdict(`@cert-authority pc2 ${A.type} ${A.key}`, 'pc2', 22, B)).toEqual({ kind: 'unknown' })
  })

  it('is "known" for what was written for it, whatever the host is called', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-zA-Z0-9.:-]{1,40}$/),
        fc.integer({ min: 1, max: 65_535 }),
        (host, port) => {
          expect(verdict(knownHostsLine(knownHostName(host, port), A), host, port, A)).toEqual({
            kind: 'known',
          })
        },
      ),
    )
  })
})

describe('a key as it is offered', () => {
  it('is none when its wire form is cut short', () => {
    const wire = Buffer.from(A.key, 'base64')
    expect(readOfferedKey(wire)).toEqual(A)
    for (let length = 0; length < 5; length += 1) expect(readOfferedKey(wire.subarray(0, length))).toBe(null)
    expect(readOfferedKey(Buffer.from([255, 255, 255, 255, 1]))).toBe(null)
  })
})

/** A real key of its type would do no better here: only the wire form's frame is looked at. */
function offered(type: string, seed: string): OfferedKey {
  const { publicKey } = generateKeyPairSync('ed25519')
  const body = Buffer.concat([publicKey.export({ type: 'spki', format: 'der' }), Buffer.from(seed)])
  const wire = Buffer.concat([lengthOf(type.length), Buffer.from(type), lengthOf(body.length), body])
  const key = readOfferedKey(wire)
  if (key === null) throw new Error('no key')
  return key
}

function lengthOf(length: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  return bytes
}

function hashName(name: string): string {
  const salt = randomBytes(20)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}
