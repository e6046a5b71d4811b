import { FleetFile, type NodeConfig } from '../../config/fleetSchema'
import type { Place } from './check'
import { machineOf } from './machine'
import { RESOURCE_CHECKS } from './resourceChecks'
import { readSeen } from './seen'
import { SOFTWARE_CHECKS } from './softwareChecks'
import { SYSTEM_CHECKS } from './systemChecks'
import { WORK_CHECKS } from './workChecks'

// For the tests of this room alone: machines of every kind, and what a row says of what was seen on them.

export const UBUNTU = 'system Linux\nuser w1\nuid 1000\npackager apt-get\n'
export const FEDORA = UBUNTU.replace('apt-get', 'dnf')
export const ARCH = UBUNTU.replace('apt-get', 'pacman')
export const MAC = UBUNTU.replace('Linux', 'Darwin').replace('apt-get', 'brew')
export const ROOT = UBUNTU.replace('uid 1000', 'uid 0')
export const BARE = 'system Linux\nuser w1\nuid 1000\n'

export function configOf(more: object): NodeConfig {
  const ssh = { host: '10.0.0.2' }
  const { nodes } = FleetFile.parse({ version: 1, nodes: [{ name: 'pc2', ssh, ...more }] })
  const [node] = nodes
  if (node === undefined) throw new Error('no node')
  return node
}

export function place(system: string, more: object = {}): Place {
  const home = '/home/w1'
  return { config: configOf(more), machine: machineOf(readSeen(system)), home, stateDir: `${home}/.drydock` }
}

/** What the row says, as `VERDICT measured | wanted | fix`. */
export function said(id: string, printed: string, at: Place = place(UBUNTU)): string {
  const checks = [...SYSTEM_CHECKS, ...RESOURCE_CHECKS, ...SOFTWARE_CHECKS, ...WORK_CHECKS]
  const check = checks.find(each => each.id === id)
  if (check === undefined) throw new Error(`no row ${id}`)
  const { verdict, measured, wanted, fix } = check.judge(readSeen(printed), at)
  return [
    `${verdict} ${measured}`,
    ...(wanted === null ? [] : [wanted]),
    ...(fix === null ? [] : [fix]),
  ].join(' | ')
}
