import type { NewNode, NodeChange } from '../../contract/machines'
import type { NodeName } from '../../contract/ids'
import type { SshAddress } from '../../contract/nodes'
import type { Fleet, NodeConfig, SshConfig } from './fleetSchema'
import type { PlanConfig, TrackConfig } from './planSchema'

/** What an edit of the fleet file must come to: the edited text is held against this before it is written. Pure. */

export function withNodes(fleet: Fleet, nodes: readonly NewNode[]): Fleet {
  const added = nodes.map(({ name, ssh, roles }): NodeConfig => ({
    name,
    ssh: sshConfigOf(ssh),
    roles: [...roles],
    disabled: false,
    stateDir: '~/.drydock',
    env: {},
  }))
  return { ...fleet, nodes: [...fleet.nodes, ...added] }
}

export function withChange(fleet: Fleet, name: NodeName, change: NodeChange): Fleet {
  const to = change.name ?? name
  const renamed = to === name ? fleet : withMentions(fleet, each => (each === name ? [to] : [each]))
  const nodes = renamed.nodes.map(node => {
    if (node.name !== name) return node
    const common = {
      name: to,
      roles: change.roles ?? node.roles,
      disabled: change.isDisabled ?? node.disabled,
    }
    if ('local' in node) return { ...node, ...common }
    return { ...node, ...common, ssh: change.ssh === null ? node.ssh : sshConfigOf(change.ssh) }
  })
  return { ...renamed, nodes }
}

export function withoutNode(fleet: Fleet, name: NodeName): Fleet {
  const rest = withMentions(fleet, each => (each === name ? [] : [each]))
  return { ...rest, nodes: rest.nodes.filter(node => node.name !== name) }
}

/** `toIndex` beyond the end is the end. */
export function withMove(fleet: Fleet, name: NodeName, toIndex: number): Fleet {
  const rest = fleet.nodes.filter(node => node.name !== name)
  const moved = fleet.nodes.filter(node => node.name === name)
  return { ...fleet, nodes: [...rest.slice(0, toIndex), ...moved, ...rest.slice(toIndex)] }
}

/** Tracks that no node is left for, as `plan · track`. */
export function tracksWithoutNodes(fleet: Fleet): readonly string[] {
  return fleet.plans.flatMap(plan =>
    plan.tracks
      .filter(({ on }) => {
        if (on === 'all') return fleet.nodes.length === 0
        return 'role' in on ? !fleet.nodes.some(({ roles }) => roles.includes(on.role)) : on.length === 0
      })
      .map(track => `${plan.name} · ${track.name}`),
  )
}

/** An address as `fleet.yaml` has it: what is not said is not there. */
export function sshConfigOf(ssh: SshAddress): SshConfig {
  if ('alias' in ssh) return { alias: ssh.alias }
  const { host, port, user, identityFile, jump } = ssh
  return {
    host,
    port,
    ...(user === null ? {} : { user }),
    ...(identityFile === null ? {} : { identityFile }),
    ...(jump.length === 0 ? {} : { jump: [...jump] }),
  }
}

/** Replaces the names in every `on` and `jump` list, and where a prerequisite runs. A jump list that becomes empty is gone. */
function withMentions(fleet: Fleet, replace: (name: string) => readonly string[]): Fleet {
  return {
    ...fleet,
    nodes: fleet.nodes.map(node => ('local' in node ? node : { ...node, ssh: withJump(node.ssh, replace) })),
    plans: fleet.plans.map(plan => withTracks(plan, replace)),
  }
}

function withJump(ssh: SshConfig, replace: (name: string) => readonly string[]): SshConfig {
  if ('alias' in ssh || ssh.jump === undefined) return ssh
  const { jump, ...rest } = ssh
  const hops = jump.flatMap(replace)
  return hops.length === 0 && jump.length > 0 ? rest : { ...rest, jump: hops }
}

function withTracks(plan: PlanConfig, replace: (name: string) => readonly string[]): PlanConfig {
  const tracks = plan.tracks.map(track => ({ ...track, on: withOn(track.on, replace) }))
  const [on] = plan.prerequisite?.on === undefined ? [] : replace(plan.prerequisite.on)
  if (plan.prerequisite === undefined || on === undefined) return { ...plan, tracks }
  return { ...plan, tracks, prerequisite: { ...plan.prerequisite, on: on as NodeName } }
}

function withOn(on: TrackConfig['on'], replace: (name: string) => readonly string[]): TrackConfig['on'] {
  return on === 'all' || 'role' in on ? on : (on.flatMap(replace) as NodeName[])
}
