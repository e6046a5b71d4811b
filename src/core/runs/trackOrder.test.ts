import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NodeName, TrackName, WorkerId } from '../../contract/ids'
import type { Worker, WorkerState } from '../../contract/runs'
import type { OrderedTrack } from './trackOrder'
import { circleOf, trackSteps, turnsOf } from './trackOrder'

const track = (name: string, ...after: string[]): OrderedTrack => ({
  name: TrackName.parse(name),
  after: after.map(one => TrackName.parse(one)),
})

function worker(name: string, state: WorkerState, waitsFor: readonly string[] = [], index = 1): Worker {
  return {
    id: WorkerId.parse(`${name}-${index}`),
    track: TrackName.parse(name),
    node: NodeName.parse('pc2'),
    index,
    nodeIndex: 1,
    state,
    stateSinceMs: 0,
    detail: null,
    identity: null,
    progress: null,
    reported: null,
    logBytes: 0,
    logLines: 0,
    endedAtMs: null,
    end: null,
    waitsFor: waitsFor.map(one => TrackName.parse(one)),
    container: null,
  }
}

/** Tracks that can only wait for those before them in the list. */
const ordered = fc
  .array(fc.array(fc.nat(11), { maxLength: 4 }), { minLength: 1, maxLength: 12 })
  .map(rows =>
    rows.map((after, i) => track(`t${i}`, ...(i === 0 ? [] : [...new Set(after.map(one => `t${one % i}`))]))),
  )

describe('trackSteps', () => {
  it('puts together what waits for the same', () => {
    expect(trackSteps([track('c', 'a', 'b'), track('a'), track('b'), track('d', 'c')])).toEqual([
      ['a', 'b'],
      ['c'],
      ['d'],
    ])
  })

  it('does not count a track that is not in the list', () => {
    expect(trackSteps([track('a', 'elsewhere')])).toEqual([['a']])
  })

  it('places every track once, after all that it waits for, whatever the order of the list', () => {
    fc.assert(
      fc.property(
        ordered.chain(tracks => fc.shuffledSubarray(tracks, { minLength: tracks.length })),
        tracks => {
          const steps = trackSteps(tracks)
          expect(steps.flat().toSorted()).toEqual(tracks.map(({ name }) => name).toSorted())
          const stepOf = (name: TrackName): number => steps.findIndex(step => step.includes(name))
          for (const { name, after } of tracks)
            for (const one of after) expect(stepOf(one)).toBeLessThan(stepOf(name))
          expect(circleOf(tracks)).toBeNull()
        },
      ),
    )
  })
})

describe('circleOf', () => {
  it('names a circle from one of its tracks back to itself', () => {
    expect(circleOf([track('a', 'c'), track('b', 'a'), track('c', 'b'), track('d', 'c')])).toEqual([
      'a',
      'c',
      'b',
      'a',
    ])
    expect(circleOf([track('a', 'a')])).toEqual(['a', 'a'])
    expect(circleOf([track('behind', 'x'), track('x', 'y'), track('y', 'x')])).toEqual(['x', 'y', 'x'])
  })
})

describe('turnsOf', () => {
  it('waits until every worker of every awaited track has succeeded', () => {
    const waiting = worker('c', 'starting', ['a', 'b'])
    const a = [worker('a', 'succeeded', [], 1), worker('a', 'succeeded', [], 2)]
    for (const state of ['starting', 'running', 'stopping', 'unknown'] as const) {
      expect(turnsOf([...a, worker('b', state), waiting])).toEqual({ ready: [], barred: [] })
    }
    expect(turnsOf([...a, worker('b', 'succeeded'), waiting])).toEqual({ ready: [waiting], barred: [] })
  })

  it.each(['failed', 'stopped', 'lost'] as const)('bars who waits for a track that %s', state => {
    const waiting = worker('c', 'starting', ['a'])
    const [a1, a2] = [worker('a', 'running'), worker('a', state, [], 2)]
    expect(turnsOf([a1, a2, waiting])).toEqual({ ready: [], barred: [{ worker: waiting, by: a2 }] })
  })

  it('leads every worker to an end, and launches none before all that it waits for has succeeded', () => {
    const ends = fc.constantFrom<WorkerState>('succeeded', 'succeeded', 'failed', 'lost', 'stopped')
    fc.assert(
      fc.property(
        ordered,
        fc.array(ends, { minLength: 24, maxLength: 24 }),
        fc.nat(),
        (tracks, fates, pick) => {
          let workers = tracks.flatMap(({ name, after }) =>
            [1, 2].map(index => worker(name, after.length === 0 ? 'running' : 'starting', after, index)),
          )
          const set = (id: WorkerId, patch: Partial<Worker>): void => {
            workers = workers.map(one => (one.id === id ? { ...one, ...patch } : one))
          }
          for (let turn = 0; turn < 200; turn += 1) {
            const { ready, barred } = turnsOf(workers)
            for (const one of ready) {
              const awaited = workers.filter(other => one.waitsFor.includes(other.track))
              expect(awaited.every(other => other.state === 'succeeded')).toBe(true)
              set(one.id, { state: 'running', waitsFor: [] })
            }
            for (const one of barred) set(one.worker.id, { state: 'failed' })
            const running = workers.filter(({ state }) => state === 'running')
            const next = running[pick % Math.max(1, running.length)]
            if (next !== undefined) set(next.id, { state: fates[turn % fates.length] ?? 'succeeded' })
          }
          expect(workers.filter(({ state }) => state === 'starting' || state === 'running')).toEqual([])
        },
      ),
    )
  })
})
