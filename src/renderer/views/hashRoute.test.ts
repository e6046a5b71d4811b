import { expect, it } from 'vitest'
import type { NodeName, PlanName } from '../../contract/ids'
import { hashOf, placeOf } from './hashRoute'

const pc2 = 'pc-2.lan' as NodeName
const kelly = 'kelly_2.0' as PlanName

it.each([
  ['#fleet', { screen: 'fleet' }],
  ['#settings', { screen: 'settings' }],
  ['#node/pc-2.lan', { screen: 'node', node: pc2, nodeTab: 'overview' }],
  ['#node/pc-2.lan/diagnosis', { screen: 'node', node: pc2, nodeTab: 'diagnosis' }],
  ['#plan/kelly_2.0', { screen: 'plan', editedPlan: kelly }],
  ['#plan-new', { screen: 'plan', editedPlan: null }],
] as const)('%s and its screen are the same', (hash, place) => {
  expect(placeOf(hash)).toEqual(place)
  expect(hashOf({ node: null, nodeTab: 'overview', editedPlan: null, ...place })).toBe(hash)
})

it.each([
  '',
  '#',
  '#nowhere',
  '#node',
  '#node/',
  '#node/<b>',
  '#node/pc2/other',
  `#node/${'a'.repeat(65)}`,
  '#plan',
  '#plan/',
  '#plan/a b',
  '#plan-newer',
])('%s is no screen', hash => expect(placeOf(hash)).toBe(null))

it('no node is the fleet', () => {
  expect(hashOf({ screen: 'node', node: null, nodeTab: 'overview', editedPlan: null })).toBe('#fleet')
})
