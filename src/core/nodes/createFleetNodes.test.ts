import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { NodeName } from '../../contract/ids'
import type { BlockReason } from '../../contract/nodes'
import { FleetFile, type Fleet } from '../config/fleetSchema'
import { AppError } from '../kernel/appError'
import { BlockedError } from './blockedError'
import { createImaginaryNetwork, describeLink, gone } from './imaginaryNetwork'

const PC2 = NodeName.parse('pc2')
const PC3 = NodeName.parse('pc3')
const FINGERPRINT = `SHA256:${'A'.repeat(43)}`
const OFFERED = { type: 'ssh-ed25519', fingerprint: FINGERPRINT }
const unknownKey = new BlockedError(
  'unknown',
  { kind: 'host-key-unknown', address: '10.0.0.2:22', offered: OFFERED },
  { host: '10.0.0.2', port: 22, key: { ...OFFERED, key: 'AAAA' } },
)

let home: string
let world: ReturnType<typeof createImaginaryNetwork>
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'drydock-fleet-'))
  world = createImaginaryNetwork(home)
})
afterEach(async () => {
  await world.nodes[Symbol.asyncDispose]()
  if (!isDeepStrictEqual(world.leftovers(), { open: 0, crashes: [] })) {
    throw new Error(`left behind: ${JSON.stringify(world.leftovers())}`)
  }
  await rm(home, { recursive: true })
})

function fleetOf(...nodes: object[]): Fleet {
  return FleetFile.parse({ version: 1, nodes })
}
const pc2 = { name: 'pc2', ssh: { host: '10.0.0.2' } }
const pc3 = { name: 'pc3', ssh: { host: '10.0.0.3' } }

it('connects, notices the end of a link, waits, and connects again', async () => {
  world.nodes.apply(fleetOf(pc2))
  const die = await world.comeUp(PC2)
  expect(world.nodes.get(PC2)?.online?.facts.bootId).toBe('B')
  die()
  await nextTurn()
  const link = world.nodes.get(PC2)?.link
  expect(link).toMatchObject({ state: 'unreachable', sinceMs: 1000, message: 'gone', hint: 'wait' })
  expect(world.connecting()).toEqual([])
  await world.clock.advance(1000)
  expect(world.nodes.get(PC2)?.link).toEqual({ ...link, nextTryAtMs: null })
  await world.comeUp(PC2)
  expect(world.history).toEqual([
    'pc2 connecting',
    'pc2 online',
    'pc2 unreachable waiting',
    'pc2 unreachable trying',
    'pc2 online',
  ])
})

it('plans its attempts further and further apart, and says when the next one is', async () => {
  world.nodes.apply(fleetOf(pc2))
  const waits: number[] = []
  for (let count = 0; count < 9; count += 1) {
    await world.end(PC2, gone)
    const link = world.nodes.get(PC2)?.link
    if (link?.state !== 'unreachable' || link.nextTryAtMs === null) throw new Error('no attempt is planned')
    waits.push(link.nextTryAtMs - world.clock.nowMs())
    await world.clock.advance(waits.at(-1) ?? 0)
  }
  const full = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]
  expect(waits.map((wait, index) => wait >= full[index]! / 2 && wait <= full[index]!)).toEqual(
    full.map(() => true),
  )
})

it('does not begin anew for a link that comes up only to die at once, but does after a good while', async () => {
  world.nodes.apply(fleetOf(pc2))
  const waitAfter = async (upMs: number): Promise<number> => {
    const die = await world.comeUp(PC2)
    await world.clock.advance(upMs)
    die()
    await nextTurn()
    const link = world.nodes.get(PC2)?.link
    if (link?.state !== 'unreachable' || link.nextTryAtMs === null) throw new Error('no attempt is planned')
    const waitMs = link.nextTryAtMs - world.clock.nowMs()
    await world.clock.advance(waitMs)
    return waitMs
  }
  for (let count = 0; count < 3; count += 1) await waitAfter(10)
  expect(await waitAfter(10)).toBeGreaterThanOrEqual(2000)
  expect(await waitAfter(20_000)).toBeLessThanOrEqual(500)
})

it('does not try again by itself when it is blocked, however long it waits', async () => {
  world.nodes.apply(fleetOf(pc2, pc3))
  await world.end(PC2, unknownKey)
  await world.end(PC3, new AppError('refused', 'Jump hosts are not supported yet: a.', { hint: 'no' }))
  await world.clock.advance(100_000_000)
  expect(world.connecting()).toEqual([])
  expect(world.nodes.list().map(({ link }) => link)).toEqual([
    { state: 'blocked', sinceMs: 1000, reason: unknownKey.reason },
    {
      state: 'blocked',
      sinceMs: 1000,
      reason: { kind: 'unusable', message: 'Jump hosts are not supported yet: a.', hint: 'no' },
    },
  ])
  world.nodes.reconnect(PC3)
  await nextTurn()
  expect(world.connecting()).toEqual(['pc3'])
})

it('writes a trusted key down and connects at once, and refuses any other fingerprint', async () => {
  world.nodes.apply(fleetOf(pc2))
  const refused = { code: 'refused', message: expect.stringContaining('does not offer the key') }
  await expect(world.nodes.trustHostKey(PC2, FINGERPRINT)).rejects.toMatchObject(refused)
  await world.end(PC2, unknownKey)
  await expect(world.nodes.trustHostKey(PC2, `SHA256:${'B'.repeat(43)}`)).rejects.toMatchObject(refused)
  await Promise.all([world.nodes.trustHostKey(PC2, FINGERPRINT), world.nodes.trustHostKey(PC2, FINGERPRINT)])
  expect(await readFile(join(home, 'known_hosts'), 'utf8')).toBe('10.0.0.2 ssh-ed25519 AAAA\n')
  await nextTurn()
  await world.comeUp(PC2)
  await expect(world.nodes.trustHostKey(PC2, FINGERPRINT)).rejects.toMatchObject(refused)
  expect(world.history).toEqual([
    'pc2 connecting',
    'pc2 blocked host-key-unknown',
    'pc2 connecting',
    'pc2 online',
  ])
})

it('keeps a refused key refused until the user asks again', async () => {
  world.nodes.apply(fleetOf(pc2))
  await world.end(PC2, unknownKey)
  await world.nodes.refuseHostKey(PC2, FINGERPRINT)
  await expect(world.nodes.trustHostKey(PC2, FINGERPRINT)).rejects.toMatchObject({ code: 'refused' })
  expect(world.nodes.get(PC2)?.link).toMatchObject({
    reason: { kind: 'host-key-refused', address: '10.0.0.2:22', offered: OFFERED },
  })
  world.nodes.reconnect(PC2)
  await nextTurn()
  await world.end(PC2, unknownKey)
  expect(world.history.at(-1)).toBe('pc2 blocked host-key-unknown')
})

it('offers no changed key for trust', async () => {
  world.nodes.apply(fleetOf(pc2))
  const reason: BlockReason = {
    kind: 'host-key-changed',
    address: '10.0.0.2:22',
    offered: OFFERED,
    known: [],
    knownIn: '/known_hosts',
  }
  await world.end(PC2, new BlockedError('changed', reason))
  await expect(world.nodes.trustHostKey(PC2, FINGERPRINT)).rejects.toMatchObject({ code: 'refused' })
})

it('tries at once when asked, and lets an attempt or a link that is there alone', async () => {
  world.nodes.apply(fleetOf(pc2))
  world.nodes.reconnect(PC2)
  expect(world.connecting()).toEqual(['pc2'])
  await world.end(PC2, gone)
  world.nodes.reconnect(PC2)
  await nextTurn()
  expect(world.connecting()).toEqual(['pc2'])
  await world.comeUp(PC2)
  world.nodes.reconnect(PC2)
  await nextTurn()
  expect(world.nodes.get(PC2)?.link.state).toBe('online')
})

it('takes over a new fleet: new ones connect, gone ones close, changed ones reconnect, the rest never notice', async () => {
  const moved = { name: 'moved', ssh: { host: '10.0.0.4' } }
  world.nodes.apply(fleetOf(pc2, pc3, moved))
  for (const name of ['pc2', 'pc3', 'moved']) await world.comeUp(NodeName.parse(name))
  const shell = world.nodes.get(PC2)?.online?.shell
  world.history.length = 0

  const fresh = { name: 'fresh', ssh: { host: '10.0.0.5' } }
  world.nodes.apply(fleetOf({ ...moved, ssh: { host: '10.0.0.44' } }, fresh, { ...pc2, roles: ['gpu'] }))
  await nextTurn()
  expect(world.history).toEqual(['pc3 disabled', 'moved connecting', 'fresh connecting'])
  expect(world.nodes.list().map(node => `${node.config.name} ${node.link.state}`)).toEqual([
    'moved connecting',
    'fresh connecting',
    'pc2 online',
  ])
  expect(world.nodes.get(PC2)?.online?.shell).toBe(shell)
  expect(world.nodes.get(PC2)?.config.roles).toEqual(['gpu'])
  expect({ open: world.openSessions(), connecting: world.connecting() }).toEqual({
    open: 1,
    connecting: ['moved', 'fresh'],
  })
})

it('leaves a disabled node alone, and connects it when it is enabled', async () => {
  world.nodes.apply(fleetOf({ ...pc2, disabled: true }))
  world.nodes.reconnect(PC2)
  await nextTurn()
  expect([world.nodes.get(PC2)?.link.state, world.connecting()]).toEqual(['disabled', []])
  world.nodes.apply(fleetOf(pc2))
  await world.comeUp(PC2)
  world.nodes.apply(fleetOf({ ...pc2, disabled: true }))
  await nextTurn()
  expect([world.nodes.get(PC2)?.link.state, world.openSessions()]).toEqual(['disabled', 0])
})

it('says where to look when something in Drydock broke, and goes on trying', async () => {
  world.nodes.apply(fleetOf(pc2))
  await world.end(PC2, new TypeError('a bug'))
  expect(world.nodes.get(PC2)?.link).toMatchObject({
    state: 'unreachable',
    message: 'Something broke inside Drydock while it connected.',
    hint: "Look for ref1 in Drydock's log.",
  })
})

it('does not let a listener’s bug stop a link or hide the change from the others', async () => {
  const broken = new Error('a listener’s bug')
  const remove = world.nodes.onLink(() => {
    throw broken
  })
  const seen: string[] = []
  world.nodes.onLink(node => seen.push(describeLink(node)))
  world.nodes.apply(fleetOf(pc2))
  remove()
  await world.comeUp(PC2)
  expect(seen).toEqual(['connecting', 'online'])
  expect(world.crashes.splice(0)).toEqual([['link listener', broken]])
})

it('names a node that is not in the fleet', async () => {
  await expect(world.nodes.trustHostKey(PC2, FINGERPRINT)).rejects.toMatchObject({ code: 'not-found' })
})
