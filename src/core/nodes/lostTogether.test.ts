import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { NodeName } from '../../contract/ids'
import { FleetFile } from '../config/fleetSchema'
import { createImaginaryNetwork, gone } from './imaginaryNetwork'

let home: string
let network: ReturnType<typeof createImaginaryNetwork>
const [pc2, pc3, pc4] = ['pc2', 'pc3', 'pc4'].map(name => NodeName.parse(name)) as [
  NodeName,
  NodeName,
  NodeName,
]

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'drydock-company-'))
  network = createImaginaryNetwork(home)
  const nodes = [pc2, pc3, pc4].map(name => ({ name, ssh: { host: name } }))
  network.nodes.apply(FleetFile.parse({ version: 1, nodes }))
})
afterEach(async () => {
  await network.nodes[Symbol.asyncDispose]()
  rmSync(home, { recursive: true })
  if (network.crashes.length > 0)
    throw new Error(`something broke: ${network.crashes.map(String).join('; ')}`)
})

/** Fails every attempt under way until all wait for at least `ms`. */
async function failUntilWaiting(names: readonly NodeName[], ms: number): Promise<void> {
  const waitsMs = (): readonly number[] =>
    names.map(name => {
      const link = network.nodes.get(name)?.link
      return link?.state === 'unreachable' && link.nextTryAtMs !== null
        ? link.nextTryAtMs - network.clock.nowMs()
        : 0
    })
  for (let step = 0; step < 200 && waitsMs().some(waitMs => waitMs < ms); step += 1) {
    for (const name of names) if (network.connecting().includes(name)) await network.end(name, gone)
    if (waitsMs().some(waitMs => waitMs < ms)) await network.clock.advance(500)
  }
  expect(waitsMs().every(waitMs => waitMs >= ms)).toBe(true)
}

it('tries those that were lost together as soon as one of them is back', async () => {
  await failUntilWaiting([pc2, pc3], 7000)
  network.nodes.reconnect(pc2)
  await network.clock.advance(0)
  await network.comeUp(pc2)
  await network.clock.advance(500)
  expect(network.connecting()).toContain(pc3)
})

it('leaves one that was lost at another time to its own pace', async () => {
  const die = await network.comeUp(pc4)
  await failUntilWaiting([pc2], 7000)
  die()
  await network.clock.advance(0)
  await failUntilWaiting([pc4], 500)
  network.nodes.reconnect(pc2)
  await network.clock.advance(0)
  await failUntilWaiting([pc4], 7000)
  await network.comeUp(pc2)
  await network.clock.advance(500)
  expect(network.connecting()).not.toContain(pc4)
})

it('tries all that wait at once after this PC has slept, spread over half a second', async () => {
  await failUntilWaiting([pc2, pc3, pc4], 7000)
  network.clock.jump(8 * 3_600_000)
  await network.clock.advance(1000)
  expect(network.connecting()).toEqual([])
  await network.clock.advance(500)
  expect([...network.connecting()].sort()).toEqual([pc2, pc3, pc4])
})

it('takes a small step of the clock for no sleep', async () => {
  await failUntilWaiting([pc2, pc3, pc4], 7000)
  network.clock.jump(2000)
  await network.clock.advance(1000)
  await network.clock.advance(500)
  expect(network.connecting()).toEqual([])
})
