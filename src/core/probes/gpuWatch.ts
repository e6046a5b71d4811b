import { randomBytes } from 'node:crypto'
import type { NodeName } from '../../contract/ids'
import type { GpuReading } from '../../contract/samples'
import { sentenceOf } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { Log } from '../kernel/log'
import type { NodeChannel, NodeShell } from '../nodes/nodeShell'
import type { GpuMemory } from './gpuMemory'
import type { OwnerOf } from './gpuReadings'
import { runGpuSession, type GpuSessionEnd } from './gpuSession'
import { gpuToolsScript } from './gpuTools'
import { createBackOff } from './waiting'

/** A machine without a GPU seldom gets one while it runs. */
const NONE_LOOK_AGAIN_MS = 60_000
/** A driver that was broken may have been loaded meanwhile. */
const BROKEN_LOOK_AGAIN_MS = 15_000

export interface GpuWatchDeps {
  readonly node: NodeName
  readonly shell: NodeShell
  readonly clock: Clock
  readonly periodMs: number
  readonly publish: (reading: GpuReading) => void
  /** The run that a process of the node belongs to. */
  readonly ownerOf: OwnerOf
  readonly log: Log
  readonly memory: GpuMemory
}

/**
 * Watches a node's GPUs until `signal` aborts, through a channel of its own, so that a tool that hangs takes
 * nothing with it. There is never more than one of ours: the next is started when the one before has ended.
 */
export async function watchGpus(deps: GpuWatchDeps, signal: AbortSignal): Promise<void> {
  const backOff = createBackOff()
  while (!signal.aborted) {
    const end = await runOnChannel(deps, signal)
    if (end?.isGood) backOff.reset()
    if (signal.aborted) return
    await deps.clock.sleep(pauseMs(end?.why ?? 'ended', backOff.nextMs()), signal)
  }
}

/** Null when no channel could be had. */
async function runOnChannel(deps: GpuWatchDeps, signal: AbortSignal): Promise<GpuSessionEnd | null> {
  const nonce = randomBytes(8).toString('hex')
  const { hung } = deps.memory
  let channel: NodeChannel
  try {
    channel = await deps.shell.open(gpuToolsScript, [nonce, hung?.pid ?? '', hung?.start ?? ''])
  } catch (error) {
    deps.log.warn('The GPU watch could not be started.', { node: deps.node, reason: sentenceOf(error) })
    return null
  }
  const close = (): void => channel.close()
  signal.addEventListener('abort', close, { once: true })
  try {
    if (signal.aborted) return null
    return await runGpuSession({ ...deps, channel, nonce }, signal)
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}

function pauseMs(why: GpuSessionEnd['why'], backOffMs: number): number {
  switch (why) {
    case 'none':
      return NONE_LOOK_AGAIN_MS
    case 'broken':
      return BROKEN_LOOK_AGAIN_MS
    case 'ended':
    case 'busy':
      return backOffMs
    default:
      return why satisfies never
  }
}
