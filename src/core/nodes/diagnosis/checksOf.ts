import type { NodeName } from '../../../contract/ids'
import type { GpuReading } from '../../../contract/samples'
import type { Clock } from '../../kernel/clock'
import { withLimit } from '../../kernel/limit'
import type { FleetNode } from '../fleetNodes'
import { orAborted } from '../wakeablePause'
import { pass, skip, type Check, type Finding, type NodeCheck, type Place } from './check'
import { askClock, judgeClock, judgeRoundTrip, type ClockAnswer } from './clockChecks'
import { createFromHere, type FromHereDeps } from './fromHere'
import { judgeHostKey, judgeLogin, judgePort, whyOffline } from './linkChecks'
import { lookOnNode } from './lookOnNode'
import { machineOf, unknownMachine } from './machine'
import { judgeGpu, RESOURCE_CHECKS } from './resourceChecks'
import { SOFTWARE_CHECKS } from './softwareChecks'
import { SYSTEM_CHECKS } from './systemChecks'
import { WORK_CHECKS } from './workChecks'

/** What every row needs to know first; a node that does not even tell this still gets its rows. */
const MACHINE_LIMIT_MS = 1500
const CLOCK_LIMIT_MS = 3000

export interface ChecksDeps extends FromHereDeps {
  readonly clock: Clock
  /** The newest reading of a node's GPUs; null when there is none yet. */
  readonly gpuReading: (name: NodeName) => GpuReading | null
}

/** Every row of a node, in the order in which it is shown. This PC has no way to it, so nothing to look at there. */
export function checksOf(deps: ChecksDeps, node: FleetNode, signal: AbortSignal): readonly Check[] {
  const facts = createSharedFacts(deps, node, signal)
  const onNode = (checks: readonly NodeCheck[]): Check[] =>
    checks.map(check => onNodeCheck(deps, node, facts, check))
  const gpu: Check = {
    id: 'gpu-driver',
    group: 'resources',
    name: 'GPU driver',
    look: async () =>
      node.online === null
        ? skip(whyOffline(node.link))
        : judgeGpu(deps.gpuReading(node.config.name), node.config),
  }
  return [
    ...('ssh' in node.config ? connectionChecks(deps, node, node.config.ssh, facts, onNode([LOGIN])) : []),
    ...onNode(SYSTEM_CHECKS),
    ...onNode(RESOURCE_CHECKS),
    gpu,
    ...onNode(SOFTWARE_CHECKS),
    ...onNode(WORK_CHECKS),
  ]
}

const LOGIN: NodeCheck = {
  id: 'login',
  group: 'connection',
  name: 'Login',
  look: 'drydock_look_login',
  judge: seen =>
    pass(`${seen.text('user') ?? 'a user'} in ${seen.text('folder') ?? 'no folder'}`, 'a login by key'),
}

type Ssh = Extract<FleetNode['config'], { ssh: unknown }>['ssh']

function connectionChecks(
  deps: ChecksDeps,
  node: FleetNode,
  ssh: Ssh,
  { clock }: SharedFacts,
  login: readonly Check[],
): readonly Check[] {
  const here = createFromHere(deps)
  const isOnline = node.online !== null
  const row = (id: string, name: string, look: Check['look']): Check => ({
    id,
    group: 'connection',
    name,
    look,
  })
  return [
    row('name', 'Name', signal => here.nameResolution(ssh, signal)),
    row('ping', 'Ping', signal => here.ping(ssh, isOnline, signal)),
    row('port', 'SSH port', async () => judgePort(node)),
    row('host-key', 'Host key', async () => judgeHostKey(node)),
    ...(isOnline ? login : [row('login', 'Login', async () => judgeLogin(node))]),
    row('round-trip', 'Round trip', signal => clock(signal, answer => judgeRoundTrip(answer))),
    {
      id: 'clock',
      group: 'system',
      name: 'Clock',
      look: signal => clock(signal, (answer, machine) => judgeClock(answer, { machine })),
    },
  ]
}

/** What several rows ask for, asked once. */
function createSharedFacts({ clock }: ChecksDeps, { online, link }: FleetNode, stop: AbortSignal) {
  let machine: Promise<Place['machine']> | null = null
  let answer: Promise<ClockAnswer | null> | null = null

  async function askMachine(): Promise<Place['machine']> {
    if (online === null) return unknownMachine
    const seen = await withLimit(clock, MACHINE_LIMIT_MS, stop, signal =>
      lookOnNode(online.shell, clock, 'drydock_look_machine', [], signal),
    )
    return seen === null ? unknownMachine : machineOf(seen)
  }

  const facts = {
    machine: (): Promise<Place['machine']> => (machine ??= askMachine()),
    clock: async (
      signal: AbortSignal,
      judge: (answer: ClockAnswer, machine: Place['machine']) => Finding,
    ): Promise<Finding | null> => {
      if (online === null) return skip(whyOffline(link))
      answer ??= withLimit(clock, CLOCK_LIMIT_MS, stop, limit => askClock(online.shell, clock, limit))
      const told = await orAborted(answer, signal)
      return told === null ? null : judge(told, await facts.machine())
    },
  }
  return facts
}

type SharedFacts = ReturnType<typeof createSharedFacts>

function onNodeCheck(
  { clock }: ChecksDeps,
  { config, online, link }: FleetNode,
  facts: SharedFacts,
  { id, group, name, look, args, judge }: NodeCheck,
): Check {
  return {
    id,
    group,
    name,
    async look(signal) {
      if (online === null) return skip(whyOffline(link))
      const { home, stateDir } = online.facts
      const place: Place = { config, machine: await facts.machine(), home, stateDir }
      const words = args?.(place) ?? []
      if ('skip' in words) return skip(words.skip)
      const seen = await lookOnNode(online.shell, clock, look, words, signal)
      return seen === null ? null : judge(seen, place)
    },
  }
}
