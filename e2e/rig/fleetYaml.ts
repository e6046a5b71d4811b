import { stringify } from 'yaml'
import type { SshNode } from './sshNode'

/** One plan with one track, as short as a test wants it. */
export interface RigPlan {
  readonly name: string
  readonly engine?: 'process' | 'docker'
  readonly command: string
  readonly on?: 'all' | readonly string[]
  readonly workers?: number
  readonly graceSeconds?: number
  readonly track?: Readonly<Record<string, unknown>>
  /** Takes the place of what is above: a prerequisite, several tracks. */
  readonly whole?: Readonly<Record<string, unknown>>
}

export interface RigFleet {
  /** This PC, with a home of its own through `HOME`. */
  readonly local?: boolean
  readonly nodes?: Readonly<Record<string, SshNode>>
  /** Nodes with `ssh` as it is given. */
  readonly ssh?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly plans: readonly RigPlan[]
  readonly broker?: { readonly host: string; readonly port: number }
}

/** The text of a `fleet.yaml` for nodes of the rig. */
export function fleetYaml({ local = true, nodes = {}, ssh = {}, plans, broker }: RigFleet): string {
  const remote = Object.entries(nodes).map(([name, node]) => ({
    name,
    ssh: { host: node.host, port: node.port, user: node.user, identityFile: node.clientKey.path },
  }))
  const others = Object.entries(ssh).map(([name, address]) => ({ name, ssh: address }))
  return stringify({
    version: 1,
    nodes: [...(local ? [{ name: 'this-pc', local: true }] : []), ...remote, ...others],
    ...(broker === undefined ? {} : { broker }),
    plans: plans.map(plan => ({
      name: plan.name,
      engine: plan.engine ?? 'process',
      tracks: [
        {
          name: 'bots',
          on: plan.on ?? 'all',
          workers: plan.workers ?? 1,
          command: plan.command,
          stop: { signal: 'TERM', graceSeconds: plan.graceSeconds ?? 5 },
          ...plan.track,
        },
      ],
      ...plan.whole,
    })),
  })
}
