import { expect, it } from 'vitest'
import { NodeName } from '../../contract/ids'
import type { Inventory } from '../../contract/nodes'
import { noticesOf, type NodeKnowledge } from './notices'

interface Signs {
  readonly machineId?: string | null
  readonly hostKey?: string | null
  readonly bootId?: string
  readonly clockSkewMs?: number | null
  readonly os?: string
}

function node(name: string, signs: Signs, more: Partial<NodeKnowledge> = {}): NodeKnowledge {
  const {
    machineId = null,
    hostKey = null,
    bootId = `boot of ${name}`,
    clockSkewMs = null,
    os = null,
  } = signs
  const inventory = { machineId, bootId, clockSkewMs, os, cpuThreads: 8, memTotalMiB: null } as Inventory
  return {
    name: NodeName.parse(name),
    expected: undefined,
    inventory,
    hostKey,
    gpus: null,
    ofLink: [],
    before: null,
    ...more,
  }
}

/** The notices by node, as `kind: message`. */
function told(...nodes: NodeKnowledge[]): Record<string, string[]> {
  const notices = noticesOf(nodes)
  return Object.fromEntries(
    [...notices].map(([name, list]) => [name, list.map(({ kind, message }) => `${kind}: ${message}`)]),
  )
}

it('says nothing of machines that share nothing, or do not report it', () => {
  expect(
    told(
      node('pc2', { machineId: 'a', hostKey: 'k2' }),
      node('pc3', { machineId: 'b', hostKey: 'k3' }),
      node('pc4', {}),
      node('pc5', {}),
    ),
  ).toEqual({ pc2: [], pc3: [], pc4: [], pc5: [] })
})

it('knows one machine under two names by machine-id and host key, even in the middle of a reboot', () => {
  const sentence = 'same-machine: pc2 and pc3 are one machine.'
  const signs = { machineId: 'a', hostKey: 'k' }
  expect(told(node('pc2', signs), node('pc4', {}), node('pc3', signs))).toEqual({
    pc2: [sentence],
    pc4: [],
    pc3: [sentence],
  })
})

it('knows one machine by machine-id and boot id: two servers on it, or this PC over SSH', () => {
  const here = { machineId: 'a', bootId: 'b' }
  const sentence = 'same-machine: this-pc, pc2 and pc3 are one machine.'
  expect(
    told(
      node('this-pc', here),
      node('pc2', { ...here, hostKey: 'k2' }),
      node('pc3', { ...here, hostKey: 'k3' }),
    ),
  ).toEqual({ 'this-pc': [sentence], pc2: [sentence], pc3: [sentence] })
})

it('knows a cloned disk by its machine-id or by its host key', () => {
  expect(
    told(node('pc2', { machineId: 'a', hostKey: 'k2' }), node('pc3', { machineId: 'a', hostKey: 'k3' })).pc3,
  ).toEqual(['clone: pc2 and pc3 have the same machine-id, but are not one machine: a disk was cloned.'])
  expect(
    told(node('pc2', { machineId: 'a', hostKey: 'k' }), node('pc3', { machineId: 'b', hostKey: 'k' })).pc2,
  ).toEqual([
    'clone: pc2 and pc3 have the same host key, but are not one machine: each can pass for the other.',
  ])
})

it('compares only nodes that are online', () => {
  const signs = { machineId: 'a', hostKey: 'k' }
  expect(told(node('pc2', signs), node('pc3', signs, { inventory: null }))).toEqual({ pc2: [], pc3: [] })
})

it('says when another machine stands behind a name', () => {
  const before = { machineId: 'old', hostKey: 'k', seenAtMs: 1 }
  expect(told(node('pc2', { machineId: 'new', hostKey: 'k2' }, { before })).pc2).toEqual([
    'other-machine: pc2 is another machine than when Drydock last saw it.',
  ])
  expect(told(node('pc2', { machineId: 'new', hostKey: 'k' }, { before })).pc2).toEqual([
    'other-machine: pc2 has another machine-id than when Drydock last saw it.',
  ])
  expect(told(node('pc2', { machineId: 'old', hostKey: 'k2' }, { before })).pc2).toEqual([])
})

it.each([
  [5000, []],
  [-5000, []],
  [null, []],
  [5001, ["clock-skew: The clock of pc2 is 5 s ahead of this PC's."]],
  [-3_725_000, ["clock-skew: The clock of pc2 is 62 min 5 s behind this PC's."]],
  [7_200_000, ["clock-skew: The clock of pc2 is 2 h 0 min ahead of this PC's."]],
  [-200_000_000, ["clock-skew: The clock of pc2 is 2 days 7 h behind this PC's."]],
])('of a clock that is off by %j ms it says %j', (clockSkewMs, sentences) => {
  expect(told(node('pc2', { clockSkewMs })).pc2).toEqual(sentences)
})

it('gives the fix that fits the machine', () => {
  const hint = (os: string): string | undefined =>
    noticesOf([node('pc2', { clockSkewMs: 9000, os })]).get(NodeName.parse('pc2'))?.[0]?.hint
  expect(hint('Ubuntu 24.04')).toContain('sudo timedatectl set-ntp true')
  expect(hint('macOS 14.5')).toContain('sudo systemsetup -setusingnetworktime on')
})

it('says what is not as planned in one sentence', () => {
  expect(told(node('pc2', {}, { expected: { cpuThreads: 16, memGiB: 32 } })).pc2).toEqual([
    'not-as-planned: pc2 has 8 threads instead of 16.',
  ])
})
