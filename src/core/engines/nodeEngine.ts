import type { RunId, WorkerId } from '../../contract/ids'
import type { RunOwner } from '../../contract/runs'
import type { NodeFacts, NodeShell } from '../nodes/nodeShell'
import { createDockerEngine } from './dockerEngine'
import type { Engine, KnownWorker, StopAnswer } from './engine'
import { createProcessEngine } from './processEngine'

export interface NodeEngineDeps {
  readonly shell: NodeShell
  readonly facts: NodeFacts
  /** Whose the runs are that are started here. */
  readonly owner: RunOwner | null
  /** Whether this worker is a container, by the record of its run. */
  readonly isContainer: (run: RunId, worker: WorkerId) => boolean
}

/** All that can be started on one node, each worker in its own way. A run may have workers of both kinds there. */
export function createNodeEngine({ shell, facts, owner, isContainer }: NodeEngineDeps): Engine {
  const processes = createProcessEngine({ shell, facts }, owner)
  const containers = createDockerEngine({ shell, facts }, () => processes.baseEnvironment(), owner)

  /** Those engines that have workers here, with their workers. */
  function split(run: RunId, workers: readonly KnownWorker[]) {
    const own = workers.filter(({ worker }) => isContainer(run, worker))
    const others = workers.filter(({ worker }) => !isContainer(run, worker))
    return [
      { engine: processes, workers: others },
      { engine: containers, workers: own },
    ].filter(part => part.workers.length > 0)
  }

  return {
    baseEnvironment: () => processes.baseEnvironment(),
    logPath: (run, worker) => processes.logPath(run, worker),
    forbid: (run, worker) => processes.forbid(run, worker),
    start: launch => (launch.container === null ? processes : containers).start(launch),

    async watch(run, workers) {
      const rows = await Promise.all(split(run, workers).map(part => part.engine.watch(run, part.workers)))
      return rows.flat()
    },

    async family(run, workers) {
      const found = await Promise.all(split(run, workers).map(part => part.engine.family(run, part.workers)))
      // The mark of a run is on its containers' processes too.
      return [...new Map(found.flat().map(member => [`${member.pid}:${member.startTicks}`, member])).values()]
    },

    async stop(run, ladder, workers) {
      const parts = split(run, workers)
      return together(await Promise.all(parts.map(part => part.engine.stop(run, ladder, part.workers))))
    },

    async stopReport(run, stopId, workers) {
      const parts = split(run, workers)
      const reports = await Promise.all(parts.map(part => part.engine.stopReport(run, stopId, part.workers)))
      const known = reports.filter(report => report !== null)
      return known.length === parts.length && known.length > 0 ? together(known) : null
    },
  }
}

/** One report of several: as far as the one that is least far. */
function together([first, ...rest]: readonly StopAnswer[]): StopAnswer {
  if (first === undefined) throw new Error('a STOP without workers')
  return rest.reduce(
    (one, other) => ({
      phase: leastOf(one.phase, other.phase),
      workers: [...one.workers, ...other.workers],
      groups: one.groups + other.groups,
      processesGone: one.processesGone + other.processesGone,
      tookMs: Math.max(one.tookMs, other.tookMs),
      signal: one.killedAfterS === null ? other.signal : one.signal,
      killedAfterS: one.killedAfterS ?? other.killedAfterS,
      killInMs: one.killInMs ?? other.killInMs,
      drainsForMs: one.drainsForMs ?? other.drainsForMs ?? null,
      survivors: [...one.survivors, ...other.survivors],
    }),
    first,
  )
}

const LEAST: readonly StopAnswer['phase'][] = ['under-way', 'still-running', 'proved']

function leastOf(one: StopAnswer['phase'], other: StopAnswer['phase']): StopAnswer['phase'] {
  return LEAST.find(phase => phase === one || phase === other) ?? one
}
