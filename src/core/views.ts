import type { Expectation, Limit, NodeView, Notice, SshAddress, Target } from '../contract/nodes'
import type { PlanView } from '../contract/plans'
import { RunId } from '../contract/ids'
import type { Fleet, NodeConfig } from './config/fleetSchema'
import type { PlanConfig } from './config/planSchema'
import type { FleetNode } from './nodes/fleetNodes'
import { planWorkers } from './runs/planWorkers'

/** How the fleet looks on a screen: pure, from what is configured and what is known. */

const DEFAULT_LIMIT_PCT = 90

export function viewNode({ config, link, online }: FleetNode, notices: readonly Notice[]): NodeView {
  return {
    name: config.name,
    isLocal: 'local' in config,
    address: addressOf(config),
    ssh: sshOf(config),
    roles: config.roles,
    target: targetOf(config),
    limit: limitOf(config),
    expected: expectedOf(config),
    link,
    inventory: online?.inventory ?? null,
    hostKey: online?.hostKey ?? null,
    notices: [...notices],
    tunnels: [...(online?.tunnels.list() ?? [])],
  }
}

/** `isSet`: whether the keychain has a value for a secret. */
export function viewPlans(fleet: Fleet, isSet: (secret: string) => boolean): PlanView[] {
  return fleet.plans.map(plan => viewPlan(fleet, plan, isSet))
}

function viewPlan(fleet: Fleet, plan: PlanConfig, isSet: (secret: string) => boolean): PlanView {
  const secrets = secretsOfPlan(plan).map(name => ({ name, isSet: isSet(name) }))
  const workers = planWorkers(fleet, plan, ANY_RUN)
  return {
    name: plan.name,
    engine: plan.engine,
    nodes: [...new Set(workers.map(worker => worker.node))],
    workers: workers.length,
    tracks: plan.tracks.map(track => ({
      name: track.name,
      nodes: [...new Set(workers.filter(one => one.track === track.name).map(worker => worker.node))],
      workers: track.workers,
      after: track.after,
      onFailure: track.onFailure,
    })),
    secrets,
    refusal: refusalOf(
      plan,
      workers.length,
      secrets.filter(secret => !secret.isSet).map(({ name }) => name),
    ),
  }
}

const ANY_RUN = RunId.parse('view')

/** The secrets that the plans of a fleet name. */
export function secretsOf(fleet: Fleet): readonly string[] {
  return [...new Set(fleet.plans.flatMap(secretsOfPlan))]
}

function secretsOfPlan(plan: PlanConfig): readonly string[] {
  return [...new Set(plan.tracks.flatMap(track => track.secrets))]
}

function refusalOf(plan: PlanConfig, workers: number, missing: readonly string[]): string | null {
  if (plan.engine === 'ray') return 'The ray engine is not built yet; use engine: process.'
  if (plan.cleanup !== undefined) return 'Cleanup after a run is not built yet; take cleanup out of the plan.'
  if (workers === 0) return 'Every node of this plan is disabled.'
  const [first, ...others] = missing
  if (first === undefined) return null
  if (others.length === 0) return `${first} has no value yet.`
  return `${missing.slice(0, -1).join(', ')} and ${missing.at(-1)} have no value yet.`
}

function addressOf(config: NodeConfig): string | null {
  if ('local' in config) return null
  if ('alias' in config.ssh) return config.ssh.alias
  const { host, port, user } = config.ssh
  return `${user === undefined ? '' : `${user}@`}${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Null for this PC. */
export function sshOf(config: NodeConfig): SshAddress | null {
  if ('local' in config) return null
  if ('alias' in config.ssh) return config.ssh
  const { host, port, user, identityFile, jump } = config.ssh
  return { host, port, user: user ?? null, identityFile: identityFile ?? null, jump: jump ?? [] }
}

function expectedOf({ expect }: NodeConfig): Expectation {
  return {
    cpuThreads: expect?.cpuThreads ?? null,
    memGiB: expect?.memGiB ?? null,
    gpus: expect?.gpus ?? null,
  }
}

function targetOf({ target }: NodeConfig): Target {
  return {
    cpu: target?.cpu ?? null,
    gpu: target?.gpu ?? null,
    vram: target?.vram ?? null,
    tolerance: target?.tolerance ?? 10,
  }
}

function limitOf({ budget }: NodeConfig): Limit {
  return {
    cpu: budget?.cpu ?? DEFAULT_LIMIT_PCT,
    ram: DEFAULT_LIMIT_PCT,
    gpu: DEFAULT_LIMIT_PCT,
    vram: budget?.vram ?? DEFAULT_LIMIT_PCT,
    disk: DEFAULT_LIMIT_PCT,
  }
}
