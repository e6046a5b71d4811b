import { setTimeout as sleep } from 'node:timers/promises'
import type { RunId } from '../../contract/ids'
import type { Container } from '../../contract/runs'
import type { DockerConfig } from '../config/planSchema'
import { AppError, sentenceOf } from '../kernel/appError'
import type { NodeFacts, NodeShell } from '../nodes/nodeShell'
import dockerRun from '../runs/nodeSide/dockerRun.sh?raw'
import { parseDockerClient, parseDockerWatch, parseStartedContainer } from './dockerAnswers'
import { containerFile } from './dockerArguments'
import { dockerTrouble } from './dockerTrouble'
import type { Engine, KnownWorker, StopLadder, WorkerLaunch } from './engine'
import { parseEnvFile } from './envFile'
import { parseFamily, parseStart, parseStop, parseStopReport } from './processAnswers'
import { expandHome, identityWord } from './processEngine'

/** A container that takes longer to come up is looked after by watching. */
const COMES_UP_MS = 30_000
const POLL_MS = 50
const MAX_ENV_FILE_BYTES = 1024 * 1024

/**
 * Containers of a node's own Docker Engine, by its command line: one wrapper a worker, as for plain processes (see
 * `runs/nodeSide/dockerRun.sh`). It makes the container, keeps its log whole and writes its end. A worker is who its
 * first wrapper was, and its container; a wrapper that is killed is replaced while its container goes on.
 */
export function createDockerEngine(
  online: { readonly shell: NodeShell; readonly facts: NodeFacts },
  baseEnvironment: Engine['baseEnvironment'],
): Engine {
  const { shell, facts } = online
  const { stateDir } = facts

  async function watch(run: RunId, workers: readonly KnownWorker[]) {
    return parseDockerWatch(
      await shell.call('drydock_docker_watch', [stateDir, run, ...workers.map(identityWord)]),
    )
  }

  return {
    logPath: (run, worker) => `${stateDir}/runs/${run}/${worker}/out.log`,
    baseEnvironment,
    watch,

    async start(launch) {
      const { run, worker, workdir, dryRun, allowOrders, container: docker } = launch
      if (docker === null) throw new Error('a container needs an image')
      const [row] = await watch(run, [{ worker, identity: null }])
      // What stands in the way of a new container says nothing about one that is there.
      const file = row?.state === 'absent' ? await newContainerFile(launch, docker) : ''
      const spec = JSON.stringify(launch.spec, null, 2)
      const args = [stateDir, run, worker, workdir, file, spec, dockerRun, dryRun, allowOrders]
      const answer = parseStart(await shell.call('drydock_start', args))
      return answer.outcome === 'unsure' ? answer : { ...answer, container: await comesUp(launch) }
    },

    async family(run, workers) {
      const names = workers.map(({ worker }) => worker)
      return parseFamily(await shell.call('drydock_docker_family', [stateDir, run, ...names]))
    },

    async stop(run, ladder, workers) {
      const args = [stateDir, run, ...ladderWords(ladder), ...workers.map(identityWord)]
      return parseStop(await asTrouble(() => shell.call('drydock_docker_stop', args)))
    },

    async stopReport(run, stopId, workers) {
      const names = workers.map(({ worker }) => worker)
      return parseStopReport(
        await shell.call('drydock_docker_stop_report', [stateDir, run, stopId, ...names]),
      )
    },
  }

  /** Refuses, before anything is made, what can be known to fail. */
  async function newContainerFile(launch: WorkerLaunch, docker: DockerConfig): Promise<string> {
    const client = parseDockerClient(await asTrouble(() => shell.call('drydock_docker_client', [])))
    const image = await asTrouble(() => shell.call('drydock_docker_image', [docker.image]))
    if (image.trim() !== 'present') throw dockerTrouble(`No such image: ${docker.image}`)
    const fromFile = docker.envFile === undefined ? [] : await readEnvFile(docker.envFile, launch.workdir)
    const base = await baseEnvironment()
    // The login's own PATH, HOME and the like mean nothing inside an image.
    const own = launch.environment.filter(([name, value]) => base.get(name) !== value)
    const environment = [...new Map([...fromFile, ...own])]
    return containerFile({ launch, docker, client, home: facts.home, environment })
  }

  async function readEnvFile(path: string, workdir: string) {
    const expanded = expandHome(path, facts.home)
    const absolute = expanded.startsWith('/') ? expanded : `${workdir}/${expanded}`
    try {
      const bytes = await shell.readAt(absolute, 0, MAX_ENV_FILE_BYTES)
      return parseEnvFile(new TextDecoder().decode(bytes), absolute)
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'unreachable') throw error
      const hint = error.hint ?? 'Put the file there, or change docker.envFile in the plan.'
      throw new AppError('launch-failed', sentenceOf(error), { hint, cause: error })
    }
  }

  /** The container once it runs; null when that takes long. Errors: `launch-failed` with what Docker said. */
  async function comesUp({ run, worker }: WorkerLaunch): Promise<Container | null> {
    const untilMs = performance.now() + COMES_UP_MS
    while (performance.now() < untilMs) {
      const answer = parseStartedContainer(
        await shell.call('drydock_docker_started', [stateDir, run, worker]),
      )
      if (answer.state === 'running') return answer.container
      if (answer.state === 'failed') throw dockerTrouble(answer.said)
      if (answer.state === 'ended') return null
      await sleep(POLL_MS)
    }
    return null
  }
}

/** Without anything between them, so that a run of both kinds has one ladder. */
function ladderWords({ stopId, signal, graceSeconds, drain }: StopLadder): string[] {
  const hundredths = (seconds: number): string => String(Math.round(seconds * 100))
  return [stopId, signal, hundredths(graceSeconds), drain?.signal ?? '-', hundredths(drain?.seconds ?? 0)]
}

async function asTrouble(ask: () => Promise<string>): Promise<string> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'launch-failed') throw error
    throw dockerTrouble(error.message)
  }
}
