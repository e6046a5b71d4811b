import type { DraftProblem, PlanDraft } from '../../contract/plans'
import type { Finding, Path } from './fleetProblem'

type DraftPath = DraftProblem['path']

/** Fields that the editor does not show: what is wrong with them is told where they belong. */
const HIDDEN: Readonly<Record<string, readonly string[]>> = {
  prerequisite: ['workdir'],
  cleanup: ['workdir', 'limitSeconds'],
}

/** Keys of `stop:` in the file, and the fields of a draft that hold them. */
const STOP_FIELDS: Readonly<Record<string, string>> = {
  signal: 'stopSignal',
  graceSeconds: 'graceSeconds',
  drain: 'drainSignal',
}
const DRAIN_FIELDS: Readonly<Record<string, string>> = { signal: 'drainSignal', seconds: 'drainSeconds' }

/** Where in a draft the value is that stands at `path` of the plan in the file. */
export function draftPath(draft: PlanDraft, path: Path, at: Finding['at']): DraftPath {
  const [key, second, field, ...rest] = path
  if (key === 'tracks' && typeof second === 'number' && field !== undefined) {
    return ['tracks', second, ...trackPath(draft, second, [field, ...rest], at)]
  }
  const isHidden = typeof key === 'string' && HIDDEN[key]?.includes(String(second)) === true
  return isHidden ? [key] : [...path]
}

function trackPath(draft: PlanDraft, track: number, path: Path, at: Finding['at']): DraftPath {
  const [field, key, inner] = path
  if (field === 'stop') {
    const named = key === 'drain' && inner !== undefined ? DRAIN_FIELDS[inner] : STOP_FIELDS[key ?? '']
    return [named ?? 'stopSignal']
  }
  if (field === 'env' && key !== undefined) {
    const index = draft.tracks[track]?.env.findIndex(({ name }) => name === key) ?? -1
    return ['env', Math.max(0, index), at === 'key' ? 'name' : 'value']
  }
  return [...path]
}
