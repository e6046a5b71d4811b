import type { ListedMachine, SshHost, TestResult } from '../contract/machines'
import type { SshAddress } from '../contract/nodes'
import type { NodeConfig } from './config/fleetSchema'
import type { Clock } from './kernel/clock'
import type { Closers } from './kernel/closers'
import type { ReachableNodes } from './nodes/createFleetNodes'
import { readMachineList } from './nodes/machineList'
import { createMachineTests } from './nodes/machineTests'
import { sshConfigAliases } from './nodes/sshConfigAliases'
import { listSshHosts } from './nodes/sshHosts'
import { sshOf } from './views'

export interface OpenMachinesDeps {
  /** Whose `~/.ssh` is read. */
  readonly userHome: string
  readonly nodes: ReachableNodes
  readonly clock: Clock
  readonly closers: Closers
}

/** What is asked about machines before they are nodes. */
export function openMachines({ userHome, nodes, clock, closers }: OpenMachinesDeps) {
  const { connect, hostKeys } = nodes
  const tests = closers.use(createMachineTests({ connect, hostKeys, clock, nodes: () => nodes.list() }))
  const configs = (): NodeConfig[] => nodes.list().map(({ config }) => config)

  return {
    test: (ssh: SshAddress, signal: AbortSignal): Promise<TestResult> => tests.test(ssh, signal),
    trust: (ssh: SshAddress, fingerprint: string): Promise<void> => tests.trust(ssh, fingerprint),
    sshHosts: (signal: AbortSignal): Promise<SshHost[]> =>
      listSshHosts({ userHome, clock, nodes: configs }, signal),
    async readList(text: string): Promise<ListedMachine[]> {
      // A configuration that cannot be read must not keep a list from being read; the list of its hosts tells.
      const aliases = await sshConfigAliases(userHome).catch(() => [])
      return readMachineList(text, {
        aliases,
        nodes: configs().map(config => ({ name: config.name, ssh: sshOf(config) })),
      })
    },
  }
}
