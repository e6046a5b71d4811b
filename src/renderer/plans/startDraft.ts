import type { PlanDraft, PlanView, TrackChoice, TrackView } from '../../contract/plans'
import { listed } from './needWords'
import type { StartChoice } from './planStore'

/** The plan as it would be if it held only what is chosen; null when that is nothing that can start. */
export function startDraft(
  plan: PlanDraft,
  view: Pick<PlanView, 'tracks'>,
  { without, workers }: StartChoice,
): PlanDraft | null {
  const isOut = (name: string): boolean => without.includes(name)
  const tracks = plan.tracks
    .filter(track => !isOut(track.name))
    .map(track => {
      const planned = view.tracks.find(one => one.name === track.name)?.workers ?? track.workers
      return {
        ...track,
        workers: workersOf(workers[track.name], planned) ?? track.workers,
        after: track.after.filter(name => !isOut(name)),
      }
    })
  return tracks.length === 0 ? null : { ...plan, tracks }
}

/** When a chosen track starts: `after a, b`, and what is not waited for because it is not chosen. */
export function orderWords({ after }: Pick<TrackView, 'after'>, without: readonly string[]): string {
  const waits = after.filter(name => !without.includes(name))
  const left = after.filter(name => without.includes(name))
  const are = left.length === 1 ? 'is' : 'are'
  if (waits.length === 0)
    return left.length === 0 ? 'starts at once' : `starts at once, since ${listed(left)} ${are} not chosen`
  return left.length === 0
    ? `after ${listed(waits)}`
    : `after ${listed(waits)}; ${listed(left)} ${are} not chosen`
}

/** What the dialog asks the engine for; null: the whole plan as it is. */
export function choiceOf(view: PlanView, { without, workers }: StartChoice): readonly TrackChoice[] | null {
  const chosen = view.tracks.filter(track => !without.includes(track.name))
  const choice = chosen.map(track => {
    const number = workersOf(workers[track.name], track.workers)
    return { track: track.name, workers: number === track.workers ? null : number }
  })
  const isWhole = choice.length === view.tracks.length && choice.every(one => one.workers === null)
  return isWhole ? null : choice
}

/** The contract's own limit. */
export const MOST_WORKERS = 256

/** The number that was typed; null when it is none that can be started. */
export function workersOf(typed: string | undefined, planned: number): number | null {
  if (typed === undefined) return planned
  const number = Number(typed.trim())
  return /^\d+$/.test(typed.trim()) && number >= 1 && number <= MOST_WORKERS ? number : null
}
