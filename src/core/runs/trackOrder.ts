import type { TrackName } from '../../contract/ids'
import type { Worker } from '../../contract/runs'
import { isActive } from './workerState'

/** Pure: which track comes when. */

export interface OrderedTrack {
  readonly name: TrackName
  /** Tracks that must have succeeded before this one starts; those that are not in the list do not count. */
  readonly after: readonly TrackName[]
}

/**
 * The tracks in the order of their starting: those of one step wait for nothing but earlier steps. Tracks that wait
 * for each other in a circle, and those behind them, come in no step: see `circleOf`.
 */
export function trackSteps(tracks: readonly OrderedTrack[]): TrackName[][] {
  const steps: TrackName[][] = []
  let left = tracks
  for (;;) {
    const names = new Set(left.map(({ name }) => name))
    const next = left.filter(({ after }) => !after.some(one => names.has(one)))
    if (next.length === 0) return steps
    steps.push(next.map(({ name }) => name))
    left = left.filter(track => !next.includes(track))
  }
}

/** Tracks that wait for each other, from one of them back to itself: `a`, `b`, `a`; null when there are none. */
export function circleOf(tracks: readonly OrderedTrack[]): TrackName[] | null {
  const placed = new Set(trackSteps(tracks).flat())
  const left = new Map(tracks.filter(({ name }) => !placed.has(name)).map(track => [track.name, track]))
  const path: TrackName[] = []
  let at = left.keys().next().value
  while (at !== undefined && !path.includes(at)) {
    path.push(at)
    at = left.get(at)?.after.find(name => left.has(name))
  }
  return at === undefined ? null : [...path.slice(path.indexOf(at)), at]
}

export interface Turns {
  /** Workers whose turn has come. */
  readonly ready: readonly Worker[]
  /** Workers whose turn never comes, and the track that is to blame. */
  readonly barred: readonly { readonly worker: Worker; readonly by: Worker }[]
}

/** Whose turn it is among the workers of one run. A worker that is `unknown` has not ended: its track is waited for. */
export function turnsOf(workers: readonly Worker[]): Turns {
  const waiting = workers.filter(isWaiting)
  const ready: Worker[] = []
  const barred: { worker: Worker; by: Worker }[] = []
  for (const worker of waiting) {
    const awaited = workers.filter(({ track }) => worker.waitsFor.includes(track))
    const by = awaited.find(({ state }) => !isActive(state) && state !== 'succeeded')
    if (by !== undefined) barred.push({ worker, by })
    else if (awaited.every(({ state }) => state === 'succeeded')) ready.push(worker)
  }
  return { ready, barred }
}

/** Nothing of it is on any node yet. */
export const isWaiting = ({ state, waitsFor }: Pick<Worker, 'state' | 'waitsFor'>): boolean =>
  state === 'starting' && waitsFor.length > 0
