import type { TrackName } from '../../contract/ids'
import type { TrackChoice } from '../../contract/plans'
import type { PlanConfig } from '../config/planSchema'
import { AppError } from '../kernel/appError'
import { circleOf } from './trackOrder'

/**
 * Pure: the plan with only these tracks, in its own order, and with as many workers as was asked for; null: as it
 * stands. An `after` on a track that was not chosen does not count.
 * Errors: `refused` for an unknown track, a track that is chosen twice, and tracks that wait for each other.
 */
export function chosenTracks(plan: PlanConfig, choices: readonly TrackChoice[] | null): PlanConfig {
  refuseCircle(plan)
  if (choices === null) return plan
  const known = plan.tracks.map(({ name }) => name)
  const chosen = new Map<TrackName, number | null>()
  for (const { track, workers } of choices) {
    if (!known.includes(track)) {
      throw new AppError('refused', `${plan.name} has no track ${track}.`, {
        hint: `Its tracks are ${known.join(', ')}.`,
      })
    }
    if (chosen.has(track)) {
      throw new AppError('refused', `The track ${track} was chosen twice.`, { hint: 'Choose it once.' })
    }
    chosen.set(track, workers)
  }
  const tracks = plan.tracks
    .filter(({ name }) => chosen.has(name))
    .map(track => ({
      ...track,
      workers: chosen.get(track.name) ?? track.workers,
      after: track.after.filter(name => chosen.has(name)),
    }))
  return { ...plan, tracks }
}

function refuseCircle(plan: PlanConfig): void {
  const circle = circleOf(plan.tracks)
  if (circle === null) return
  throw new AppError('refused', `Tracks of ${plan.name} wait for each other: ${circle.join(' after ')}.`, {
    hint: 'Take one after: out of fleet.yaml.',
  })
}
