import { setTimeout as sleep } from 'node:timers/promises'
import type { Container } from '../../contract/runs'
import type { DockerConfig } from '../config/planSchema'
import { AppError, sentenceOf } from '../kernel/appError'
import type { NodeFacts, NodeShell } from '../nodes/nodeShell'
import { parseDockerClient, parseStartedContainer } from './dockerAnswers'
import { containerFile } from './dockerArguments'
import { dockerTrouble, inDockersWords } from './dockerTrouble'
import type { Engine, WorkerLaunch } from './engine'
import { parseEnvFile } from './envFile'
import { expandHome } from './processEngine'

/** A container that takes longer to come up is looked after by watching. */
const COMES_UP_MS = 30_000
const POLL_MS = 50
const MAX_ENV_FILE_BYTES = 1024 * 1024

/** What comes before and after the wrapper of a container is started. */
export function createContainerStart(
  { shell, facts }: { readonly shell: NodeShell; readonly facts: NodeFacts },
  baseEnvironment: Engine['baseEnvironment'],
) {
  const { stateDir } = facts

  /** The wrapper's own file. Refuses, before anything is made, what can be known to fail. */
  async function prepare(launch: WorkerLaunch, docker: DockerConfig): Promise<string> {
    const client = parseDockerClient(await inDockersWords(() => shell.call('drydock_docker_client', [])))
    const image = await inDockersWords(() => shell.call('drydock_docker_image', [docker.image]))
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

  return { prepare, comesUp }
}
