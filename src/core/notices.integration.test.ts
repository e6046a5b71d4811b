import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { canBeOtherMachine } from '../../e2e/rig/sshNode'
import type { NodeView } from '../contract/nodes'

/** Which machine stands behind each name, by real SSH servers and through the door that the app uses. */

let rig: EngineRig
beforeEach(() => {
  rig = createEngineRig()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

/** The newest that the engine told of a node. */
function view(app: RigEngine, name: string): NodeView | undefined {
  return app.events
    .flatMap(event => {
      if (event.type === 'node') return [event.node]
      if (event.type === 'fleet') return event.nodes
      return event.type === 'snapshot' ? event.snapshot.nodes : []
    })
    .findLast(node => node.name === name)
}

function notices(app: RigEngine, ...names: string[]): unknown {
  return names.map(name => [
    view(app, name)?.link.state,
    ...(view(app, name)?.notices ?? []).map(({ kind }) => kind),
  ])
}

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 20 })
const fleetFile = (): string => join(rig.home, 'drydock', 'fleet.yaml')
const edit = (change: (text: string) => string): void =>
  writeFileSync(fleetFile(), change(readFileSync(fleetFile(), 'utf8')))

it('shows the verified host key, and tells that two entries over one server are one machine', async () => {
  const server = await rig.sshNode()
  const app = await rig.open({ nodes: { pc2: server, pc3: server }, local: false, plans: [] })
  await soon(() =>
    expect(notices(app, 'pc2', 'pc3')).toEqual([
      ['online', 'same-machine'],
      ['online', 'same-machine'],
    ]),
  )
  const { type, fingerprint } = server.hostKey()
  expect(view(app, 'pc2')).toMatchObject({
    hostKey: { type, fingerprint },
    notices: [{ message: 'pc2 and pc3 are one machine.' }],
  })
  expect(view(app, 'pc2')?.inventory?.machineId).toMatch(/^[0-9a-f]{32}$/)

  // Taken out of the file, the other one has nothing left to be told of.
  edit(text => text.replace(/ {2}- name: pc3\n( {4}.*\n)+/, ''))
  await soon(() => expect(notices(app, 'pc2')).toEqual([['online']]))
  expect(app.errors).toEqual([])
})

it('tells that this PC was added once more over SSH', async () => {
  const app = await rig.open({ nodes: { pc2: await rig.sshNode() }, plans: [] })
  await soon(() =>
    expect(notices(app, 'this-pc', 'pc2')).toEqual([
      ['online', 'same-machine'],
      ['online', 'same-machine'],
    ]),
  )
  expect(view(app, 'this-pc')?.hostKey).toBe(null)
})

describe.skipIf(!canBeOtherMachine())('machines (needs mount namespaces: skipped without root)', () => {
  const id = (letter: string): string => letter.repeat(32)

  it('tells of a cloned machine-id and of a cloned host key, and leaves other machines alone', async () => {
    const pc2 = await rig.sshNode({ machine: { id: id('a'), bootId: 'b2' } })
    const pc3 = await rig.sshNode({ machine: { id: id('a'), bootId: 'b3' } })
    const pc4 = await rig.sshNode({ machine: { id: id('c'), bootId: 'b4' }, hostKey: pc2.hostKey() })
    const app = await rig.open({ nodes: { pc2, pc3, pc4 }, plans: [] })
    await soon(() =>
      expect(notices(app, 'this-pc', 'pc2', 'pc3', 'pc4')).toEqual([
        ['online'],
        ['online', 'clone', 'clone'],
        ['online', 'clone'],
        ['online', 'clone'],
      ]),
    )
    expect(view(app, 'pc2')?.notices.map(({ message }) => message)).toEqual([
      'pc2 and pc3 have the same machine-id, but are not one machine: a disk was cloned.',
      'pc2 and pc4 have the same host key, but are not one machine: each can pass for the other.',
    ])
  })

  it('takes a new address of the same machine for no news, and another machine at an old name for some', async () => {
    const machine = { id: id('a'), bootId: 'b2' }
    const before = await rig.sshNode({ machine })
    const moved = await rig.sshNode({ machine, address: '127.0.0.2', hostKey: before.hostKey() })
    const other = await rig.sshNode({ machine: { id: id('d'), bootId: 'b5' } })
    const atPort = (port: number) => expect.objectContaining({ ssh: expect.objectContaining({ port }) })

    const first = await rig.open({ nodes: { pc2: before }, local: false, plans: [] })
    await soon(() => expect(notices(first, 'pc2')).toEqual([['online']]))
    await first.close()
    const second = await rig.open({ nodes: { pc2: moved }, local: false, plans: [] })
    await soon(() => expect(view(second, 'pc2')).toEqual(atPort(moved.port)))
    await soon(() => expect(notices(second, 'pc2')).toEqual([['online']]))
    await second.close()
    const third = await rig.open({ nodes: { pc2: other }, local: false, plans: [] })
    await soon(() => expect(notices(third, 'pc2')).toEqual([['online', 'other-machine']]))
    expect([...first.errors, ...second.errors, ...third.errors]).toEqual([])
  })
})

it('tells what is not as planned as soon as the file says what is planned', async () => {
  const pc2 = await rig.sshNode({ gpu: true })
  const app = await rig.open({ nodes: { pc2 }, local: false, plans: [] })
  await soon(() => expect(notices(app, 'pc2')).toEqual([['online']]))
  edit(text =>
    text.replace('- name: pc2\n', '- name: pc2\n    expect: { memGiB: 100000, gpus: [RTX 3090] }\n'),
  )
  await soon(() =>
    expect(view(app, 'pc2')?.notices).toMatchObject([
      {
        message: expect.stringMatching(/GiB of RAM instead of 100000 GiB; .*RTX 3070 instead of RTX 3090\.$/),
      },
    ]),
  )
})
