import { describe, expect, it } from 'vitest'
import { node, NOW_MS } from '../gallery/builders'
import { EVERY_NODE, filtered, rolesOf, unusualStates } from './fleetFilter'

const gone = {
  state: 'unreachable',
  sinceMs: NOW_MS,
  nextTryAtMs: null,
  message: 'No answer',
  hint: 'Wait.',
} as const
const nodes = [
  node({ name: 'this-pc', roles: ['trader'] }),
  node({ name: 'b-2', roles: ['gpu', 'rack-a'] }),
  node({ name: 'a-1', roles: ['gpu', 'rack-b'], link: gone }),
  node({ name: 'c-3', roles: ['cpu', 'rack-a'] }),
]
const attention = new Set([nodes[2]!.name, nodes[3]!.name])
const shown = (filter: Partial<typeof EVERY_NODE>): string[] =>
  filtered(nodes, { ...EVERY_NODE, ...filter }, attention).map(({ name }) => name)

describe('the filter of the fleet', () => {
  it('shows every node in the order of the fleet until something is chosen', () => {
    expect(filtered(nodes, EVERY_NODE, attention)).toBe(nodes)
    expect(shown({ text: '  ' })).toEqual(['this-pc', 'b-2', 'a-1', 'c-3'])
  })

  it('holds a node against everything that is chosen, and keeps the order', () => {
    expect(shown({ needsAttention: true })).toEqual(['a-1', 'c-3'])
    expect(shown({ role: 'gpu' })).toEqual(['b-2', 'a-1'])
    expect(shown({ state: 'unreachable' })).toEqual(['a-1'])
    expect(shown({ needsAttention: true, role: 'cpu' })).toEqual(['c-3'])
    expect(shown({ state: 'unreachable', role: 'cpu' })).toEqual([])
  })

  it('finds every word in name, address, roles or state, whatever their case', () => {
    expect(shown({ text: 'GPU rack-a' })).toEqual(['b-2'])
    expect(shown({ text: 'unreach' })).toEqual(['a-1'])
    expect(shown({ text: 'c-3.lan' })).toEqual(['c-3'])
    expect(shown({ text: 'this pc' })).toEqual(['this-pc'])
  })

  it('offers the states that are not as they should be, and every role, with their numbers', () => {
    expect(unusualStates(nodes)).toEqual([{ name: 'unreachable', count: 1 }])
    expect(rolesOf(nodes).map(({ name, count }) => `${name} ${count}`)).toEqual([
      'trader 1',
      'gpu 2',
      'rack-a 2',
      'rack-b 1',
      'cpu 1',
    ])
  })
})
