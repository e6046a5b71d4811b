import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RunId } from '../../contract/ids'
import type { Fleet } from '../config/fleetSchema'
import { FleetFile } from '../config/fleetSchema'
import { planWorkers } from './planWorkers'

const run = RunId.parse('20260102-030405-ab12')

function fleetWith(...tracks: object[]): Fleet {
  return FleetFile.parse({
    version: 1,
    nodes: [
      { name: 'this-pc', local: true, workdir: '/srv/bots' },
      { name: 'off', ssh: { host: 'off' }, disabled: true, roles: ['gpu'] },
      { name: 'pc2', ssh: { host: 'pc2' }, roles: ['gpu'] },
      { name: 'hp', ssh: { alias: 'hp' }, roles: ['cpu', 'gpu'] },
    ],
    plans: [{ name: 'p', tracks }],
  })
}

function workersOf(...tracks: object[]) {
  const fleet = fleetWith(...tracks)
  return planWorkers(fleet, fleet.plans[0]!, run)
}

const places = (...tracks: object[]) => workersOf(...tracks).map(({ id, node }) => `${id} on ${node}`)

describe('planWorkers', () => {
  it('makes a worker of all that a track and its node say', () => {
    const track = {
      name: 'bots',
      on: ['pc2'],
      workers: 2,
      command: 'run --seed {{worker}}/{{workers}} --on {{node}} --as {{run}} {{json .}}',
      env: { A: 'x' },
      stop: { signal: 'INT', graceSeconds: 5 },
      progress: { count: 'x' },
      secrets: ['PGPASSWORD'],
      limitSeconds: 60,
      aliveSeconds: 3,
      onFailure: 'abort',
    }
    const common = {
      track: 'bots',
      node: 'pc2',
      workers: 2,
      workdir: '~',
      env: { A: 'x' },
      stop: { signal: 'INT', graceSeconds: 5 },
      progress: { count: 'x' },
      secrets: ['PGPASSWORD'],
      limitSeconds: 60,
      aliveSeconds: 3,
      onFailure: 'abort',
      container: null,
    }
    expect(workersOf(track)).toEqual([
      {
        ...common,
        id: 'bots-1',
        index: 1,
        nodeIndex: 1,
        command: 'run --seed 1/2 --on pc2 --as 20260102-030405-ab12 {{json .}}',
      },
      {
        ...common,
        id: 'bots-2',
        index: 2,
        nodeIndex: 2,
        command: 'run --seed 2/2 --on pc2 --as 20260102-030405-ab12 {{json .}}',
      },
    ])
  })

  it('counts over all nodes in the order of the fleet, and leaves disabled ones out', () => {
    const track = { name: 't', on: 'all', workers: 2, command: 'x' }
    expect(places(track)).toEqual([
      't-1 on this-pc',
      't-2 on this-pc',
      't-3 on pc2',
      't-4 on pc2',
      't-5 on hp',
      't-6 on hp',
    ])
    expect(workersOf(track).map(({ nodeIndex, workers }) => [nodeIndex, workers])).toEqual([
      [1, 6],
      [2, 6],
      [1, 6],
      [2, 6],
      [1, 6],
      [2, 6],
    ])
  })

  it('goes where on says, whatever the order in which it names the nodes', () => {
    expect(places({ name: 't', on: ['hp', 'off', 'this-pc'], command: 'x' })).toEqual([
      't-1 on this-pc',
      't-2 on hp',
    ])
    expect(places({ name: 't', on: { role: 'gpu' }, command: 'x' })).toEqual(['t-1 on pc2', 't-2 on hp'])
    expect(places({ name: 't', on: { role: 'none' }, command: 'x' })).toEqual([])
  })

  it('counts each track of a plan by itself', () => {
    const tracks = [
      { name: 'a', on: 'all', command: '{{worker}}/{{workers}}' },
      { name: 'b', on: ['hp'], command: '{{worker}}/{{workers}}' },
    ]
    expect(workersOf(...tracks).map(({ id, command }) => [id, command])).toEqual([
      ['a-1', '1/3'],
      ['a-2', '2/3'],
      ['a-3', '3/3'],
      ['b-1', '1/1'],
    ])
  })

  it('takes the track’s folder, else the node’s, else the home folder', () => {
    const folders = (track: object) => workersOf(track).map(({ workdir }) => workdir)
    expect(folders({ name: 't', on: 'all', command: 'x' })).toEqual(['/srv/bots', '~', '~'])
    expect(folders({ name: 't', on: 'all', command: 'x', workdir: 'sample:kelly-monte-carlo' })).toEqual(
      Array.from({ length: 3 }, () => 'sample:kelly-monte-carlo'),
    )
  })

  it('refuses a value that is no safe word', () => {
    const fleet = fleetWith({ name: 't', on: 'all', command: 'x {{run}}' })
    const evil = '$(reboot)' as RunId
    expect(() => planWorkers(fleet, fleet.plans[0]!, evil)).toThrow(
      expect.objectContaining({ code: 'refused', message: '"$(reboot)" cannot stand in a command.' }),
    )
  })

  it('changes nothing in a command but its placeholders', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('$&', '$1', '{{', '}}', '{{x}}', '\n'),
    )
    const parts = fc.array(
      piece.filter(text => !/\{\{(?:worker|workers|node|run)\}\}/.test(text)),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(parts, pieces => {
        const command = `x ${pieces.join('{{worker}}')}`
        fc.pre(
          command.split('{{worker}}').length === pieces.length &&
            !/\{\{(?:workers|node|run)\}\}/.test(command),
        )
        expect(workersOf({ name: 't', on: ['hp'], command })[0]?.command).toBe(`x ${pieces.join('1')}`)
      }),
    )
  })

  it('gives every worker of a plan an id of its own', () => {
    const track = fc.record({
      name: fc.stringMatching(/^[a-c](-?[12]){0,2}$/),
      on: fc.constantFrom('all', ['hp'], { role: 'gpu' }),
      workers: fc.integer({ min: 1, max: 12 }),
      command: fc.constant('x'),
    })
    const tracks = fc.uniqueArray(track, { selector: ({ name }) => name, minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(tracks, tracks => {
        const ids = workersOf(...tracks).map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
      }),
    )
  })
})
