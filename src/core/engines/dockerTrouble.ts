import { AppError } from '../kernel/appError'

interface Trouble {
  readonly pattern: RegExp
  readonly sentence: (match: RegExpExecArray) => string
  readonly hint: string
}

/** What Docker's command line says when it cannot, as of 20.10 to 28; the first that fits counts. */
const TROUBLES: readonly Trouble[] = [
  {
    pattern: /docker: (?:command )?not found/,
    sentence: () => 'There is no docker on this node.',
    hint: 'Install Docker Engine there, or put docker on the PATH of the login.',
  },
  {
    pattern: /^remote engine (\S+)/,
    sentence: ([, host]) => `The docker of this node talks to an engine on another machine (${host}).`,
    hint: 'Add that machine to the fleet, or choose a local context there: docker context use default',
  },
  {
    pattern: /permission denied.*(?:docker|podman).*sock/is,
    sentence: () => 'This login may not use the Docker Engine of this node.',
    hint: 'Add it to the group docker there: sudo usermod -aG docker <user>, then reconnect the node.',
  },
  {
    pattern: /Cannot connect to the Docker daemon|Is the docker daemon running|did not answer within/i,
    sentence: () => 'The Docker Engine of this node does not answer.',
    hint: 'Start it there: sudo systemctl start docker',
  },
  {
    pattern: /No such image: (\S+)/,
    sentence: ([, image]) => `The image ${image} is not on this node.`,
    hint: 'Set docker.pull to missing or always, name a folder in docker.build, or load the image there.',
  },
  {
    pattern: /could not select device driver|nvidia-container-cli|unresolvable CDI devices/i,
    sentence: () => 'The Docker Engine of this node cannot give a container the GPU.',
    hint: 'Install nvidia-container-toolkit there and restart Docker, or remove docker.gpus from the plan.',
  },
  {
    pattern: /container name "\/?([^"]+)" is already in use by (?:a )?container(?: that is (\w+))?/,
    sentence: ([, name, state]) =>
      `A container named ${name} exists on this node already${state === undefined ? '' : ` and is ${state}`}.`,
    hint: 'Remove or rename it, choose another docker.containerName, or set docker.onConflict to suffix.',
  },
  {
    pattern: /network (\S+) not found/,
    sentence: ([, name]) => `There is no Docker network ${name} on this node.`,
    hint: 'Create it there with docker network create, or change docker.network in the plan.',
  },
  {
    pattern: /bind source path does not exist: (.+)/,
    sentence: ([, path]) => `${path} is to be mounted and does not exist on this node.`,
    hint: 'Create it there, or change docker.mounts in the plan.',
  },
  {
    pattern: /invalid mount config|invalid volume specification|invalid characters for a local volume name/i,
    sentence: ([said]) => `A mount of the plan is not one that Docker takes: ${said}.`,
    hint: 'Write source:/target or source:/target:ro in docker.mounts.',
  },
  {
    pattern: /port is already allocated|address already in use/i,
    sentence: () => 'A port that the container wants is taken on this node.',
    hint: 'Find who listens there with ss -ltnp, and end it or choose another port.',
  },
  {
    pattern: /Range of CPUs is from \S+ to (\S+),/,
    sentence: ([, most]) => `The plan wants more CPUs than this node has (${most}).`,
    hint: 'Lower docker.cpus in the plan.',
  },
  {
    pattern: /Minimum memory limit allowed is (\S+)/i,
    sentence: ([, least]) => `The memory limit of the plan is below what Docker takes (${least}).`,
    hint: 'Raise docker.memory in the plan.',
  },
  {
    pattern: /exec: "?([^":]+)"?: (?:executable file not found|stat .* no such file|permission denied)/,
    sentence: ([, program]) => `The image has no program ${program} that can be run.`,
    hint: 'A command needs sh in the image. Check the command, or leave it out to run what the image names itself.',
  },
  {
    pattern: /No command specified/,
    sentence: () => 'Neither the plan nor the image says what to run.',
    hint: 'Give the track a command.',
  },
  {
    pattern: /no space left on device/i,
    sentence: () => 'The disk of this node is full.',
    hint: 'Remove ended containers and old images there.',
  },
]

/** What Docker said, as a sentence with its fix; what is not known is passed on in its own words. */
export function dockerTrouble(said: string): AppError {
  for (const { pattern, sentence, hint } of TROUBLES) {
    const match = pattern.exec(said)
    if (match !== null) return new AppError('launch-failed', sentence(match), { hint, cause: said })
  }
  const own = said
    .replace(/^(?:(?:docker|Error response from daemon|Error): )+/gm, '')
    .replace(/\n+(Run 'docker .*|Error: failed to start containers.*|failed to start containers.*)/g, '')
    .trim()
  return new AppError('launch-failed', own === '' ? 'Docker failed and said nothing.' : own, { cause: said })
}

/** Asks a node; when it answers that docker failed, the error is that of `dockerTrouble`. */
export async function inDockersWords(ask: () => Promise<string>): Promise<string> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'launch-failed') throw error
    throw dockerTrouble(error.message)
  }
}
