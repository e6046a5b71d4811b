import { expect, it } from 'vitest'
import type { BlockReason, Link } from '../../../contract/nodes'
import type { FleetNode } from '../fleetNodes'
import { judgeHostKey, judgeLogin, judgePort } from './linkChecks'

const offered = { type: 'ssh-ed25519', fingerprint: 'SHA256:new' }
const known = [{ type: 'ssh-ed25519', fingerprint: 'SHA256:old' }]
const address = '10.0.0.2:2222'
const sinceMs = 0

/** What the rows of port, host key and login say of a link. */
function said(link: Link, online: object | null = null): string[] {
  const node = { link, online } as FleetNode
  return [judgePort(node), judgeHostKey(node), judgeLogin(node)].map(
    ({ verdict, measured }) => `${verdict} ${measured}`,
  )
}
const blocked = (reason: BlockReason): Link => ({ state: 'blocked', sinceMs, reason })

it('takes a link that is online for the proof of all it needed', () => {
  expect(said({ state: 'online', sinceMs }, { hostKey: offered }).slice(0, 2)).toEqual([
    'PASS an SSH server answers',
    'PASS ssh-ed25519 SHA256:new',
  ])
})

it('says why nothing is known of a node that does not answer', () => {
  const link: Link = {
    state: 'unreachable',
    sinceMs,
    nextTryAtMs: null,
    message: 'No SSH server answers on 10.0.0.2:22.',
    hint: 'Start it.',
  }
  expect(said(link)).toEqual([
    'FAIL No SSH server answers on 10.0.0.2:22. Start it.',
    'SKIP The node is not reachable: No SSH server answers on 10.0.0.2:22.',
    'SKIP The node is not reachable: No SSH server answers on 10.0.0.2:22.',
  ])
  expect(said({ state: 'disabled', sinceMs })[0]).toBe('SKIP The node is disabled in fleet.yaml.')
  expect(said({ state: 'connecting', sinceMs })[0]).toBe('SKIP The link is not up yet.')
})

it('says how far a blocked link came', () => {
  expect(said(blocked({ kind: 'host-key-unknown', address, offered }))).toEqual([
    'PASS an SSH server answers',
    'FAIL not accepted: ssh-ed25519 SHA256:new. Compare it on that machine',
    'SKIP No login is tried before the host key is accepted.',
  ])
  expect(
    said(blocked({ kind: 'host-key-changed', address, offered, known, knownIn: '/h/known_hosts' })),
  ).toEqual([
    'PASS an SSH server answers',
    'FAIL changed: SHA256:new instead of SHA256:old. If the machine was set up anew',
    'SKIP No login is tried before the host key is accepted.',
  ])
  const hint = 'Check the user, or install it with: ssh-copy-id -i /k.pub w1@10.0.0.2'
  expect(
    said(blocked({ kind: 'auth', message: 'The key was refused.', hint, takesPassword: false })),
  ).toEqual([
    'PASS an SSH server answers',
    'PASS the key is the one that you accepted',
    'FAIL The key was refused.',
  ])
  expect(said(blocked({ kind: 'unusable', message: 'It is too old.', hint: 'Update it.' }))).toEqual([
    'SKIP The link is blocked: It is too old.',
    'SKIP It is too old.',
    'FAIL It is too old. Update it.',
  ])
})

it('offers the command that takes an old key away, and the one that installs ours', () => {
  const node = (reason: BlockReason): FleetNode => ({ link: blocked(reason), online: null }) as FleetNode
  const changed = (at: string) =>
    judgeHostKey(node({ kind: 'host-key-changed', address: at, offered, known, knownIn: "/h/it's" })).fix
  expect(changed('10.0.0.2:2222')).toBe(`ssh-keygen -f '/h/it'\\''s' -R '[10.0.0.2]:2222'`)
  expect(changed('10.0.0.2:22')).toBe(`ssh-keygen -f '/h/it'\\''s' -R '10.0.0.2'`)
  const hint = 'Check the user, or install it with: ssh-copy-id -i /k.pub w1@10.0.0.2'
  expect(judgeLogin(node({ kind: 'auth', message: 'No.', hint, takesPassword: true })).fix).toBe(
    'ssh-copy-id -i /k.pub w1@10.0.0.2',
  )
})
