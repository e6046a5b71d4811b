import type { RunId } from '../../contract/ids'
import type { RunOwner } from '../../contract/runs'
import type { NodeFacts, NodeShell } from '../nodes/nodeShell'
import dockerRun from '../runs/nodeSide/dockerRun.sh?raw'
import { createContainerStart } from './containerStart'
import { parseDockerWatch } from './dockerAnswers'
import { inDockersWords } from './dockerTrouble'
import type { Engine, KnownWorker, StartAnswer, StopLadder, WorkerLadder, WorkerLaunch } from './engine'
import { parseFamily, parseForbid, parseStart, parseStop, parseStopReport } from './processAnswers'
import { identityWord, ownerWord, withOwner } from './processEngine'

/**
 * Containers of a node's own Docker Engine, by its command line: one wrapper a worker, as for plain processes (see
 * `runs/nodeSide/dockerRun.sh`). It makes the container, keeps its log whole and writes its end. A worker is who its
 * first wrapper was, and its container; a wrapper that is killed is replaced while its container goes on.
 */
export function createDockerEngine(
  online: { readonly shell: NodeShell; readonly facts: NodeFacts },
  baseEnvironment: Engine['baseEnvironment'],
  owner: RunOwner | null = null,
): Engine {
  const { shell, facts } = online
  const { stateDir } = facts
  const starts = createContainerStart(online, baseEnvironment)

  async function watch(run: RunId, workers: readonly KnownWorker[]) {
    return parseDockerWatch(
      await shell.call('drydock_docker_watch', [stateDir, run, ...workers.map(identityWord)]),
    )
  }

  return {
    logPath: (run, worker) => `${stateDir}/runs/${run}/${worker}/out.log`,
    baseEnvironment,
    watch,

    start: launch => startContainer({ shell, stateDir, owner, watch, starts }, launch),

    async forbid(run, worker) {
      return parseForbid(await shell.call('drydock_forbid', [stateDir, run, worker]))
    },

    async family(run, workers) {
      const names = workers.map(({ worker }) => worker)
      return parseFamily(await shell.call('drydock_docker_family', [stateDir, run, ...names]))
    },

    async stop(run, ladder, workers) {
      const args = [
        stateDir,
        run,
        ...ladderWords(ladder.stopId, oneLadder(ladder, workers)),
        ...workers.map(identityWord),
      ]
      return parseStop(await inDockersWords(() => shell.call('drydock_docker_stop', args)))
    },

    async stopReport(run, stopId, workers) {
      const names = workers.map(({ worker }) => worker)
      return parseStopReport(
        await shell.call('drydock_docker_stop_report', [stateDir, run, stopId, ...names]),
      )
    },
  }
}

interface ContainerStartDeps {
  readonly shell: NodeShell
  readonly stateDir: string
  readonly owner: RunOwner | null
  readonly watch: Engine['watch']
  readonly starts: ReturnType<typeof createContainerStart>
}

async function startContainer(
  { shell, stateDir, owner, watch, starts }: ContainerStartDeps,
  asked: WorkerLaunch,
): Promise<StartAnswer> {
  const launch = { ...asked, spec: withOwner(asked.spec, owner) }
  const { run, worker, workdir, dryRun, allowOrders, container: docker } = launch
  if (docker === null) throw new Error('a container needs an image')
  const [row] = await watch(run, [{ worker, identity: null }])
  // What stands in the way of a new container says nothing about one that is there.
  const file = row?.state === 'absent' ? await starts.prepare(launch, docker) : ''
  const spec = JSON.stringify(launch.spec, null, 2)
  const args = [stateDir, run, worker, workdir, file, spec, dockerRun, dryRun, allowOrders, ownerWord(owner)]
  const answer = parseStart(await shell.call('drydock_start', args))
  return answer.outcome === 'unsure' ? answer : { ...answer, container: await starts.comesUp(launch) }
}

/** Containers that are stopped together have one ladder: the signal of the first, and the longest time of any. */
function oneLadder(ladder: StopLadder, workers: readonly KnownWorker[]): WorkerLadder {
  const own = workers.map(worker => worker.ladder ?? ladder)
  return {
    signal: own[0]?.signal ?? ladder.signal,
    graceSeconds: Math.max(...own.map(({ graceSeconds }) => graceSeconds)),
    drain: own.find(({ drain }) => drain !== null)?.drain ?? null,
  }
}

function ladderWords(stopId: string, { signal, graceSeconds, drain }: WorkerLadder): string[] {
  const hundredths = (seconds: number): string => String(Math.round(seconds * 100))
  return [stopId, signal, hundredths(graceSeconds), drain?.signal ?? '-', hundredths(drain?.seconds ?? 0)]
}
