import type { LogId, NodeName, RunId, TrackName } from '../../contract/ids'
import type { Run, WorkerState } from '../../contract/runs'
import { count, plural } from '../format'
import type { ShownLog } from '../state/logBuffers'
import type { LogTab } from './logTab'

const ENDED: readonly WorkerState[] = ['succeeded', 'failed', 'stopped', 'lost']
const isActive = (run: Run): boolean => !ENDED.includes(run.state)

/** The run whose logs are shown: the chosen one, else the newest that is active, else the newest. `runs`: newest first. */
export function shownRun(runs: readonly Run[], chosen: RunId | null): Run | null {
  return runs.find(run => run.id === chosen) ?? runs.find(isActive) ?? runs[0] ?? null
}

/** One log of a run, and what is known of it. */
export interface RunLog {
  readonly id: LogId
  readonly track: TrackName
  readonly node: NodeName
  /** `pc2 w1`, `pc2 equity.log` */
  readonly label: string
  /** Where the file is on its node; null for a worker's own log. */
  readonly path: string | null
  readonly logLines: number
  readonly isEnded: boolean
}

/** Every log of a run: the workers' own, then the files. */
export function logsOf(run: Run): readonly RunLog[] {
  const isOnly = tracksOf(run).length < 2
  const workers = run.workers.map(({ id, track, node, nodeIndex, logLines, state }) => ({
    id,
    track,
    node,
    // Workers of several tracks on one node count from 1 each.
    label: `${node} ${isOnly ? '' : `${track} `}w${nodeIndex}`,
    path: null,
    logLines,
    isEnded: ENDED.includes(state),
  }))
  const files = run.files.map(({ id, track, node, path, logLines }) => ({
    id,
    track,
    node,
    label: `${node} ${fileLabel(path, run, node)}`,
    path,
    logLines,
    isEnded: !isActive(run),
  }))
  return [...workers, ...files]
}

/** The file's own name, with its folder when another file on that node has the same. */
function fileLabel(path: string, run: Run, node: NodeName): string {
  const nameOf = (of: string): string => of.slice(of.lastIndexOf('/') + 1)
  const isShared = run.files.some(
    other => other.node === node && other.path !== path && nameOf(other.path) === nameOf(path),
  )
  return isShared ? path.split('/').slice(-2).join('/') : nameOf(path)
}

/** In the order in which the run has them. */
export const tracksOf = (run: Run): readonly TrackName[] => [
  ...new Set([...run.workers, ...run.files].map(({ track }) => track)),
]

/** The nodes that have a log of `run`, in the fleet's order; nodes that left the fleet come last. */
export function nodesOf(run: Run, fleet: readonly NodeName[]): readonly NodeName[] {
  const used = new Set([...run.workers, ...run.files].map(({ node }) => node))
  return [...fleet.filter(node => used.has(node)), ...[...used].filter(node => !fleet.includes(node))]
}

/**
 * Which colour each log of a run has: its track's, by the track's place in the run. In a run of a single track that
 * would tell nothing: there it is its node's, by the node's place in the fleet, so that it is the same in every run.
 */
export function coloursOf(
  run: Run,
  fleet: readonly NodeName[],
): (log: Pick<RunLog, 'track' | 'node'>) => number {
  const tracks = tracksOf(run)
  if (tracks.length > 1) return ({ track }) => tracks.indexOf(track)
  return ({ node }) => (fleet.includes(node) ? fleet.indexOf(node) : fleet.length)
}

/** A tab that the run has; what belongs to another run is no tab of this one. */
export function validTab(run: Run | null, tab: LogTab): LogTab {
  if (run === null || tab === 'all') return 'all'
  const logs = logsIn(run, tab)
  if (logs.length === 0) return 'all'
  return 'logs' in tab && logs.length < tab.logs.length ? { logs: logs.map(({ id }) => id) } : tab
}

export function logsIn(run: Run, tab: LogTab): readonly RunLog[] {
  const logs = logsOf(run)
  if (tab === 'all') return logs
  if ('node' in tab) return logs.filter(({ node }) => node === tab.node)
  if ('track' in tab) return logs.filter(({ track }) => track === tab.track)
  return logs.filter(({ id }) => tab.logs.includes(id))
}

/** The logs of a tab, as the log store takes them. */
export function shownLogs(run: Run | null, tab: LogTab, fleet: readonly NodeName[]): readonly ShownLog[] {
  if (run === null) return []
  const colour = coloursOf(run, fleet)
  return logsIn(run, tab).map(log => ({
    source: {
      run: run.id,
      log: log.id,
      node: log.node,
      track: log.track,
      label: log.label,
      colour: colour(log),
    },
    knownLines: log.logLines,
  }))
}

/** Why there is no line to see, as a title and a sentence. */
export function emptyWords(run: Run | null, logs: readonly RunLog[]): readonly [string, string] {
  if (run === null) return ['No logs yet', 'They appear when a run starts.']
  const isWorkers = logs.every(({ path }) => path === null)
  const words = plural(logs.length, isWorkers ? 'worker' : 'log')
  if (logs.every(({ isEnded }) => isEnded)) {
    return ['Nothing was printed', `${run.plan}: ${words} ended without a line.`]
  }
  return ['Nothing printed yet', `${run.plan}: waiting for the first line of ${words}.`]
}

/** `All 7`, `pc2`, `3 chosen`: what a tab says of itself. */
export function tabTitle(run: Run | null, tab: LogTab): string {
  if (tab === 'all') return 'All'
  if ('node' in tab) return tab.node
  if ('track' in tab) return tab.track
  const [only, ...others] = tab.logs
  const label = run === null ? undefined : logsOf(run).find(({ id }) => id === only)?.label
  return others.length === 0 ? (label ?? '1 log') : `${count(tab.logs.length)} logs`
}
