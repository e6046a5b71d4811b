import { describe, expect, it } from 'vitest'
import type { NodeName } from '../../contract/ids'
import { RunId, TrackName } from '../../contract/ids'
import { FleetFile } from '../config/fleetSchema'
import { chosenTracks } from './chosenTracks'
import { plannedStart } from './firstTracks'
import { masked } from './launchSecrets'
import { planWorkers } from './planWorkers'

const run = RunId.parse('20260102-030405-ab12')
const docker = (image: string) => ({ image, pull: 'missing' })

function fleetOf(plan: object) {
  const nodes = [
    { name: 'pc2', ssh: { host: 'pc2' } },
    { name: 'pc3', ssh: { host: 'pc3' }, workdir: '/srv' },
  ]
  return FleetFile.parse({ version: 1, nodes, plans: [{ name: 'bqx', ...plan }] })
}

function planned(plan: object, offline: readonly string[] = []) {
  const fleet = fleetOf(plan)
  const isOnline = (node: NodeName): boolean => !offline.includes(node)
  const online = planWorkers(fleet, fleet.plans[0]!, run).filter(({ node }) => isOnline(node))
  return plannedStart(fleet, fleet.plans[0]!, run, online, isOnline)
}

const choice = (track: string, workers: number | null = null) => ({ track: TrackName.parse(track), workers })

describe('chosenTracks', () => {
  const tracks = [
    { name: 'a', on: 'all', command: 'true' },
    { name: 'b', on: 'all', workers: 4, after: ['a', 'c'], command: 'true' },
    { name: 'c', on: 'all', command: 'true' },
  ]
  const plan = fleetOf({ tracks }).plans[0]!

  it('keeps the order of the plan, takes the asked number of workers, and forgets tracks that are left out', () => {
    const chosen = chosenTracks(plan, [choice('b', 3), choice('a')]).tracks
    expect(chosen.map(({ name, workers, after }) => [name, workers, after])).toEqual([
      ['a', 1, []],
      ['b', 3, ['a']],
    ])
    expect(chosenTracks(plan, null)).toBe(plan)
  })

  it('refuses in words what cannot be started', () => {
    expect(() => chosenTracks(plan, [choice('d')])).toThrow('bqx has no track d.')
    expect(() => chosenTracks(plan, [choice('a'), choice('a', 2)])).toThrow('The track a was chosen twice.')
    const circle = fleetOf({
      tracks: [
        { ...tracks[0], after: ['c'] },
        { ...tracks[2], after: ['a'] },
      ],
    })
    expect(() => chosenTracks(circle.plans[0]!, null)).toThrow('Tracks of bqx wait for each other: a after c')
  })
})

describe('plannedStart', () => {
  it('puts the images of containers behind the prerequisite and before every container', () => {
    const { workers, waitsFor } = planned({
      engine: 'docker',
      prerequisite: { command: 'docker login {{node}}', on: 'pc3', limitSeconds: 60 },
      tracks: [
        { name: 'a', on: 'all', secrets: ['TOKEN'], docker: docker('one:1') },
        { name: 'b', on: ['pc2'], after: ['a'], docker: docker("o'two") },
      ],
    })
    expect(workers.map(({ id, node, container }) => [id, node, container?.image ?? null])).toEqual([
      ['prerequisite-1', 'pc3', null],
      ['image-1', 'pc2', null],
      ['image-2', 'pc3', null],
      ['a-1', 'pc2', 'one:1'],
      ['a-2', 'pc3', 'one:1'],
      ['b-1', 'pc2', "o'two"],
    ])
    expect(workers[0]).toMatchObject({
      command: 'docker login pc3',
      workdir: '/srv',
      secrets: ['TOKEN'],
      limitSeconds: 60,
    })
    expect([...waitsFor]).toEqual([
      ['image', ['prerequisite']],
      ['a', ['prerequisite', 'image']],
      ['b', ['a', 'image']],
    ])
  })

  it('refuses an order that can never come to its end', () => {
    const tracks = [
      { name: 'a', on: ['pc3'], command: 'true' },
      { name: 'b', on: ['pc2'], after: ['a'], command: 'true' },
    ]
    expect(() => planned({ tracks }, ['pc3'])).toThrow('b waits for a, and no node of a is online.')
    const prerequisite = { command: 'true', on: 'pc3' }
    expect(() => planned({ prerequisite, tracks: [{ ...tracks[1], after: [] }] }, ['pc3'])).toThrow(
      'The prerequisite of bqx runs on pc3, which is not online.',
    )
    expect(() => planned({ prerequisite, tracks: [{ ...tracks[0], name: 'prerequisite' }] })).toThrow(
      'bqx has a track called prerequisite',
    )
  })
})

it('masks every value wherever it stands', () => {
  expect(masked('a s3cret, s3cret and 42', ['s3cret', '42', ''])).toBe('a ••••, •••• and ••••')
})
