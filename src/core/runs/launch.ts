import type { NodeName, RunId } from '../../contract/ids'
import type { ModeFlags } from '../../contract/mode'
import type { NodeConfig } from '../config/fleetSchema'
import type { DockerConfig, PlanConfig } from '../config/planSchema'
import type { Engine, WorkerLaunch } from '../engines/engine'
import { expandHome } from '../engines/processEngine'
import { launchEnvironment } from '../guard/launchEnvironment'
import { flagTexts } from '../guard/runMode'
import { AppError } from '../kernel/appError'
import type { FleetNode } from '../nodes/fleetNodes'
import type { SampleDelivery } from './deliverSample'
import { sampleOf } from './deliverSample'
import type { WorkerSpec } from './planWorkers'

/** What must be known of a node before a worker can be started there. */
export interface PreparedNode {
  readonly name: NodeName
  readonly config: NodeConfig
  readonly engine: Engine
  readonly base: ReadonlyMap<string, string>
  /** Each `workdir` of the plan as an absolute path on this node. */
  readonly folders: ReadonlyMap<string, string>
}

/** Reads the node's login environment and brings the samples that the plan needs. Errors: `refused`, `unreachable`. */
export async function preparedNode(
  name: NodeName,
  config: NodeConfig,
  online: NonNullable<FleetNode['online']>,
  engine: Engine,
  workdirs: readonly string[],
  samples: SampleDelivery,
): Promise<PreparedNode> {
  const folders = new Map<string, string>()
  for (const workdir of new Set(workdirs)) {
    const sample = sampleOf(workdir)
    folders.set(
      workdir,
      sample === null ? expandHome(workdir, online.facts.home) : await samples.deliver(online, sample),
    )
  }
  return { name, config, engine, base: await engine.baseEnvironment(), folders }
}

/** Pure: the closed launch of one worker. Errors: `refused` for what must not be in an environment. */
export function launchOf(
  spec: WorkerSpec,
  plan: PlanConfig,
  run: RunId,
  flags: ModeFlags,
  node: PreparedNode,
): WorkerLaunch {
  const environment = launchEnvironment({
    base: node.base,
    nodeEnv: node.config.env,
    trackEnv: spec.env,
    run,
    worker: spec.id,
    flags,
  })
  const workdir = node.folders.get(spec.workdir) ?? spec.workdir
  const { dryRun, allowOrders } = flagTexts(flags)
  const { id: worker, track, command, index, workers, stop } = spec
  const names = environment.map(([name]) => name)
  const note = {
    version: 1,
    run,
    worker,
    plan: plan.name,
    track,
    node: node.name,
    command,
    workdir,
    index,
    workers,
    stop,
  }
  return {
    run,
    worker,
    command,
    workdir,
    environment,
    dryRun,
    allowOrders,
    limitSeconds: null,
    container: containerOf(plan, track),
    spec: { ...note, environment: names },
  }
}

/** What its track says of containers; the implicit tracks of a docker plan are plain processes. Errors: `refused`. */
function containerOf(plan: PlanConfig, name: string): DockerConfig | null {
  const track = plan.tracks.find(one => one.name === name)
  if (plan.engine !== 'docker' || track === undefined) return null
  if (track.docker !== undefined) return track.docker
  throw new AppError('refused', `The track ${name} does not say which image it runs in.`, {
    hint: `Write docker: { image: … } for the track ${name} in fleet.yaml, or use engine: process.`,
  })
}
