import type { DraftProblem } from '../../contract/plans'
import type { FieldPath } from './planEdit'

/** As the fields are called, in the order in which they stand. */
const WORDS: Readonly<Record<string, string>> = {
  name: 'Name',
  engine: 'Engine',
  prerequisite: 'Prerequisite',
  cleanup: 'Cleanup',
  tracks: 'Tracks',
  workers: 'Workers a node',
  on: 'Goes to',
  command: 'Command',
  workdir: 'Work folder',
  docker: 'Container',
  env: 'Environment',
  secrets: 'Secrets',
  after: 'Starts after',
  needs: 'Needs',
  progress: 'Progress',
  stopSignal: 'Stop signal',
  graceSeconds: 'Grace',
  drainSignal: 'Drain signal',
  drainSeconds: 'Drain',
  onFailure: 'On failure',
  limitSeconds: 'Time limit',
  aliveSeconds: 'Alive check',
  logs: 'Log files',
  clientId: 'Broker client id',
  preflight: 'Preflight',
}
const PLACES = Object.keys(WORDS)

/** Problems as their fields stand below each other. */
export const inOrder = (problems: readonly DraftProblem[]): readonly DraftProblem[] =>
  problems.toSorted((one, other) => compare(one.path, other.path))

function compare([one, ...restOfOne]: FieldPath, [other, ...restOfOther]: FieldPath): number {
  if (one === undefined || other === undefined) return Number(one !== undefined) - Number(other !== undefined)
  return rank(one) - rank(other) || compare(restOfOne, restOfOther)
}

const rank = (part: string | number): number => (typeof part === 'number' ? part : PLACES.indexOf(part))

/** `Track 2 · Command`: where a problem is, as the fields are called. */
export function problemPlace([first, ...rest]: FieldPath): string {
  if (first !== 'tracks') return word(first ?? 'The plan')
  const [at, field] = rest
  const track = typeof at === 'number' ? `Track ${at + 1}` : 'Tracks'
  return field === undefined ? track : `${track} · ${word(field)}`
}

const word = (part: string | number): string => WORDS[part] ?? String(part)
