import type { PlanDraft, PlanView, TrackView } from '../../contract/plans'
import { workersOf } from './planCommands'
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
    return left.length === 0 ? 'starts at once' : `starts at once, since ${list(left)} ${are} not chosen`
  return left.length === 0 ? `after ${list(waits)}` : `after ${list(waits)}; ${list(left)} ${are} not chosen`
}

function list(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}
