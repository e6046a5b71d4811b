import type { GpuReading } from '../../contract/samples'
import { createGpuMemory } from './gpuMemory'
import { watchGpus } from './gpuWatch'
import type { OwnerOf } from './gpuReadings'
import { GPU_FIELDS, HOLDER_FIELDS } from './nvidiaSmi'
import {
  createManualClock,
  createRecordedLog,
  createScriptedShell,
  nodeA,
  type ScriptedChannel,
} from './testkit'

/** For this room's tests alone: a watch on a node whose GPU tool is played by the test. */

export const FIELDS = GPU_FIELDS.join(',')
export const ROW = '0, GPU-1, RTX 3090, 550.90.07, 74, 23655, 24576, 71, 318.42, 350.00, 68, 1725, [N/A]'
export const ROW_1 = '1, GPU-2, RTX 3070, 550.90.07, 5, 100, 8192, 40, 30.00, 220.00, 10, 300, [N/A]'

export const APPS = `apps ${HOLDER_FIELDS.join(',')}`

interface Options {
  /** Whether the watch asks for the CUDA version and for who holds VRAM, too. */
  readonly asksAside?: boolean
  readonly ownerOf?: OwnerOf
}

export function startWatch(
  onRequest: (channel: ScriptedChannel, request: string) => void = () => {},
  { asksAside = false, ownerOf = () => null }: Options = {},
) {
  const clock = createManualClock()
  const shell = createScriptedShell(onRequest)
  const readings: GpuReading[] = []
  const stop = new AbortController()
  const memory = createGpuMemory('boot-1')
  if (!asksAside) Object.assign(memory, { compute: '12.4', holdersDueMs: Infinity })
  const deps = {
    node: nodeA,
    shell,
    clock,
    periodMs: 1_000,
    publish: (reading: GpuReading) => void readings.push(reading),
    log: createRecordedLog(),
    ownerOf,
    memory,
  }
  const ended = watchGpus(deps, stop.signal)
  return {
    clock,
    shell,
    readings,
    deps,
    states: () => readings.map(({ state }) => state),
    channel(at = 0): ScriptedChannel {
      const channel = shell.channels[at]
      if (channel === undefined) throw new Error(`no channel ${at} was opened yet`)
      return channel
    },
    stop: async () => {
      stop.abort()
      await ended
    },
  }
}

export const say = (channel: ScriptedChannel, text: string): void =>
  channel.print(`\n${channel.args[0]} ${text}\n`)
