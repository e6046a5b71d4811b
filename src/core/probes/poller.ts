import type { NodeName } from '../../contract/ids'
import type { GpuReading, Sample } from '../../contract/samples'
import type { NodeConfig } from '../config/fleetSchema'
import type { Clock } from '../kernel/clock'
import type { Log } from '../kernel/log'
import { createTaskGroup, type TaskGroup } from '../kernel/taskGroup'
import type { FleetNode, FleetNodes } from '../nodes/fleetNodes'
import type { NodeShell } from '../nodes/nodeShell'
import { createGpuMemory, type GpuMemory } from './gpuMemory'
import type { OwnerOf } from './gpuReadings'
import { watchGpus } from './gpuWatch'
import { linuxDialect } from './linuxProbe'
import { probeLocalMachine } from './localMachine'
import { macDialect } from './macProbe'
import { probeNode } from './nodeProbe'

const PERIOD_MS = 1_000

export interface PollerDeps {
  readonly nodes: FleetNodes
  readonly clock: Clock
  readonly publishSample: (sample: Sample) => void
  readonly publishGpu: (reading: GpuReading) => void
  /** The run that a process of a node belongs to. */
  readonly ownerOf: OwnerOf
  readonly log: Log
  readonly onCrash: (name: string, error: unknown) => void
  readonly periodMs?: number
}

export interface Poller extends AsyncDisposable {
  /** The newest of every node of the fleet, in the fleet's order; of a node whose link is lost, what came last. */
  latest(): { readonly samples: readonly Sample[]; readonly gpus: readonly GpuReading[] }
  /** Work under way, by name: empty after disposal. */
  readonly running: readonly string[]
}

/** What is known of each node by now. */
interface Newest {
  readonly samples: Map<NodeName, Sample>
  readonly gpus: Map<NodeName, GpuReading>
  readonly memories: Map<NodeName, GpuMemory>
}

/**
 * Measures every node while its link is online: its probe and its GPU watch start with the link and end with it. Each
 * node has work, channels and pace of its own, so none of them can hold up another.
 */
export function createPoller(deps: PollerDeps): Poller {
  const { nodes, clock } = deps
  const newest: Newest = { samples: new Map(), gpus: new Map(), memories: new Map() }
  const watches = new Map<NodeName, { readonly shell: NodeShell; readonly group: TaskGroup }>()
  const all = createTaskGroup(deps.onCrash)

  function follow(): void {
    const list = nodes.list()
    const shells = new Map(list.map(node => [node.config.name, node.online?.shell]))
    for (const [name, watch] of watches) {
      if (shells.get(name) === watch.shell) continue
      watches.delete(name)
      all.start(`the end of ${name}`, async () => watch.group[Symbol.asyncDispose]())
    }
    for (const known of Object.values(newest) as readonly Map<NodeName, unknown>[]) {
      for (const name of known.keys()) if (!shells.has(name)) known.delete(name)
    }
    for (const { config, online } of list) {
      if (online === null || watches.has(config.name) || all.signal.aborted) continue
      const group = createTaskGroup(deps.onCrash, all.signal)
      watches.set(config.name, { shell: online.shell, group })
      startWatch(deps, { config, online }, newest, group)
    }
  }

  const stopListening = nodes.onLink(follow)
  // Now, and again and again: a node that leaves the fleet need not change its link first.
  all.start('the fleet', async signal => {
    for (; !signal.aborted; await clock.sleep(PERIOD_MS, signal)) follow()
  })

  return {
    latest: () => ({ samples: inOrder(nodes, newest.samples), gpus: inOrder(nodes, newest.gpus) }),
    get running() {
      return [...all.running, ...[...watches.values()].flatMap(watch => watch.group.running)]
    },
    async [Symbol.asyncDispose]() {
      stopListening()
      const ends = [...watches.values()].map(async watch => watch.group[Symbol.asyncDispose]())
      await Promise.all([...ends, all[Symbol.asyncDispose]()])
    },
  }
}

/** The probe and the GPU watch of one node, for as long as this link lasts. */
function startWatch(
  deps: PollerDeps,
  node: { readonly config: NodeConfig; readonly online: NonNullable<FleetNode['online']> },
  newest: Newest,
  group: TaskGroup,
): void {
  const { clock, log, onCrash } = deps
  const { shell, facts } = node.online
  const { name } = node.config
  const common = { node: name, shell, clock, periodMs: deps.periodMs ?? PERIOD_MS, log }

  group.start(`probe of ${name}`, async signal => {
    const publish = (sample: Sample): void => {
      if (signal.aborted) return
      newest.samples.set(name, sample)
      deps.publishSample(sample)
    }
    const probeDeps = { ...common, stateDir: facts.stateDir, publish, onCrash }
    if ('local' in node.config) await probeLocalMachine(probeDeps, signal)
    else await probeNode(isMac(node.online.inventory.os) ? macDialect : linuxDialect, probeDeps, signal)
  })
  group.start(`GPUs of ${name}`, async signal => {
    const publish = (reading: GpuReading): void => {
      if (signal.aborted) return
      newest.gpus.set(name, reading)
      deps.publishGpu(reading)
    }
    const memory = memoryOf(newest, name, facts.bootId)
    await watchGpus({ ...common, publish, ownerOf: deps.ownerOf, memory }, signal)
  })
}

/** `uname -s` says Darwin; people, and `sw_vers`, say macOS. */
const isMac = (os: string | null): boolean => os !== null && /^(Darwin|mac ?OS)/i.test(os)

function memoryOf({ memories }: Newest, name: NodeName, bootId: string): GpuMemory {
  const known = memories.get(name)
  const memory = known?.bootId === bootId ? known : createGpuMemory(bootId)
  memories.set(name, memory)
  return memory
}

function inOrder<T>(nodes: FleetNodes, newest: ReadonlyMap<NodeName, T>): readonly T[] {
  return nodes.list().flatMap(node => newest.get(node.config.name) ?? [])
}
