import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { NodeName } from '../../contract/ids'
import { FleetFile } from '../config/fleetSchema'
import { createImaginaryNetwork, gone } from './imaginaryNetwork'
import { questionDropped } from './questionDesk'

/** What a server asks, at a link. */

const PC2 = NodeName.parse('pc2')
let home: string
let world: ReturnType<typeof createImaginaryNetwork>
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'drydock-question-'))
  world = createImaginaryNetwork(home)
  world.nodes.apply(FleetFile.parse({ version: 1, nodes: [{ name: 'pc2', ssh: { host: '10.0.0.2' } }] }))
})
afterEach(async () => {
  await world.nodes[Symbol.asyncDispose]()
  if (!isDeepStrictEqual(world.leftovers(), { open: 0, crashes: [] })) {
    throw new Error(`left behind: ${JSON.stringify(world.leftovers())}`)
  }
  await rm(home, { recursive: true })
})

it('waits for the answer, and goes on in the same attempt', async () => {
  const answer = world.ask(PC2, 'Code?')
  expect(world.history.at(-1)).toBe('pc2 blocked question')
  world.nodes.answer(PC2, ['123'])
  expect(await answer).toEqual(['123'])
  await world.comeUp(PC2)
  expect(world.history).toEqual(['pc2 connecting', 'pc2 blocked question', 'pc2 connecting', 'pc2 online'])
})

it('stays when the server hangs up, is not tried again by itself, and is answered by the next attempt, once', async () => {
  const left = world.ask(PC2, 'Code?')
  await world.end(PC2, gone)
  expect(await left).toBe(questionDropped)
  await world.clock.advance(3_600_000)
  expect([world.connecting(), world.history.at(-1)]).toEqual([[], 'pc2 blocked question'])

  world.nodes.answer(PC2, ['123'])
  await nextTurn()
  expect(world.connecting()).toEqual(['pc2'])
  expect(await world.ask(PC2, 'Code?')).toEqual(['123'])
  const again = world.ask(PC2, 'Code?')
  expect(world.history.at(-1)).toBe('pc2 blocked question')
  world.nodes.answer(PC2, ['456'])
  expect(await again).toEqual(['456'])
})

it('does not keep an answer that the next attempt had no use for', async () => {
  void world.ask(PC2, 'Code?')
  await world.end(PC2, gone)
  world.nodes.answer(PC2, ['123'])
  await nextTurn()
  await world.end(PC2, gone)
  await world.clock.advance(1000)
  void world.ask(PC2, 'Code?')
  expect(world.history.at(-1)).toBe('pc2 blocked question')
})

it('is shown anew when it is another question than the one that was answered', async () => {
  void world.ask(PC2, 'Code?')
  await world.end(PC2, gone)
  expect(() => world.nodes.answer(PC2, ['1', '2'])).toThrow('pc2 does not ask that now.')
  expect(world.connecting()).toEqual([])
})

it('gives way to a reconnect', async () => {
  const left = world.ask(PC2, 'Code?')
  world.nodes.reconnect(PC2)
  expect(await left).toBe(questionDropped)
  await world.end(PC2, questionDropped)
  expect([world.connecting(), world.history.at(-1)]).toEqual([['pc2'], 'pc2 connecting'])
})

it('takes no answer when nothing is asked', async () => {
  expect(() => world.nodes.answer(PC2, ['123'])).toThrow('pc2 does not ask that now.')
})
