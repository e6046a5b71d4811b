import { beforeEach, expect, it } from 'vitest'
import { NodeName } from '../../contract/ids'
import type { Inventory, Notice } from '../../contract/nodes'
import type { GpuReading } from '../../contract/samples'
import { FleetFile } from '../config/fleetSchema'
import type { Clock } from '../kernel/clock'
import type { NodeIdentity } from '../store/identities'
import type { FleetNode } from './fleetNodes'
import { createNoticeBoard, type NoticeBoard } from './noticeBoard'

let list: FleetNode[]
let listeners: Set<(node: FleetNode) => void>
let changes: string[]
let troubles: unknown[]
let stored: Map<NodeName, NodeIdentity>
let board: NoticeBoard
beforeEach(() => {
  list = []
  listeners = new Set()
  changes = []
  troubles = []
  stored = new Map()
  board = open()
})

function open(
  saveIdentity = (name: NodeName, identity: NodeIdentity): unknown => stored.set(name, identity),
) {
  return createNoticeBoard({
    nodes: {
      list: () => list,
      onLink: listener => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    identities: {
      identity: name => stored.get(name) ?? null,
      saveIdentity: (name, identity) => void saveIdentity(name, identity),
    },
    clock: { nowMs: () => 7 } as Clock,
    onStoreTrouble: error => troubles.push(error),
    onChange: ({ config }) => changes.push(`${config.name} ${kinds(config.name).join(' ')}`.trim()),
  })
}

const kinds = (name: string): string[] => board.of(NodeName.parse(name)).map(({ kind }) => kind)

/** The link of a node comes up (with this machine-id) or goes down (null). */
function link(name: string, machineId: string | null, expected: object = {}): void {
  const fleet = FleetFile.parse({
    version: 1,
    nodes: [{ name, ssh: { host: '10.0.0.2' }, expect: { ...expected } }],
  })
  const inventory = { machineId, bootId: `boot ${machineId}`, clockSkewMs: 0 } as Inventory
  const hostKey = { type: 'ssh-ed25519', fingerprint: `key ${machineId}` }
  const online = { inventory, hostKey, notices: () => [] as readonly Notice[] }
  const node = {
    config: fleet.nodes[0]!,
    link: { state: machineId === null ? 'unreachable' : 'online' },
    online: machineId === null ? null : online,
  } as FleetNode
  list = [...list.filter(({ config }) => config.name !== name), node]
  for (const listener of listeners) listener(node)
}

it('tells of every change of a link, and of the other node that its notices concern', () => {
  link('pc2', 'a')
  link('pc3', 'b')
  link('pc4', 'a')
  link('pc4', null)
  expect(changes).toEqual(['pc2', 'pc3', 'pc4 same-machine', 'pc2 same-machine', 'pc4', 'pc2'])
})

it('knows that another machine has come under an old name, until Drydock is started anew', () => {
  link('pc2', 'a')
  link('pc2', null)
  link('pc2', 'b')
  expect(kinds('pc2')).toEqual(['other-machine'])
  link('pc2', null)
  link('pc2', 'b')
  expect(kinds('pc2')).toEqual(['other-machine'])
  expect(stored.get(NodeName.parse('pc2'))).toEqual({ machineId: 'b', hostKey: 'key b', seenAtMs: 7 })

  board[Symbol.dispose]()
  board = open()
  link('pc2', 'b')
  expect(kinds('pc2')).toEqual([])
  link('pc2', 'c')
  expect(kinds('pc2')).toEqual(['other-machine'])
})

it('hears no more after its end', () => {
  board[Symbol.dispose]()
  link('pc2', 'a')
  expect(changes).toEqual([])
})

it('tells when the cards of a node are not the planned ones, and not at every reading', () => {
  link('pc2', 'a', { gpus: ['RTX 3070'] })
  changes.length = 0
  const reading = (name: string): GpuReading =>
    ({ node: 'pc2', state: 'ok', gpus: [{ name }] }) as unknown as GpuReading
  board.onGpu(reading('RTX 3070'))
  board.onGpu(reading('RTX 3060'))
  board.onGpu(reading('RTX 3060'))
  board.onGpu(reading('RTX 3070'))
  expect(changes).toEqual(['pc2 not-as-planned', 'pc2'])
})

it('goes on telling when what it knows cannot be kept', () => {
  board[Symbol.dispose]()
  board = open(() => {
    throw new Error('disk full')
  })
  link('pc2', 'a')
  expect(changes).toEqual(['pc2'])
  expect(troubles).toEqual([new Error('disk full')])
})
