import type { LogId, NodeName, RunId, TrackName } from './ids'

/** Which logs of a run: all, those of one node or of one track, or single ones. */
export type LogChoice =
  'all' | { readonly node: NodeName } | { readonly track: TrackName } | { readonly logs: readonly LogId[] }

/** What a window of its own shows. */
export interface LogWindowPlace {
  readonly run: RunId
  readonly shown: LogChoice
}

const MOST_LOGS = 64

/** Ids as `ids.ts` has them, without its schemas: the page, which reads this too, does without them. */
const WORD = '[A-Za-z0-9][A-Za-z0-9._-]{0,63}'
const LOG = '(?:[A-Za-z0-9][A-Za-z0-9._-]{0,95}|@[1-9]\\d{0,5})'
const HASH = new RegExp(
  `^#logs-window/(${WORD})/(?:(all)|node=(${WORD})|track=(${WORD})|logs=(${LOG}(?:,${LOG}){0,${MOST_LOGS - 1}}))$`,
)

/** `#logs-window/<run>/all`, `…/node=pc2`, `…/track=bots`, `…/logs=bots-1,@2`: the only address a second window opens. */
export const logWindowHash = ({ run, shown }: LogWindowPlace): string =>
  `#logs-window/${run}/${wordOf(shown)}`

/** The reverse. Absent: null for anything else, to the letter. */
export function parseLogWindowHash(hash: string): LogWindowPlace | null {
  const [found, run, all, node, track, logs] = HASH.exec(hash) ?? []
  if (found === undefined || run === undefined) return null
  return { run: run as RunId, shown: choiceOf(all, node, track, logs ?? '') }
}

function wordOf(shown: LogChoice): string {
  if (shown === 'all') return 'all'
  if ('node' in shown) return `node=${shown.node}`
  if ('track' in shown) return `track=${shown.track}`
  // More than an address should hold: all of them, with the rest to choose from there.
  return shown.logs.length > MOST_LOGS ? 'all' : `logs=${shown.logs.join(',')}`
}

function choiceOf(
  all: string | undefined,
  node: string | undefined,
  track: string | undefined,
  logs: string,
): LogChoice {
  if (all !== undefined) return 'all'
  if (node !== undefined) return { node: node as NodeName }
  if (track !== undefined) return { track: track as TrackName }
  return { logs: logs.split(',') as LogId[] }
}
