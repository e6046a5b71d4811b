import { expect, it } from 'vitest'
import { FleetFile } from './config/fleetSchema'
import { secretsOf, viewPlans } from './views'

const fleet = FleetFile.parse({
  version: 1,
  nodes: [
    { name: 'pc1', local: true },
    { name: 'pc2', ssh: { host: 'b' } },
    { name: 'off', ssh: { host: 'c' }, disabled: true },
  ],
  plans: [
    {
      name: 'p',
      tracks: [
        { name: 'a', on: ['pc2', 'pc1'], workers: 2, command: 'x', secrets: ['A', 'B'] },
        { name: 'b', on: 'all', command: 'x', after: ['a'], onFailure: 'abort', secrets: ['B', 'C'] },
      ],
    },
    { name: 'idle', tracks: [{ name: 'a', on: ['off'], command: 'x' }] },
    { name: 'boxed', engine: 'docker', tracks: [{ name: 'a', on: 'all', docker: { image: 'x' } }] },
    { name: 'tidy', tracks: [{ name: 'a', on: 'all', command: 'x' }], cleanup: { remove: ['~/bots/tmp'] } },
    { name: 'ray', engine: 'ray', tracks: [{ name: 'a', on: 'all', command: 'x' }] },
  ],
})

it('shows a plan with its tracks and its secrets, each once', () => {
  expect(secretsOf(fleet)).toEqual(['A', 'B', 'C'])
  expect(viewPlans(fleet, name => name !== 'B')[0]).toEqual({
    name: 'p',
    engine: 'process',
    nodes: ['pc1', 'pc2'],
    workers: 6,
    tracks: [
      { name: 'a', nodes: ['pc1', 'pc2'], workers: 2, after: [], onFailure: 'warn' },
      { name: 'b', nodes: ['pc1', 'pc2'], workers: 1, after: ['a'], onFailure: 'abort' },
    ],
    secrets: [
      { name: 'A', isSet: true },
      { name: 'B', isSet: false },
      { name: 'C', isSet: true },
    ],
    refusal: 'B has no value yet.',
  })
})

it('says why a plan cannot be started', () => {
  const refusals = (isSet: (name: string) => boolean): (string | null)[] =>
    viewPlans(fleet, isSet).map(plan => plan.refusal)
  const others = [
    'Every node of this plan is disabled.',
    null,
    'Cleanup after a run is not built yet; take cleanup out of the plan.',
    'The ray engine is not built yet; use engine: process.',
  ]
  expect(refusals(() => true)).toEqual([null, ...others])
  expect(refusals(() => false)).toEqual(['A, B and C have no value yet.', ...others])
})
