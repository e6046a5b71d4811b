import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Link } from '../../contract/nodes'
import { nextLink, retryDelayMs, type LinkEvent } from './linkMachine'

const FINGERPRINT = `SHA256:${'A'.repeat(43)}`
const offered = { type: 'ssh-ed25519', fingerprint: FINGERPRINT }
const unknown = { kind: 'host-key-unknown', address: 'pc2:22', offered } as const
const auth = { kind: 'auth', message: 'refused the key', hint: 'install it', takesPassword: false } as const

const LINKS = {
  connecting: { state: 'connecting', sinceMs: 1 },
  online: { state: 'online', sinceMs: 1 },
  'unreachable, waiting': { state: 'unreachable', sinceMs: 1, nextTryAtMs: 5, message: 'cut', hint: 'wait' },
  'unreachable, trying': {
    state: 'unreachable',
    sinceMs: 1,
    nextTryAtMs: null,
    message: 'cut',
    hint: 'wait',
  },
  'blocked by a key': { state: 'blocked', sinceMs: 1, reason: unknown },
  'blocked by the login': { state: 'blocked', sinceMs: 1, reason: auth },
  disabled: { state: 'disabled', sinceMs: 1 },
} as const satisfies Record<string, Link>

const EVENTS = {
  attempt: { type: 'attempt' },
  up: { type: 'up' },
  lost: { type: 'lost', nextTryAtMs: 20, message: 'gone', hint: 'check' },
  blocked: { type: 'blocked', reason: auth },
  'key-refused': { type: 'key-refused' },
  disabled: { type: 'disabled' },
} as const satisfies Record<string, LinkEvent>

const connecting = { state: 'connecting', sinceMs: 9 }
const online = { state: 'online', sinceMs: 9 }
const lost = { state: 'unreachable', sinceMs: 9, nextTryAtMs: 20, message: 'gone', hint: 'check' }
const lostBefore = { ...lost, sinceMs: 1 }
const blocked = { state: 'blocked', sinceMs: 9, reason: auth }
const disabled = { state: 'disabled', sinceMs: 9 }
const refused = { state: 'blocked', sinceMs: 9, reason: { ...unknown, kind: 'host-key-refused' } }
const trying = LINKS['unreachable, trying']

/** Rows: the state before. Columns, in order: attempt, up, lost, blocked, key-refused, disabled. */
const EXPECTED: Record<keyof typeof LINKS, readonly (object | null)[]> = {
  connecting: [null, online, lost, blocked, null, disabled],
  online: [null, null, lost, null, null, disabled],
  'unreachable, waiting': [trying, online, lostBefore, blocked, null, disabled],
  'unreachable, trying': [null, online, lostBefore, blocked, null, disabled],
  'blocked by a key': [connecting, null, null, null, refused, disabled],
  'blocked by the login': [connecting, null, null, null, null, disabled],
  disabled: [connecting, null, null, null, null, null],
}

it('goes from every state by every event where the table says', () => {
  const actual = Object.fromEntries(
    Object.entries(LINKS).map(([name, link]) => [
      name,
      Object.values(EVENTS).map(event => nextLink(link, event, 9)),
    ]),
  )
  expect(actual).toEqual(EXPECTED)
})

it('stays within the contract, and never leaves a block by itself, through any events', () => {
  const events = fc.array(fc.constantFrom(...Object.values<LinkEvent>(EVENTS)), { maxLength: 30 })
  fc.assert(
    fc.property(events, happenings => {
      let link: Link = LINKS.connecting
      for (const event of happenings) {
        const next = nextLink(link, event, 9)
        if (next === null) continue
        if (link.state === 'blocked') expect(['attempt', 'key-refused', 'disabled']).toContain(event.type)
        link = Link.parse(next)
      }
    }),
  )
})

it('waits longer after every failure, up to half a minute, and at most a second after a cut', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 1000].map(failures => retryDelayMs(failures, 0))).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
  ])
  expect([0, 6].map(failures => retryDelayMs(failures, 1))).toEqual([250, 15_000])
})
