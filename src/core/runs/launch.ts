import type { NodeName, RunId } from '../../contract/ids'
import type { ModeFlags } from '../../contract/mode'
import type { NodeConfig } from '../config/fleetSchema'
import type { PlanConfig } from '../config/planSchema'
import type { Engine, WorkerLaunch } from '../engines/engine'
import { expandHome } from '../engines/processEngine'
import { launchEnvironment } from '../guard/launchEnvironment'
import { flagTexts } from '../guard/runMode'
import type { FleetNode } from '../nodes/fleetNodes'
import { IMAGE } from './firstTracks'
import type { SampleDelivery } from './deliverSample'
import { sampleOf } from './deliverSample'
import type { WorkerSpec } from './planWorkers'

/** What must be known of a node before a worker can be started there. */
export interface PreparedNode {
  readonly name: NodeName
  readonly config: NodeConfig
  /** The link that all of this was read over. */
  readonly session: NonNullable<FleetNode['online']>
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
  return { name, config, session: online, engine, base: await engine.baseEnvironment(), folders }
}

/** Pure: the closed launch of one worker. Errors: `refused` for what must not be in an environment. */
export function launchOf(
  spec: WorkerSpec,
  plan: Pick<PlanConfig, 'name' | 'engine'>,
  run: RunId,
  flags: ModeFlags,
  node: PreparedNode,
  secrets: ReadonlyMap<string, string> = new Map(),
): WorkerLaunch {
  const environment = launchEnvironment({
    base: node.base,
    nodeEnv: node.config.env,
    trackEnv: { ...(spec.track === IMAGE ? dockerOf(node.base) : {}), ...spec.env },
    secrets,
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
    nodeIndex: spec.nodeIndex,
    workers,
    stop,
    progress: spec.progress,
    engine: plan.engine,
    mode: flags,
  }
  return {
    run,
    worker,
    command,
    workdir,
    environment,
    dryRun,
    allowOrders,
    limitSeconds: spec.limitSeconds,
    container: spec.container,
    spec: { ...note, environment: names, secrets: spec.secrets },
  }
}

/** Which Docker Engine the node's login means: the job that brings an image must ask the same one. */
function dockerOf(base: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const names = ['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG']
  return Object.fromEntries([...base].filter(([name]) => names.includes(name)))
}
