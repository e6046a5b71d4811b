import { isDeepStrictEqual } from 'node:util'
import type { NodeName } from '../../contract/ids'
import type { Notice } from '../../contract/nodes'
import type { GpuReading } from '../../contract/samples'
import type { Clock } from '../kernel/clock'
import type { NodeIdentity } from '../store/identities'
import type { FleetNode, FleetNodes } from './fleetNodes'
import { noticesOf } from './notices'

export interface NoticeBoardDeps {
  readonly nodes: Pick<FleetNodes, 'list' | 'onLink'>
  /** Which machine stood behind each name; on disk when it returns. */
  readonly identities: {
    identity(node: NodeName): NodeIdentity | null
    saveIdentity(node: NodeName, identity: NodeIdentity): void
  }
  readonly clock: Clock
  /** What is known cannot be kept. */
  readonly onStoreTrouble: (error: unknown) => void
  /** A node's link or its notices have changed. */
  readonly onChange: (node: FleetNode) => void
}

/**
 * Knows which machine each node is and was, and what is worth a look on each. Every change of a link goes through
 * here, so that the node that is told carries the notices of that very moment.
 */
export function createNoticeBoard({ nodes, identities, clock, onStoreTrouble, onChange }: NoticeBoardDeps) {
  const past = createPast(identities, clock)
  const readings = new Map<NodeName, GpuReading>()
  let current: ReadonlyMap<NodeName, readonly Notice[]> = new Map()

  function look(): void {
    current = noticesOf(
      nodes.list().map(({ config, online }) => ({
        name: config.name,
        expected: config.expect,
        inventory: online?.inventory ?? null,
        hostKey: online?.hostKey?.fingerprint ?? null,
        gpus: readings.get(config.name) ?? null,
        ofLink: online?.notices() ?? [],
        before: past.before(config.name),
      })),
    )
  }

  const of = (name: NodeName): readonly Notice[] => current.get(name) ?? []

  /** Looks again, and tells of every node whose notices are others now. `told` is told of in any case. */
  function refresh(told: FleetNode | null = null): void {
    const before = current
    look()
    if (told !== null) onChange(told)
    for (const node of nodes.list()) {
      const { name } = node.config
      if (name !== told?.config.name && !isDeepStrictEqual(before.get(name) ?? [], of(name))) onChange(node)
    }
  }

  const stopListening = nodes.onLink(node => {
    if (node.online === null) readings.delete(node.config.name)
    try {
      past.learn(node)
    } catch (error) {
      onStoreTrouble(error)
    }
    refresh(node)
  })

  return {
    of,
    /** After a new fleet: what is planned may be another. */
    refresh: (): void => refresh(),
    onGpu(reading: GpuReading): void {
      const known = readings.get(reading.node)
      readings.set(reading.node, reading)
      if (known === undefined || cardsOf(known) !== cardsOf(reading)) refresh()
    },
    [Symbol.dispose]: stopListening,
  }
}

export type NoticeBoard = ReturnType<typeof createNoticeBoard>

/** Which machine each node was when it was seen last, and before that while Drydock has been running. */
function createPast(identities: NoticeBoardDeps['identities'], clock: Clock) {
  const befores = new Map<NodeName, NodeIdentity>()

  return {
    /** Null when it was always this machine. */
    before: (name: NodeName): NodeIdentity | null => befores.get(name) ?? null,
    /** Errors: those of the store. */
    learn({ config: { name }, online }: FleetNode): void {
      if (online === null) return
      const known = identities.identity(name)
      const { machineId } = online.inventory
      if (known?.machineId != null && machineId !== null && known.machineId !== machineId)
        befores.set(name, known)
      identities.saveIdentity(name, {
        // A machine that does not tell it now (a permission) has not lost it.
        machineId: machineId ?? known?.machineId ?? null,
        hostKey: online.hostKey?.fingerprint ?? null,
        seenAtMs: clock.nowMs(),
      })
    },
  }
}

/** What the notices hang on; the rest of a reading changes every second. */
function cardsOf({ state, gpus }: GpuReading): string {
  return [state, ...gpus.map(gpu => gpu.name ?? '')].join('\n')
}
