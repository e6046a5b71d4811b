import { expect, it } from 'vitest'
import { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { FamilyMember } from '../engines/engine'
import { createRunMembers } from './runMembers'

const [pc2, pc3] = ['pc2', 'pc3'].map(name => NodeName.parse(name)) as [NodeName, NodeName]
const [first, second] = ['r-1', 'r-2'].map(id => RunId.parse(id)) as [RunId, RunId]
const [one, two] = ['bots-1', 'bots-2'].map(id => WorkerId.parse(id)) as [WorkerId, WorkerId]

const member = (pid: number, worker: WorkerId | null): FamilyMember => ({
  pid,
  startTicks: 1,
  worker,
  isReadable: true,
  flags: { dryRun: '1', allowOrders: '0' },
})

it('a process belongs to its run and worker on its own node, and to nobody anywhere else', () => {
  const members = createRunMembers()
  members.note(first, pc2, [member(10, one), member(11, two)], [one, two])
  members.note(second, pc2, [member(20, one)], [one])
  expect([10, 11, 20, 30].map(pid => members.ownerOf(pc2, pid))).toEqual([
    { run: first, worker: one },
    { run: first, worker: two },
    { run: second, worker: one },
    null,
  ])
  expect(members.ownerOf(pc3, 10)).toBe(null)
})

it('one that shows no mark is the only worker’s, and of several workers nobody’s in particular', () => {
  const members = createRunMembers()
  members.note(first, pc2, [member(10, null)], [one])
  members.note(second, pc2, [member(20, null)], [one, two])
  expect([10, 20].map(pid => members.ownerOf(pc2, pid))).toEqual([
    { run: first, worker: one },
    { run: second, worker: null },
  ])
})

it('what a look did not find any more is forgotten, and so is a node that nobody looks at', () => {
  const members = createRunMembers()
  members.note(first, pc2, [member(10, one), member(11, one)], [one])
  members.note(first, pc2, [member(11, one)], [one])
  members.note(second, pc2, [member(20, one)], [one])
  members.note(second, pc2, [], [one])
  expect([10, 11, 20].map(pid => members.ownerOf(pc2, pid))).toEqual([
    null,
    { run: first, worker: one },
    null,
  ])
  members.forgetNode(pc2)
  expect(members.ownerOf(pc2, 11)).toBe(null)
})
