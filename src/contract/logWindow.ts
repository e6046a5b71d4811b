import { LogId, NodeName, RunId, TrackName } from './ids'

/** Which logs of a run: all, those of one node or of one track, or single ones. */
export type LogChoice =
  'all' | { readonly node: NodeName } | { readonly track: TrackName } | { readonly logs: readonly LogId[] }

/** What a window of its own shows. */
export interface LogWindowPlace {
  readonly run: RunId
  readonly shown: LogChoice
}

const PREFIX = '#logs-window/'
const MOST_LOGS = 64

/** `#logs-window/<run>/all`, `…/node=pc2`, `…/track=bots`, `…/logs=bots-1,@2`: the only address a second window opens. */
export function logWindowHash({ run, shown }: LogWindowPlace): string {
  return `${PREFIX}${run}/${wordOf(shown)}`
}

/** The reverse. Absent: null for anything else, to the letter. */
export function parseLogWindowHash(hash: string): LogWindowPlace | null {
  const [, runText, word] = /^#logs-window\/([^/]+)\/([^/]+)$/.exec(hash) ?? []
  const run = RunId.safeParse(runText)
  const shown = word === undefined ? null : choiceOf(word)
  return run.success && shown !== null ? { run: run.data, shown } : null
}

function wordOf(shown: LogChoice): string {
  if (shown === 'all') return 'all'
  if ('node' in shown) return `node=${shown.node}`
  if ('track' in shown) return `track=${shown.track}`
  // More than an address should hold: all of them, with the rest to choose from there.
  return shown.logs.length > MOST_LOGS ? 'all' : `logs=${shown.logs.join(',')}`
}

function choiceOf(word: string): LogChoice | null {
  if (word === 'all') return word
  const [kind, rest = '', ...more] = word.split('=')
  if (more.length > 0) return null
  if (kind === 'node') return valueOf(NodeName.safeParse(rest), node => ({ node }))
  if (kind === 'track') return valueOf(TrackName.safeParse(rest), track => ({ track }))
  if (kind !== 'logs') return null
  return valueOf(LogId.array().min(1).max(MOST_LOGS).safeParse(rest.split(',')), logs => ({ logs }))
}

const valueOf = <Value>(
  parsed: { readonly success: boolean; readonly data?: Value },
  choice: (value: Value) => LogChoice,
): LogChoice | null => (parsed.success && parsed.data !== undefined ? choice(parsed.data) : null)
