import type { NodeName } from '../../contract/ids'
import type { GpuReading } from '../../contract/samples'
import type { Clock } from '../kernel/clock'
import type { Log } from '../kernel/log'
import type { NodeChannel } from '../nodes/nodeShell'
import { runAmdSession } from './amdSession'
import { createGpuChannel, type GpuCallEnd } from './gpuChannel'
import type { GpuFailure } from './gpuFailures'
import type { GpuMemory } from './gpuMemory'
import { failedReading, holdersOf, hungReading, okReading, type GpuFacts, type OwnerOf } from './gpuReadings'
import { runNvidiaSession } from './nvidiaSession'
import type { GpuRow } from './nvidiaSmi'

/** Any tool sleeps in the driver for moments. Found asleep this often in a row, it is stuck. */
const STUCK_AFTER_LOOKS = 3

export interface GpuSessionDeps {
  readonly node: NodeName
  readonly channel: NodeChannel
  readonly nonce: string
  readonly clock: Clock
  readonly periodMs: number
  readonly publish: (reading: GpuReading) => void
  readonly ownerOf: OwnerOf
  readonly log: Log
  readonly memory: GpuMemory
}

/** Why a session ended, which says when the next one may begin. */
export interface GpuSessionEnd {
  readonly why: 'ended' | 'busy' | 'none' | 'broken'
  /** Whether any reading came. */
  readonly isGood: boolean
}

/** What the session of one vendor's tool reports, in the words of that tool. */
export interface GpuTeller {
  /** Cards, and, when one of them has fallen off the bus, how that was said. */
  cards(rows: readonly GpuRow[], lost: GpuFailure | null): void
  failed(failure: GpuFailure): GpuSessionEnd['why']
  hung(message: string): void
  busy(found: Extract<GpuCallEnd, { readonly why: 'busy' }>): void
}

/**
 * Asks on one channel, one tool after the other, never two, until the channel is of no more use: nvidia-smi, and on a
 * machine without it AMD's tools.
 */
export async function runGpuSession(deps: GpuSessionDeps, signal: AbortSignal): Promise<GpuSessionEnd> {
  const { nonce, clock, memory, periodMs } = deps
  const channel = createGpuChannel({ channel: deps.channel, nonce, clock, memory, signal })
  let isGood = false
  const tellerOf = (vendor: GpuFacts['vendor']): GpuTeller =>
    createTeller(deps, vendor, () => (isGood = true))
  const common = { channel, clock, memory, periodMs }
  const ofNvidia = await runNvidiaSession({ ...common, teller: tellerOf('nvidia') })
  if (ofNvidia !== 'not-installed') return { why: ofNvidia, isGood }
  const why = await runAmdSession({ ...common, teller: tellerOf('amd') })
  return { why, isGood }
}

function createTeller(deps: GpuSessionDeps, vendor: GpuFacts['vendor'], onGood: () => void): GpuTeller {
  const { node, clock, memory } = deps
  const facts = (): GpuFacts => ({ node, atMs: clock.nowMs(), vendor, compute: memory.compute ?? null })

  function tell(reading: GpuReading): void {
    if (reading.state !== memory.state) {
      memory.state = reading.state
      deps.log.info(`GPU: ${reading.state}.`, { node, said: reading.message })
    }
    deps.publish(reading)
  }

  const hung = (message: string): void => tell(hungReading(facts(), memory.known, message))

  return {
    cards(rows, lost) {
      onGood()
      memory.known = rows
      tell(okReading(facts(), rows, holdersOf(memory.holders, node, deps.ownerOf), lost))
    },
    failed(failure) {
      tell(failedReading(facts(), failure, memory.known))
      return failure.state === 'none' ? 'none' : 'broken'
    },
    hung,
    busy({ pid, start }) {
      memory.timesFoundStuck++
      const isOurs = memory.hung?.pid === pid && memory.hung.start === start
      if (isOurs || memory.timesFoundStuck >= STUCK_AFTER_LOOKS) {
        const tool = vendor === 'nvidia' ? 'nvidia-smi' : 'GPU tool'
        hung(`An earlier ${tool} (process ${pid}) still hangs.`)
      }
    },
  }
}
