import { expect, it } from 'vitest'
import { createLoginTries, type LoginTry, type LoginWay } from './loginTries'
import type { Login } from './sshLogins'

const key = (path: string): Login => ({
  kind: 'key',
  path,
  key: { type: 'ssh-ed25519', comment: '', getPublicSSH: () => Buffer.alloc(0) },
})
const publicKey = { type: 'ssh-ed25519', wire: Buffer.from('a'), comment: '' }
const ofAgent: Login = { kind: 'agent', socket: '/agent', publicKey, path: null }
const locked: Login = { kind: 'locked', path: 'locked', publicKey }

/** What the server says to each try; `+` marks that something was taken, `signed` that the agent signed. */
type Said = readonly string[] | '+' | 'signed'

function triesAgainst(offers: readonly Login[], way: LoginWay, said: readonly (readonly Said[])[]): string[] {
  const tries = createLoginTries({ offers, skipped: [] }, way)
  const made = [describe(tries.next(null, false, false))]
  for (const words of said) {
    const methods = words.find(word => Array.isArray(word)) ?? null
    const next = tries.next(methods as string[] | null, words.includes('+'), words.includes('signed'))
    made.push(describe(next))
  }
  return made
}

function describe(next: LoginTry | null): string {
  if (next === null) return 'over'
  if (next.kind !== 'offer') return next.kind
  return next.offer.kind === 'agent' ? 'agent' : next.offer.path
}

const KEYS = ['publickey', 'password']
const ASKING = ['publickey', 'keyboard-interactive']
const ASKS = ['keyboard-interactive']

it('offers each key once, and no password', () => {
  expect(triesAgainst([key('a'), key('b')], 'keys', [[KEYS], [KEYS]])).toEqual(['a', 'b', 'over'])
})

it('asks what the server takes before it offers what ssh2 tells nothing about', () => {
  expect(triesAgainst([ofAgent, locked], 'keys', [[KEYS], [KEYS], [KEYS]])).toEqual([
    'none',
    'agent',
    'locked',
    'over',
  ])
})

it('offers no key to a server that takes none', () => {
  expect(triesAgainst([ofAgent, key('a')], 'keys', [[['password']]])).toEqual(['none', 'over'])
  expect(triesAgainst([ofAgent, key('a')], 'keys', [[ASKS], [ASKS]])).toEqual(['none', 'ask', 'over'])
})

it('answers once when a key was taken and more is wanted', () => {
  expect(triesAgainst([key('a'), key('b')], 'keys', [[ASKS, '+'], [ASKS]])).toEqual(['a', 'ask', 'over'])
  expect(triesAgainst([key('a')], 'keys', [[['password'], '+'], [['password']]])).toEqual([
    'a',
    'ask-password',
    'over',
  ])
  expect(
    triesAgainst([key('a'), key('b')], 'only-key', [
      [['publickey'], '+'],
      [ASKS, '+'],
    ]),
  ).toEqual(['a', 'b', 'ask'])
})

it('finds out what is wanted on top of a key of the agent, which ssh2 does not tell', () => {
  expect(triesAgainst([ofAgent, key('a')], 'keys', [[['publickey']], ['signed'], [ASKS]])).toEqual([
    'none',
    'agent',
    'none',
    'ask',
  ])
  // Signed for, and refused after all.
  expect(triesAgainst([ofAgent, key('a')], 'keys', [[ASKING], ['signed'], [ASKING], [ASKING]])).toEqual([
    'none',
    'agent',
    'none',
    'a',
    'over',
  ])
})

it('does not go on to questions when the keys were refused', () => {
  expect(triesAgainst([key('a')], 'keys', [[ASKING]])).toEqual(['a', 'over'])
  expect(triesAgainst([key('a')], 'only-key', [[ASKS]])).toEqual(['a', 'over'])
})

it('lets a server ask whoever has no key, when it takes no plain password', () => {
  expect(triesAgainst([], 'keys', [[ASKING], [ASKING]])).toEqual(['none', 'ask', 'over'])
  expect(triesAgainst([], 'keys', [[[...ASKING, 'password']]])).toEqual(['none', 'over'])
})

it('tries a password once, in one way', () => {
  expect(triesAgainst([], 'password', [[[...KEYS, ...ASKS]], [[...KEYS, ...ASKS]]])).toEqual([
    'none',
    'password',
    'over',
  ])
  expect(triesAgainst([], 'password', [[ASKING], [ASKING]])).toEqual(['none', 'ask', 'over'])
  expect(triesAgainst([], 'password', [[['publickey']]])).toEqual(['none', 'over'])
})
