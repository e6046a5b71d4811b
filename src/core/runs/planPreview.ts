import type { NodeName, PlanName } from '../../contract/ids'
import { RunId, TrackName, WorkerId } from '../../contract/ids'
import type { ModeFlags } from '../../contract/mode'
import type { PlanDraft, PlanPreview, PreviewNode, PreviewWorker } from '../../contract/plans'
import { checkDraft } from '../config/checkDraft'
import type { Fleet, NodeConfig } from '../config/fleetSchema'
import { expandPlaceholders } from '../config/placeholders'
import type { PlanConfig } from '../config/planSchema'
import { startSteps } from '../config/trackOrder'
import { expandHome } from '../engines/processEngine'
import { launchEnvironment } from '../guard/launchEnvironment'
import type { FleetNode } from '../nodes/fleetNodes'
import type { Measured } from './freeNow'
import { freeNow } from './freeNow'
import { maskedUrls, maskedVariable } from './maskSecrets'
import type { WorkerSpec } from './planWorkers'
import { planWorkers } from './planWorkers'
import { needsOf, verdictOf } from './planNeeds'

export interface PlanPreviewDeps {
  readonly fleet: () => Fleet
  /** What the next start is given: the two switches. */
  readonly modeFlags: () => ModeFlags
  readonly node: (name: NodeName) => FleetNode | undefined
  readonly measured: () => Measured
}

/** Nobody reads more, and it is asked for at every key that is typed; `nodes` counts all. */
const MAX_SHOWN = 500
/** Stands where the id of the run will be. */
const NEXT_RUN = RunId.parse('next-run')
/** Before every other track, on one node. */
const PREREQUISITE = TrackName.parse('prerequisite')

/** What is wrong with a draft, and, when nothing is, what it would start where by now. Nothing is asked of a node. */
export function createPlanPreview(deps: PlanPreviewDeps) {
  return {
    async check(draft: PlanDraft, replaces: PlanName | null): Promise<PlanPreview> {
      const fleet = deps.fleet()
      const checked = checkDraft(fleet, draft, replaces)
      if ('problems' in checked) return { problems: [...checked.problems], workers: [], nodes: [], steps: [] }
      const { plan } = checked
      const specs = planWorkers(fleet, plan, NEXT_RUN)
      return {
        problems: [],
        workers: [
          ...prerequisiteOf(deps, fleet, plan, specs),
          ...specs.slice(0, MAX_SHOWN).map(spec => workerOf(deps, fleet, plan, spec)),
        ],
        nodes: nodesOf(deps, fleet, plan, specs),
        steps: stepsOf(plan),
      }
    },
  }
}

function stepsOf(plan: PlanConfig): TrackName[][] {
  const steps = startSteps(plan.tracks).map(step => step.map(track => track.name))
  return plan.prerequisite === undefined ? steps : [[PREREQUISITE], ...steps]
}

function workerOf(deps: PlanPreviewDeps, fleet: Fleet, plan: PlanConfig, spec: WorkerSpec): PreviewWorker {
  const secrets = plan.tracks.find(track => track.name === spec.track)?.secrets ?? []
  return {
    track: spec.track,
    node: spec.node,
    index: spec.index,
    command: spec.command === null ? OWN_COMMAND : maskedUrls(spec.command),
    workdir: atHome(deps, spec.node, spec.workdir),
    environment: environmentOf(deps, fleet, { ...spec, secrets }),
  }
}

const OWN_COMMAND = '(the command of the image)'

/** Its node is the first of the plan, unless the plan says another. */
function prerequisiteOf(
  deps: PlanPreviewDeps,
  fleet: Fleet,
  plan: PlanConfig,
  specs: readonly WorkerSpec[],
): PreviewWorker[] {
  const node = plan.prerequisite?.on ?? specs[0]?.node
  if (plan.prerequisite === undefined || node === undefined) return []
  const { command, workdir } = plan.prerequisite
  const line = expandPlaceholders(command, { worker: '1', workers: '1', node, run: NEXT_RUN })
  const own = { id: WorkerId.parse(`${PREREQUISITE}-1`), node, env: {}, secrets: [] }
  return [
    {
      track: PREREQUISITE,
      node,
      index: 1,
      command: maskedUrls(line),
      workdir: atHome(deps, node, workdir ?? configOf(fleet, node)?.workdir ?? '~'),
      environment: environmentOf(deps, fleet, own),
    },
  ]
}

/**
 * The variables that Drydock sets, as a launch sets them: the node's, the track's, its secrets, the run's marker and
 * the mode's last. What the login on the node has by itself (PATH, HOME, …) is not among them.
 */
function environmentOf(
  deps: PlanPreviewDeps,
  fleet: Fleet,
  worker: Pick<WorkerSpec, 'id' | 'node' | 'env'> & { readonly secrets: readonly string[] },
): PreviewWorker['environment'] {
  const { id, node, env, secrets } = worker
  const home = deps.node(node)?.online?.facts.home
  const nodeEnv = configOf(fleet, node)?.env ?? {}
  const variables = launchEnvironment({
    base: new Map(home === undefined ? [] : [['HOME', home]]),
    nodeEnv,
    trackEnv: { ...env, ...Object.fromEntries(secrets.map(name => [name, ''])) },
    run: NEXT_RUN,
    worker: id,
    flags: deps.modeFlags(),
  })
  const own = [...Object.keys(nodeEnv), ...Object.keys(env), ...secrets]
  const isOwn = (name: string): boolean => name !== 'HOME' || own.includes(name)
  return variables
    .filter(([name]) => isOwn(name))
    .map(([name, value]) => maskedVariable(name, value, secrets.includes(name)))
}

function nodesOf(
  deps: PlanPreviewDeps,
  fleet: Fleet,
  plan: PlanConfig,
  specs: readonly WorkerSpec[],
): PreviewNode[] {
  return fleet.nodes.flatMap(({ name }): PreviewNode[] => {
    const own = specs.filter(spec => spec.node === name)
    if (own.length === 0) return []
    const online = deps.node(name)?.online ?? null
    const free = freeNow(name, online, deps.measured(), foldersOf(deps, plan, own))
    const needs = needsOf(plan, own).map(({ what, low, high }) => ({
      what,
      low,
      high,
      free: free[what],
      verdict: verdictOf(low, high, free[what]),
    }))
    return [{ node: name, isOnline: online !== null, workers: own.length, needs }]
  })
}

/** Where the workers that need room on a disk will write, as far as it is known: absolute on the node. */
function foldersOf(deps: PlanPreviewDeps, plan: PlanConfig, specs: readonly WorkerSpec[]): readonly string[] {
  const writing = plan.tracks.filter(track => track.needs?.diskGiB !== undefined).map(track => track.name)
  const own = specs.filter(spec => writing.includes(spec.track))
  return [...new Set(own.map(spec => atHome(deps, spec.node, spec.workdir)))]
}

function atHome(deps: PlanPreviewDeps, node: NodeName, folder: string): string {
  const home = deps.node(node)?.online?.facts.home
  return home === undefined ? folder : expandHome(folder, home)
}

function configOf(fleet: Fleet, name: NodeName): NodeConfig | undefined {
  return fleet.nodes.find(node => node.name === name)
}
