import { expect, it } from 'vitest'
import { NodeName } from '../../contract/ids'
import type { StopReport } from '../../contract/runs'
import type { StopAnswer } from '../engines/engine'
import { answeredNode, concluded, howSentence, queuedNode } from './stopReport'

const pc2 = NodeName.parse('pc2')
const pc3 = NodeName.parse('pc3')
const survivor = {
  pid: 48130,
  startTicks: 7,
  state: 'D',
  user: 'trader',
  command: 'python3 worker.py',
  hangsIn: null,
}
const proved: StopAnswer = {
  phase: 'proved',
  workers: [],
  groups: 1,
  processesGone: 3,
  tookMs: 70,
  signal: 'TERM',
  killedAfterS: null,
  killInMs: null,
  survivors: [],
}

it('tells per node what is gone and how', () => {
  expect(answeredNode(queuedNode(pc2), proved, 1_000, false, 410)).toEqual({
    node: 'pc2',
    phase: 'verified',
    groups: 1,
    processesGone: 3,
    survivors: [],
    how: 'TERM',
    message: '1 group, 3 processes gone · VRAM at 0.4 GiB',
    killAtMs: null,
    checkedAtMs: 1_000,
    tookMs: 70,
  })
})

it('names who still closes, with the moment of KILL on this clock', () => {
  const climbing: StopAnswer = { ...proved, phase: 'under-way', killInMs: 14_000, survivors: [survivor] }
  expect(answeredNode(queuedNode(pc2), climbing, 1_000, false, null)).toMatchObject({
    phase: 'acknowledged',
    message: 'Still closing: 48130 python3 worker.py (trader) in uninterruptible sleep',
    killAtMs: 15_000,
    how: null,
  })
})

it('says when no signal was sent because the start time is another', () => {
  const refused: StopAnswer = {
    ...proved,
    phase: 'still-running',
    workers: [{ worker: 'bots-1' as never, leader: 'refused' }],
    survivors: [survivor],
  }
  expect(answeredNode(queuedNode(pc2), refused, 1, false, null).message).toMatch(
    /^No signal was sent: the start time/,
  )
})

it.each([
  [{ signal: 'TERM', killedAfterS: null }, false, 'TERM'],
  [{ signal: 'KILL', killedAfterS: 20 }, false, 'KILL after 20 s'],
  [{ signal: 'KILL', killedAfterS: 0 }, true, 'KILL'],
] as const)('says how: %j', (answer, isForced, expected) => {
  expect(howSentence(answer, isForced)).toBe(expected)
})

const report = (...nodes: StopReport['nodes']): StopReport => ({
  askedAtMs: 0,
  graceSeconds: 20,
  isForced: false,
  nodes,
  outcome: 'under-way',
  summary: null,
  endedAtMs: null,
})

it('claims that nothing is left only when every node has proved it', () => {
  const gone = answeredNode(queuedNode(pc2), proved, 1, false, null)
  const alive = answeredNode(
    queuedNode(pc3),
    { ...proved, phase: 'still-running', survivors: [survivor] },
    1,
    false,
    null,
  )
  const away = { ...queuedNode(pc3), phase: 'unconfirmed' as const }
  expect(concluded(report(gone, queuedNode(pc3)), 9)).toMatchObject({ outcome: 'under-way', summary: null })
  expect(concluded(report(gone), 9)).toMatchObject({
    outcome: 'proved',
    summary: 'Nothing is left running',
    endedAtMs: 9,
  })
  expect(concluded(report(gone, alive), 9)).toMatchObject({
    outcome: 'still-running',
    summary: 'Still running: 48130 python3 worker.py (trader) on pc3',
  })
  expect(concluded(report(gone, away), 9)).toMatchObject({
    outcome: 'unconfirmed',
    summary: 'Still running: not proved on pc3. STOP goes on by itself once it answers.',
  })
})
