import { describe, expect, test } from 'vitest'
import type { PlanName } from '../../contract/ids'
import { node, NOW_MS, run, worker } from '../gallery/builders'
import { plan } from '../gallery/plans'
import { chosenPlan, startRefusal, stopRefusal } from './refusals'

const pc = node({ name: 'this-pc' })
const gone = node({
  name: 'pc2',
  link: { state: 'unreachable', sinceMs: NOW_MS, nextTryAtMs: null, message: 'gone', hint: '' },
})
const kelly = plan('kelly', ['this-pc', 'pc2'], 2)
const active = run({
  id: 'r1',
  plan: 'kelly',
  state: 'running',
  startedAgoS: 10,
  workers: [worker({ node: 'this-pc', index: 1, nodeIndex: 1 })],
})
const fleet = { engine: 'live' as const, nodes: [pc, gone], runs: [] }

describe('START', () => {
  test('can be pressed as long as one node of the plan is online', () => {
    expect(startRefusal(fleet, kelly)).toBeNull()
  })

  test.each([
    ['The engine is starting.', { ...fleet, engine: 'waiting' as const }, kelly],
    [
      'The engine stopped answering; nothing can be started from here.',
      { ...fleet, engine: 'lost' as const },
      kelly,
    ],
    ['There is no plan yet. Add one to fleet.yaml.', fleet, null],
    [
      'The ray engine is not built yet.',
      fleet,
      plan('ppo', ['this-pc'], 1, 'The ray engine is not built yet.'),
    ],
    ['kelly is already running.', { ...fleet, runs: [active] }, kelly],
    ['No node of kelly is online: pc2.', fleet, plan('kelly', ['pc2'], 1)],
  ])('is refused: %s', (reason, state, chosen) => {
    expect(startRefusal(state, chosen)).toBe(reason)
  })

  test('is not refused because another plan runs, or this one ran before', () => {
    const ended = { ...active, state: 'stopped' as const }
    const other = { ...active, plan: 'other' as PlanName }
    const theirs = { ...active, origin: 'foreign' as const, owner: { name: 'w1@laptop', app: 'a' } }
    expect(startRefusal({ ...fleet, runs: [other, ended, theirs] }, kelly)).toBeNull()
  })
})

test('STOP is refused only while nothing runs, and a run that cannot be seen still runs', () => {
  expect(stopRefusal({ engine: 'live', runs: [] })).toBe('Nothing is running.')
  expect(stopRefusal({ engine: 'live', runs: [active] })).toBeNull()
  expect(stopRefusal({ engine: 'lost', runs: [{ ...active, state: 'unknown' }] })).toBeNull()
})

test('the chosen plan is the picked one while it exists, else the first that can start', () => {
  const plans = [plan('ray', [], 1, 'no'), kelly]
  expect(chosenPlan(plans, 'ray' as PlanName)?.name).toBe('ray')
  expect(chosenPlan(plans, 'deleted' as PlanName)?.name).toBe('kelly')
  expect(chosenPlan(plans, null)?.name).toBe('kelly')
  expect(chosenPlan([], null)).toBeNull()
})
