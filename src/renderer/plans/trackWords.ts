import type { TrackDraft } from '../../contract/plans'
import { plural } from '../format'
import { formatRange } from './typedValues'

/** So many names are told; of more, their number. */
const NAMES = 2

/** `all nodes · 2 workers a node · after bots`: a track in a line. */
export function trackWords({ on, workers, after }: TrackDraft): string {
  return [
    whereWords(on),
    `${plural(workers, 'worker')} a node`,
    after.length === 0 ? null : `after ${names(after)}`,
  ]
    .filter(part => part !== null)
    .join(' · ')
}

function whereWords(on: TrackDraft['on']): string {
  if (on === 'all') return 'all nodes'
  if (!Array.isArray(on)) return on.role === '' ? 'a role' : `role ${on.role}`
  return on.length === 0 ? 'no node yet' : names(on, 'node')
}

const names = (list: readonly string[], thing = 'track'): string =>
  list.length > NAMES ? plural(list.length, thing) : list.join(', ')

/** What a track asks for, in a few words; null when it asks for nothing. */
export function needsWords({ cpu, gpu, memGiB, diskGiB }: TrackDraft['needs']): string | null {
  const parts = [
    cpu === null ? null : `${formatRange(cpu)} CPU`,
    gpu === null ? null : `${formatRange(gpu)} GPU`,
    memGiB === null ? null : `${formatRange(memGiB)} GiB RAM`,
    diskGiB === null ? null : `${formatRange(diskGiB)} GiB disk`,
  ].filter(part => part !== null)
  return parts.length === 0 ? null : parts.join(' · ')
}

/** What differs from the defaults of stopping; null when nothing does. */
export function stopWords({ stopSignal, graceSeconds, drainSignal }: TrackDraft): string | null {
  const parts = [
    stopSignal === 'TERM' ? null : stopSignal,
    graceSeconds === 20 ? null : `${graceSeconds} s grace`,
    drainSignal === null ? null : `drains by ${drainSignal}`,
  ].filter(part => part !== null)
  return parts.length === 0 ? null : parts.join(' · ')
}

/** What differs from the defaults of failing; null when nothing does. */
export function failWords({ limitSeconds, aliveSeconds, onFailure }: TrackDraft): string | null {
  const parts = [
    limitSeconds === null ? null : `at most ${limitSeconds} s`,
    aliveSeconds === 2 ? null : `alive check ${aliveSeconds} s`,
    onFailure === 'warn' ? null : 'ends the run',
  ].filter(part => part !== null)
  return parts.length === 0 ? null : parts.join(' · ')
}
