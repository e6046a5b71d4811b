import { expect, test } from 'vitest'
import type { StopReport } from '../../contract/runs'
import { node, nodeStop, NOW_MS, run, worker } from '../gallery/builders'
import {
  canForce,
  howChecked,
  proofText,
  resultOf,
  stepEnd,
  stepWords,
  stopCommands,
  survivorsTip,
} from './stopWords'

const survivor = {
  pid: 48130,
  startTicks: 812_400,
  command: 'python3 worker.py',
  user: 'trader',
  hangsIn: null,
}
const report = (rest: Partial<StopReport>): StopReport => ({
  askedAtMs: NOW_MS,
  graceSeconds: 20,
  isForced: false,
  nodes: [],
  outcome: 'under-way',
  summary: null,
  endedAtMs: null,
  ...rest,
})

test('each phase has its words', () => {
  const phases = [
    nodeStop('pc2', { phase: 'queued' }),
    nodeStop('pc2', { phase: 'sent' }),
    nodeStop('pc2', { phase: 'acknowledged', survivors: [survivor] }),
    nodeStop('pc2', { phase: 'verified', groups: 1, processesGone: 1, checkedAtMs: NOW_MS }),
    nodeStop('pc2', { phase: 'still-running', survivors: [survivor] }),
    nodeStop('pc2', { phase: 'unconfirmed', message: 'pc2 cannot be reached.' }),
  ]
  expect(phases.map(stepWords)).toEqual([
    'Queued',
    'Sent',
    'Still closing: 48130 python3 worker.py (trader)',
    '1 group, 1 process gone · checked 14:02:11',
    'Still running: 48130 python3 worker.py (trader)',
    'pc2 cannot be reached.',
  ])
})

test('survivors keep their order, and many or long ones are shortened, but not in the tip', () => {
  const long = { ...survivor, pid: 9, command: `python3 ${'x'.repeat(80)}` }
  const some = [7, 5, 6].map(pid => ({ ...survivor, pid, command: 'sleep 1' }))
  const step = nodeStop('pc2', { phase: 'acknowledged', survivors: [long, ...some] })
  expect(stepWords(step)).toBe(
    'Still closing: 5 sleep 1 (trader)\n6 sleep 1 (trader)\n7 sleep 1 (trader)\nand 1 more',
  )
  expect(stepWords({ ...step, survivors: [long] })).toBe(
    `Still closing: 9 python3 ${'x'.repeat(31)}… (trader)`,
  )
  expect(survivorsTip(step)?.split('\n').at(-1)).toBe(`9 python3 ${'x'.repeat(80)} (trader)`)
})

test('the seconds left are counted down to 0 and no further', () => {
  const step = nodeStop('pc2', { phase: 'acknowledged', killAtMs: NOW_MS + 14_000 })
  expect([0, 13_100, 20_000].map(after => stepEnd(step, NOW_MS + after))).toEqual([
    '14\u2009s left',
    '1\u2009s left',
    '0\u2009s left',
  ])
  const draining = { ...step, killAtMs: NOW_MS + 620_000 }
  expect(stepEnd(draining, NOW_MS)).toMatch(/^10\s?m 20\s?s left$/)
})

test('KILL may be sent when somebody is left or the grace is over, not while it is under way already', () => {
  const named = report({ nodes: [nodeStop('pc2', { phase: 'acknowledged', survivors: [survivor] })] })
  expect(canForce(report({}), NOW_MS + 19_999)).toBe(false)
  expect(canForce(report({}), NOW_MS + 20_000)).toBe(true)
  expect(canForce(named, NOW_MS)).toBe(true)
  expect(canForce({ ...named, isForced: true }, NOW_MS)).toBe(false)
  expect(canForce(report({ outcome: 'still-running', isForced: true }), NOW_MS)).toBe(true)
  expect(canForce(report({ outcome: 'proved' }), NOW_MS + 60_000)).toBe(false)
})

test('several stops end well only when every one of them does', () => {
  const proved = report({ outcome: 'proved', summary: 'Nothing is left running' })
  const left = report({ outcome: 'still-running', summary: 'Still running: 48130 on pc2.' })
  expect(resultOf([proved, proved])).toEqual({ text: 'Nothing is left running', isProved: true })
  expect(resultOf([proved, left])).toEqual({ text: 'Still running: 48130 on pc2.', isProved: false })
  expect([resultOf([proved, report({})]), resultOf([])]).toEqual([null, null])
})

test('the proof names nodes, survivors and times', () => {
  const of = run({ id: 'r1', plan: 'kelly', state: 'stopping', startedAgoS: 60, workers: [] })
  const stop = report({
    outcome: 'still-running',
    summary: 'Still running: 48130 on pc2.',
    endedAtMs: NOW_MS + 20_400,
    nodes: [
      nodeStop('pc2', {
        phase: 'still-running',
        groups: 1,
        survivors: [survivor],
        how: 'TERM',
        checkedAtMs: NOW_MS,
      }),
    ],
  })
  expect(proofText(of, stop)).toBe(
    [
      'Run r1, plan kelly',
      'Still running: 48130 on pc2.',
      'Asked 2026-09-24T14:02:11.400Z, ended 2026-09-24T14:02:31.800Z, grace 20 s',
      '  pc2: still-running, 1 groups, 0 processes gone, TERM, checked 2026-09-24T14:02:11.400Z',
      '    48130 python3 worker.py (trader), start ticks 812400',
      howChecked([stop]),
    ].join('\n'),
  )
})

test('the command for a terminal signals a group only while its leader is the process that was recorded', () => {
  const of = run({
    id: 'r1',
    plan: 'kelly',
    state: 'running',
    startedAgoS: 60,
    workers: [
      worker({ node: 'this-pc', index: 1, nodeIndex: 1 }),
      { ...worker({ node: 'this-pc', index: 2, nodeIndex: 2 }), identity: null },
      worker({ node: 'deleted', index: 3, nodeIndex: 1 }),
    ],
  })
  expect(stopCommands(of, [node({ name: 'this-pc' })])).toEqual([
    'sed "s/.*) //" /proc/48101/stat | cut -d" " -f20 | grep -qx 812331 && kill -TERM -48101',
  ])
})

test('a node that is reached on another port gets that port', () => {
  const of = run({
    id: 'r1',
    plan: 'kelly',
    state: 'running',
    startedAgoS: 60,
    workers: [
      worker({ node: 'pc2', index: 1, nodeIndex: 1 }),
      worker({ node: 'pc2', index: 2, nodeIndex: 2, state: 'stopped' }),
    ],
  })
  const lines = stopCommands(of, [{ ...node({ name: 'pc2' }), address: 'w1@10.0.0.2:2222' }])
  expect(lines.map(line => line.slice(0, 28))).toEqual([`ssh -p 2222 w1@10.0.0.2 'sed`])
})
