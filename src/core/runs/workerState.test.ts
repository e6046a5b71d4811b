import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WorkerState } from '../../contract/runs'
import type { Worker } from '../../contract/runs'
import { NodeName, TrackName, WorkerId } from '../../contract/ids'
import type { WorkerEvent } from './workerState'
import { deriveRunState, exitSentence, isActive, nextState } from './workerState'

const EVENTS = {
  confirmed: { type: 'confirmed' },
  refused: { type: 'refused' },
  absent: { type: 'never-started' },
  lost: { type: 'link-lost' },
  stop: { type: 'stop-sent' },
  unstopped: { type: 'stop-failed' },
  'end 0': { type: 'ended', exitCode: 0 },
  'end 1': { type: 'ended', exitCode: 1 },
  'own end 0': { type: 'ended-before-stop', exitCode: 0 },
  'own end 1': { type: 'ended-before-stop', exitCode: 1 },
  gone: { type: 'gone' },
  reboot: { type: 'rebooted' },
  proof: { type: 'proved-gone' },
} as const satisfies Record<string, WorkerEvent>

const TABLE = `
            starting   running    stopping   unknown
confirmed   running    running    stopping   running
refused     failed     failed     failed     failed
absent      failed     failed     failed     failed
lost        unknown    unknown    stopping   unknown
stop        stopping   stopping   stopping   stopping
unstopped   starting   running    running    unknown
end 0       succeeded  succeeded  stopping   succeeded
end 1       failed     failed     stopping   failed
own end 0   succeeded  succeeded  succeeded  succeeded
own end 1   failed     failed     failed     failed
gone        lost       lost       stopping   lost
reboot      lost       lost       stopping   lost
proof       stopped    stopped    stopped    stopped`

describe('the table of worker states', () => {
  const [, head = '', ...rows] = TABLE.split('\n')
  const states = head
    .trim()
    .split(/\s+/)
    .map(word => WorkerState.parse(word))
  it('has a row for every event', () => {
    expect(rows.map(row => row.slice(0, 12).trim())).toEqual(Object.keys(EVENTS))
  })
  const cells = rows.flatMap(row =>
    states.map(
      (state, i) => [row.slice(0, 12).trim(), state, row.slice(12).trim().split(/\s+/)[i] ?? ''] as const,
    ),
  )
  it.each(cells)('%s makes %s %s', (event, state, expected) => {
    expect(nextState(state, EVENTS[event as keyof typeof EVENTS])).toBe(expected)
  })
})

const anyEvent = fc.constantFrom<WorkerEvent[]>(...Object.values(EVENTS))

it('never leaves an end, and never calls a worker stopped without proof', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 30 }), events => {
      let state: WorkerState = 'starting'
      for (const event of events) {
        const next = nextState(state, event)
        if (!isActive(state)) expect(next).toBe(state)
        if (next === 'stopped' && state !== 'stopped') expect(event.type).toBe('proved-gone')
        state = next
      }
    }),
  )
})

function worker(state: WorkerState, detail: string | null = null): Worker {
  const ids = {
    id: WorkerId.parse('t-1'),
    track: TrackName.parse('t'),
    node: NodeName.parse('n'),
    index: 1,
    nodeIndex: 1,
  }
  const unknown = {
    identity: null,
    progress: null,
    reported: null,
    logBytes: 0,
    logLines: 0,
    endedAtMs: null,
    end: null,
    waitsFor: [],
    container: null,
  }
  return { ...ids, ...unknown, state, stateSinceMs: 0, detail }
}

it.each([
  [['running', 'succeeded'], { state: 'running', detail: null }],
  [
    ['running', 'unknown', 'failed'],
    { state: 'running', detail: '1 of 3 workers unknown, 1 of 3 workers failed' },
  ],
  [['unknown', 'succeeded'], { state: 'unknown', detail: null }],
  [['stopped', 'stopped'], { state: 'stopped', detail: null }],
  [['failed', 'lost', 'succeeded'], { state: 'failed', detail: '1 of 3 workers lost' }],
  [['succeeded', 'succeeded'], { state: 'succeeded', detail: null }],
  [['stopping', 'stopped'], { state: 'stopping', detail: null }],
] as const)('makes %j one run: %j', (states, expected) => {
  expect(deriveRunState(states.map(state => worker(state)))).toEqual(expected)
})

it('says in words what an exit code stands for', () => {
  expect([0, 1, 137, 143, 78].map(exitSentence)).toEqual([
    null,
    'exit 1',
    'exit 137 (KILL)',
    'exit 143 (TERM)',
    'exit 78: the run mode was not what this start was given',
  ])
})
