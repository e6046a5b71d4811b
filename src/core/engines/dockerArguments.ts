import { z } from 'zod'
import { AppError } from '../kernel/appError'
import { ENV_NAME, shellQuote } from '../kernel/shellQuote'
import type { DockerConfig } from '../config/planSchema'
import type { DockerClient } from './dockerAnswers'
import type { WorkerLaunch } from './engine'
import { expandHome } from './processEngine'

/** Pure: what a launch becomes on `docker create`'s command line, and in the file that its wrapper reads. */

export interface ContainerLaunch {
  readonly launch: WorkerLaunch
  readonly docker: DockerConfig
  readonly client: DockerClient
  /** Of the node's login. */
  readonly home: string
  /** The container's whole environment, in order, the mode's variables last. */
  readonly environment: readonly (readonly [name: string, value: string])[]
}

/**
 * Names that would change what the docker program or the wrapper's own shell do: their values come from a file, every
 * other one from the environment of `docker create`, which carries any byte. No value is ever in its arguments.
 */
const NOT_FOR_THE_CLIENT =
  /^(PATH|HOME|TMPDIR|LANG|IFS|ENV|PWD|OLDPWD|PS\d|OPT(IND|ARG|ERR)|PPID|E?UID|_|SHELLOPTS|FUNCNAME|GROUPS|DIRSTACK|RANDOM|SECONDS|LINENO|BASH.*|LC_.*|LD_.*|DOCKER_.*|BUILDKIT_.*|COMPOSE_.*|GO.*|SSL_.*|SSH_.*|XDG_.*|OTEL_.*|drydock_.*|.*_proxy|.*_PROXY)$/

/** The sourced file of one worker. Every value passes the one quoting function. Errors: `refused`. */
export function containerFile(container: ContainerLaunch): string {
  const { launch, docker, client, environment } = container
  for (const [name] of environment) {
    if (ENV_NAME.test(name)) continue
    throw new AppError('refused', `${name} is no name for an environment variable.`, {
      hint: 'Use letters, digits and _.',
    })
  }
  const fromFile = environment.filter(([name]) => NOT_FOR_THE_CLIENT.test(name))
  const exported = environment.filter(([name]) => !NOT_FOR_THE_CLIENT.test(name))
  const reach = client.environment.map(([name, value]) => `export ${name}=${shellQuote(value)}\n`)
  const settings = {
    client: [`docker=${shellQuote(client.program)}\n`, ...reach].join(''),
    variables: fromFile.map(variableLine).join(''),
    name: docker.containerName ?? `drydock-${launch.run}-${launch.worker}`,
    conflict: docker.onConflict,
    image: docker.image,
    limit: String(Math.ceil(launch.limitSeconds ?? 0)),
  }
  return [
    'drydock_export() {',
    ...exported.map(([name, value]) => `export ${name}=${shellQuote(value)}`),
    ':',
    '}',
    ...Object.entries(settings).map(([name, value]) => `drydock_${name}=${shellQuote(value)}`),
    `set -- ${createArguments(container, exported).map(shellQuote).join(' ')}`,
    '',
  ].join('\n')
}

function variableLine([name, value]: readonly [string, string]): string {
  if (!/[\n\r]/.test(value)) return `${name}=${value}\n`
  throw new AppError('refused', `${name} has several lines, which a container cannot be given in it.`, {
    hint: `Write the value of ${name} in one line.`,
  })
}

const Spec = z.object({
  stop: z
    .object({ signal: z.string(), graceSeconds: z.number() })
    .catch({ signal: 'TERM', graceSeconds: 20 }),
  owner: z.object({ app: z.string() }).nullable().catch(null),
})

/** For `docker create`, but for what the wrapper itself decides: the name, the log and the file for the id. */
function createArguments(
  { launch, docker, home }: ContainerLaunch,
  exported: readonly (readonly [string, string])[],
): string[] {
  const spec = Spec.safeParse(launch.spec).data
  const app = spec?.owner?.app
  const option = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [name, String(value)]
  return [
    ...option('--label', `drydock.run=${launch.run}`),
    ...option('--label', `drydock.worker=${launch.worker}`),
    ...option('--label', app === undefined ? undefined : `drydock.app=${app}`),
    ...option('--pull', 'never'),
    ...option('--network', docker.network),
    ...docker.mounts.flatMap(mount => mountArguments(mount, launch.workdir, home)),
    ...option('--gpus', docker.gpus),
    ...option('--cpus', docker.cpus),
    ...option('--memory', docker.memory),
    ...option('--shm-size', docker.shm),
    ...(docker.init ? ['--init'] : []),
    ...option('--stop-signal', spec?.stop.signal),
    ...option('--stop-timeout', Math.ceil(spec?.stop.graceSeconds ?? 20)),
    ...option('--env-file', 'variables'),
    ...exported.flatMap(([name]) => ['--env', name]),
    docker.image,
    ...(launch.command === null ? [] : ['sh', '-c', launch.command]),
  ]
}

/**
 * A folder of the node is mounted only when it is there: `-v` would make a missing one, for root alone. A source that
 * is not a path is the name of a volume.
 */
function mountArguments(mount: string, workdir: string, home: string): string[] {
  const [source = '', target = '', access] = mount.split(':')
  const path = expandHome(source, home)
  const isPath = path.startsWith('/') || path.startsWith('.')
  if (!isPath) return ['--volume', mount]
  const absolute = path.startsWith('/') ? path : `${workdir}/${path}`
  const fields = [
    'type=bind',
    `source=${absolute}`,
    `target=${target}`,
    ...(access === 'ro' ? ['readonly'] : []),
  ]
  // A list of comma separated values, as Go's encoding/csv reads it.
  return ['--mount', fields.map(field => `"${field.replaceAll('"', '""')}"`).join(',')]
}
