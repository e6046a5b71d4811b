import type { NodeName, RunId } from '../../contract/ids'
import type { Run, Worker, WorkerState } from '../../contract/runs'
import type { ShownLog } from '../state/logBuffers'
import type { LogTab } from './logPanelStore'

/** Square colours there are; nodes beyond them share one and differ by their label. */
const NODE_COLOURS = 8

const ENDED: readonly WorkerState[] = ['succeeded', 'failed', 'stopped', 'lost']
const isActive = (run: Run): boolean => !ENDED.includes(run.state)

/** The run whose logs are shown: the chosen one, else the newest that is active, else the newest. `runs`: newest first. */
export function shownRun(runs: readonly Run[], chosen: RunId | null): Run | null {
  return runs.find(run => run.id === chosen) ?? runs.find(isActive) ?? runs[0] ?? null
}

/** The nodes that have a worker of `run`, in the fleet's order; nodes that left the fleet come last. */
export function nodesOf(run: Run, fleet: readonly NodeName[]): readonly NodeName[] {
  const used = new Set(run.workers.map(worker => worker.node))
  return [...fleet.filter(node => used.has(node)), ...[...used].filter(node => !fleet.includes(node))]
}

/** Which square colour a node has: its place in the fleet, so that it is the same in every run. */
export function colourOf(node: NodeName, fleet: readonly NodeName[]): number {
  const place = fleet.indexOf(node)
  return (place < 0 ? fleet.length : place) % NODE_COLOURS
}

/** A tab that the run has; a node of another run is no tab of this one. */
export function validTab(run: Run | null, tab: LogTab): LogTab {
  return tab !== 'all' && run?.workers.some(worker => worker.node === tab.node) ? tab : 'all'
}

export const workersIn = (run: Run, tab: LogTab): readonly Worker[] =>
  tab === 'all' ? run.workers : run.workers.filter(worker => worker.node === tab.node)

/** The logs of a tab, as the log store takes them. */
export function shownLogs(run: Run | null, tab: LogTab, fleet: readonly NodeName[]): readonly ShownLog[] {
  if (run === null) return []
  return workersIn(run, tab).map(worker => ({
    source: {
      run: run.id,
      worker: worker.id,
      node: worker.node,
      label: `${worker.node} w${worker.nodeIndex}`,
      colour: colourOf(worker.node, fleet),
    },
    knownLines: worker.logLines,
  }))
}

/** Why there is no line to see, as a title and a sentence. */
export function emptyWords(run: Run | null, workers: readonly Worker[]): readonly [string, string] {
  if (run === null) return ['No logs yet', 'They appear when a run starts.']
  const word = workers.length === 1 ? 'worker' : 'workers'
  if (workers.every(worker => ENDED.includes(worker.state))) {
    return ['Nothing was printed', `${run.plan}: ${workers.length} ${word} ended without a line.`]
  }
  return ['Nothing printed yet', `${run.plan}: waiting for the first line of ${workers.length} ${word}.`]
}
