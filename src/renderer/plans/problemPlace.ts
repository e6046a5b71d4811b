import type { FieldPath } from './planEdit'

const WORDS: Readonly<Record<string, string>> = {
  name: 'Name',
  engine: 'Engine',
  prerequisite: 'Prerequisite',
  cleanup: 'Cleanup',
  preflight: 'Preflight',
  tracks: 'Tracks',
  on: 'Goes to',
  workers: 'Workers a node',
  command: 'Command',
  workdir: 'Work folder',
  env: 'Environment',
  needs: 'Needs',
  progress: 'Progress',
  stopSignal: 'Stop signal',
  graceSeconds: 'Grace',
  drainSignal: 'Drain signal',
  drainSeconds: 'Drain',
  secrets: 'Secrets',
  clientId: 'Broker client id',
  after: 'Starts after',
  limitSeconds: 'Time limit',
  aliveSeconds: 'Alive check',
  onFailure: 'On failure',
  logs: 'Log files',
  docker: 'Container',
}

/** `Track 2 · Command`: where a problem is, as the fields are called. */
export function problemPlace([first, ...rest]: FieldPath): string {
  if (first !== 'tracks') return word(first ?? 'The plan')
  const [at, field] = rest
  const track = typeof at === 'number' ? `Track ${at + 1}` : 'Tracks'
  return field === undefined ? track : `${track} · ${word(field)}`
}

const word = (part: string | number): string => WORDS[part] ?? String(part)
