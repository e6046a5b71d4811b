import { describe, expect, it } from 'vitest'
import { threeNodes } from '../gallery/fleets'
import { address, SSH_HOSTS, unknownKey } from '../gallery/machines'
import {
  addRefusal,
  type AddState,
  candidate,
  EMPTY_ADD,
  isPickable,
  matchingHosts,
  nameProblems,
  newNodes,
  nodeAt,
  wanted,
  withDraft,
  withDrafts,
  withPicked,
} from './addState'

const { nodes } = threeNodes
const [i7, colo] = [candidate({ alias: 'i7' }), candidate(address('10.8.0.11'))]
const picked = (state: Partial<AddState> = {}): AddState =>
  withDrafts({ ...withPicked(EMPTY_ADD, [i7, colo], true), ...state }, nodes)

describe('what is picked', () => {
  it('is there once, in the order it was picked, and can be taken back', () => {
    const twice = withPicked(withPicked(EMPTY_ADD, [i7], true), [colo, candidate({ alias: 'i7' })], true)
    expect(twice.picked).toEqual([i7, colo])
    expect(withPicked(twice, [i7], false).picked).toEqual([colo])
  })

  it('is told to the engine with its names and roles', () => {
    const state = withDraft(picked(), i7.key, { name: 'attic', roles: ['gpu'] })
    expect(newNodes(state, nodes)).toEqual([
      { name: 'attic', ssh: { alias: 'i7' }, roles: ['gpu'] },
      { name: '10.8.0.11', ssh: address('10.8.0.11'), roles: [] },
    ])
  })

  it('keeps the names that were typed when more is picked', () => {
    const typed = withDraft(picked(), i7.key, { name: 'pc3' })
    const more = withDrafts(withPicked(typed, [candidate({ alias: 'pc3' })], true), nodes)
    expect(more.picked.map(({ key }) => more.drafts[key]?.name)).toEqual(['pc3', '10.8.0.11', 'pc3-2'])
  })

  it('is not added under a name that is taken, in the fleet or among the new ones', () => {
    const inFleet = withDraft(picked(), i7.key, { name: 'pc2' })
    expect([...nameProblems(inFleet, nodes)]).toEqual([[i7.key, 'There is a pc2 already. Names are unique.']])
    const twice = withDraft(picked(), i7.key, { name: '10.8.0.11' })
    expect([...nameProblems(twice, nodes).keys()]).toEqual([i7.key, colo.key])
    expect([addRefusal(twice, nodes), newNodes(twice, nodes)]).toEqual([
      'There is a 10.8.0.11 already. Names are unique.',
      null,
    ])
  })

  it('can be left out, one by one', () => {
    expect(wanted(withDraft(picked(), i7.key, { isWanted: false }))).toEqual([colo])
  })

  it('leaves out what has a refused key, and asks again about another key', () => {
    const asking = { at: 'done', result: unknownKey('i7:22') } as const
    const state = picked({ tests: { [i7.key]: asking } })
    const fingerprint = 'SHA256:9kVY0cQmT0mLw5iQ9ZbDqk1mHf3vXo8yPj2nUe4sR6A'
    expect(wanted(withDraft(state, i7.key, { refused: fingerprint }))).toEqual([colo])
    expect(wanted(withDraft(state, i7.key, { refused: 'SHA256:another' }))).toEqual([i7, colo])
  })

  it('is at most a hundred at once, and at least one', () => {
    const many = Array.from({ length: 101 }, (_, index) => candidate({ alias: `n${index}` }))
    expect(addRefusal(withDrafts(withPicked(EMPTY_ADD, many, true), nodes), nodes)).toBe(
      'Drydock adds at most 100 machines at once; 101 are picked.',
    )
    expect(addRefusal(EMPTY_ADD, nodes)).toBe('No machine is left to add.')
  })
})

describe('hosts of the SSH config', () => {
  const aliases = (filter: string) => matchingHosts(SSH_HOSTS, filter).map(host => host.alias)

  it('are found by any of their words', () => {
    expect([aliases('COLO'), aliases('trader 10.8.0.12'), aliases('cipher'), aliases('nothing')]).toEqual([
      ['colo-1', 'colo-2'],
      ['colo-2'],
      ['old-nas'],
      [],
    ])
  })

  it('can be picked when they are resolved and not in the fleet', () => {
    expect(SSH_HOSTS.filter(host => !isPickable(host)).map(host => host.alias)).toEqual([
      'pc2',
      'hp-server',
      'old-nas',
    ])
  })
})

it('an address is in the fleet when host, port and user are the same', () => {
  expect([
    nodeAt(address('pc2.lan', { identityFile: '~/other' }), nodes),
    nodeAt(address('pc2.lan', { port: 23 }), nodes),
    nodeAt({ alias: 'pc2' }, nodes),
  ]).toEqual(['pc2', null, null])
})
