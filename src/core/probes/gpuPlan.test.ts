import { expect, it } from 'vitest'
import { FIRST_PLAN, planAfter, type GpuPlan } from './gpuPlan'
import { GPU_FIELDS } from './nvidiaSmi'

const loop = FIRST_PLAN
const once: GpuPlan = { mode: 'once', fields: GPU_FIELDS }
const rejection = 'Field "fan.speed" is not a valid field to query.'
const withoutFan = GPU_FIELDS.filter(field => field !== 'fan.speed')

it.each([
  [
    'a rejected field is left out',
    loop,
    { code: 2, cycles: 0, said: [rejection] },
    { do: 'ask', plan: { mode: 'loop', fields: withoutFan }, when: 'now' },
  ],
  [
    'a field that is rejected again is no reason to ask for ever',
    { mode: 'loop' as const, fields: withoutFan },
    { code: 2, cycles: 0, said: [rejection] },
    { do: 'give-up', failure: { state: 'unreadable' } },
  ],
  [
    'a refused loop becomes single calls',
    loop,
    { code: 2, cycles: 0, said: ['ERROR: Option -lms is not recognized.'] },
    { do: 'ask', plan: once, when: 'now' },
  ],
  [
    'a loop that ends well after one turn becomes single calls',
    loop,
    { code: 0, cycles: 1, said: [] },
    { do: 'ask', plan: once, when: 'due' },
  ],
  [
    'a loop that a lost card ends after every turn becomes single calls',
    loop,
    { code: 15, cycles: 1, said: [], isOneLost: true },
    { do: 'ask', plan: once, when: 'due' },
  ],
  ['a loop that somebody ended is begun again', loop, { code: 143, cycles: 1, said: [] }, { do: 'restart' }],
  [
    'a loop that ended after many turns is begun again',
    loop,
    { code: 0, cycles: 9, said: [] },
    { do: 'restart' },
  ],
  [
    'a single call is followed by the next when it is due',
    once,
    { code: 0, cycles: 1, said: [] },
    { do: 'ask', plan: once, when: 'due' },
  ],
  [
    'a single call without a row is a failure',
    once,
    { code: 9, cycles: 0, said: [] },
    { do: 'give-up', failure: { state: 'driver-broken' } },
  ],
  [
    'no nvidia-smi is no GPU',
    loop,
    { code: 127, cycles: 0, said: [] },
    { do: 'give-up', failure: { state: 'none' } },
  ],
])('%s', (_name, plan, run, next) => {
  expect(planAfter(plan, { isOneLost: false, ...run })).toMatchObject(next)
})
