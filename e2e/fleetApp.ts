import { appendFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test as base } from './app'
import type { FleetPage } from './pages/fleetPage'
import { fleetPage } from './pages/fleetPage'
import { markedProcesses } from './rig/marked'
import { readProcess, signalProcess } from './rig/processes'
import type { RigPlan } from './rig/fleetYaml'
import { fleetYaml } from './rig/fleetYaml'
import type { SshNode, SshNodeOptions } from './rig/sshNode'
import { canBeOtherMachine, startSshNode } from './rig/sshNode'

export { expect } from './app'

/** The shipped sample, with one path an iteration so that it is over in seconds. */
export const SAMPLE: RigPlan = {
  name: 'kelly-monte-carlo',
  command: 'python3 kelly.py --iterations 2000 --paths 1 --seed {{worker}}',
  track: { workdir: 'sample:kelly-monte-carlo', env: { OMP_NUM_THREADS: '1' } },
}

export interface Nodes {
  /** Has a stub GPU. */
  readonly pc2: SshNode
  readonly pc3: SshNode
}

/** A real app on this PC and two real SSH nodes, whose keys it does not know yet. */
export const test = base.extend<{
  planned: { readonly plans: readonly RigPlan[] }
  nodes: Nodes
  fleetScreen: FleetPage
  trusted: FleetPage
  sweep: void
}>({
  // An object, because an array would be taken for a fixture with options.
  planned: [{ plans: [SAMPLE] }, { option: true }],
  nodes: async ({}, use) => {
    await using pc2 = await startSshNode({ address: '127.0.0.2', gpu: true, ...machineOfItsOwn('2') })
    await using pc3 = await startSshNode({ address: '127.0.0.3', ...machineOfItsOwn('3') })
    await use({ pc2, pc3 })
  },
  fleet: async ({ nodes, planned }, use) => {
    await use(
      fleetYaml({ nodes: { ...nodes }, plans: planned.plans, broker: { host: '127.0.0.1', port: 4002 } }),
    )
  },
  fleetScreen: async ({ page }, use) => use(fleetPage(page)),
  /** The fleet screen once both keys were accepted by their clicks, and all links are online. */
  trusted: async ({ fleetScreen }, use) => {
    for (const name of ['pc2', 'pc3']) await fleetScreen.trust(name)
    for (const name of ['this-pc', 'pc2', 'pc3']) await fleetScreen.link(name).getByText('Online').waitFor()
    await use(fleetScreen)
  },
  /** Whatever a test leaves running is ended after it: runs outlive the app, and would outlive the suite. */
  sweep: [
    async ({ drydock }, use) => {
      await use()
      const runs = await readdir(join(drydock.home, 'logs')).catch(() => [])
      for (const found of runs.flatMap(markedProcesses).flatMap(pid => readProcess(pid) ?? [])) {
        signalProcess(found, 'SIGKILL')
      }
    },
    { auto: true },
  ],
})

/** So that the fleet does not take its nodes for one machine, which they are; not to be had without root. */
function machineOfItsOwn(digit: string): Pick<SshNodeOptions, 'machine'> {
  if (!canBeOtherMachine()) return {}
  return { machine: { id: digit.repeat(32), bootId: `${digit.repeat(8)}-0000-4000-8000-000000000000` } }
}

/** Accepts a node's key beforehand, as an earlier session would have. */
export async function know(home: string, ...nodes: readonly SshNode[]): Promise<void> {
  for (const node of nodes) await appendFile(join(home, 'known_hosts'), `${node.knownHostsLine()}\n`)
}
